"""What the token may do: whoever gets hold of one step gets hold of its token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recsys.manifests.finding import Finding
from recsys.workflows.workflow import Workflow

LEAST = "Write `permissions: {contents: read}` at the top, and more in the one job that needs it"


def token_unlimited(workflow: Workflow) -> Iterator[Finding]:
    """Without a word of ours the token has what the repository's settings give, often everything."""
    if workflow.get("permissions") is not None:
        return
    for job in workflow.jobs:
        if job.data.get("permissions") is None:
            yield job.finding("token-unlimited", (), "nothing limits its token: the repository's default holds", LEAST)


def token_writes_all(workflow: Workflow) -> Iterator[Finding]:
    """Every right at once."""
    if workflow.get("permissions") == "write-all":
        yield workflow.finding("token-writes-all", ("permissions",), "every job's token may write everything", LEAST)
    for job in workflow.jobs:
        if job.data.get("permissions") == "write-all":
            reason = "its token may write everything"
            yield job.finding("token-writes-all", ("permissions",), reason, "Name the rights that it needs")


def token_writes_everywhere(workflow: Workflow) -> Iterator[Finding]:
    """A right to write at the top is one of every job, the one that runs a pull request's tests included."""
    permissions = workflow.get("permissions")
    given = permissions.items() if isinstance(permissions, Mapping) and len(workflow.jobs) > 1 else ()
    for scope, right in given:
        if right == "write":
            reason = f"every job may write {scope}"
            yield workflow.finding("token-writes-everywhere", ("permissions", scope), reason, LEAST)


RULES = (token_unlimited, token_writes_all, token_writes_everywhere)
