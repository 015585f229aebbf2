"""Other people's checkers of workflows, used where they are installed. None is ever downloaded, none needs a network.

check-jsonschema brings the schema of SchemaStore, actionlint knows types of expressions and inputs of actions, zizmor
audits security.
"""

from __future__ import annotations

from recsys.workflows.tools.actionlint import ACTIONLINT
from recsys.workflows.tools.schema import SCHEMA
from recsys.workflows.tools.tool import Tool
from recsys.workflows.tools.zizmor import ZIZMOR

TOOLS = (SCHEMA, ACTIONLINT, ZIZMOR)

__all__ = ["TOOLS", "Tool"]
