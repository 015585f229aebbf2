"""The rules: one module a family, each with `RULES`, functions from a workflow to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from recsys.manifests.finding import Finding
from recsys.workflows.rules import actions, graph, injection, limits, permissions, structure, triggers
from recsys.workflows.workflow import Workflow

Rule = Callable[[Workflow], Iterator[Finding]]

FAMILIES = (structure, triggers, permissions, actions, injection, graph, limits)
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)
