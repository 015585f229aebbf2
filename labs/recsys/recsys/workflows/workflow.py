"""A workflow that remembers where each of its fields was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from recsys.manifests.finding import Finding, Severity
from recsys.manifests.resource import Keys, Resource, dig

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True)
class Workflow:
    """One workflow file."""

    document: Resource

    @property
    def name(self) -> str:
        """Its name, or that of its file."""
        return f"workflow {self.document.data.get('name') or self.document.file.rpartition('/')[2]}"

    @property
    def events(self) -> dict[str, Any]:
        """What starts it, with the filters of each. YAML 1.1 reads the key `on` as true."""
        on = self.document.data.get("on", self.document.data.get(True))  # type: ignore[call-overload]
        if isinstance(on, Mapping):
            return {str(event): filters for event, filters in on.items()}
        return dict.fromkeys(map(str, on if isinstance(on, list) else [on] if on else []))

    @property
    def jobs(self) -> list[Job]:
        """The jobs that are mappings, in the order of the file."""
        jobs = self.document.get("jobs")
        named = jobs.items() if isinstance(jobs, Mapping) else ()
        return [Job(self, str(name), data) for name, data in named if isinstance(data, dict)]

    def get(self, *keys: str | int) -> Any:
        """The value at `keys` or None."""
        return self.document.get(*keys)

    def finding(
        self,
        rule: str,
        keys: Keys,
        reason: str,
        fix: str,
        severity: Severity = "error",
        *,
        of: str = "",
        below: int = 0,
    ) -> Finding:
        """A finding about the field at `keys`, `below` lines further down; `of` names a job or step."""
        file, line = self.document.place(keys)
        return Finding(rule, file, line + below, of or self.name, reason, fix, severity)


@dataclass(frozen=True)
class Job:
    """One job of a workflow."""

    workflow: Workflow
    id: str
    data: dict[str, Any]

    @property
    def keys(self) -> Keys:
        """The way to it."""
        return ("jobs", self.id)

    @property
    def needs(self) -> list[str]:
        """The jobs that must have succeeded before."""
        needs = self.data.get("needs") or []
        return [str(need) for need in (needs if isinstance(needs, list) else [needs])]

    @property
    def steps(self) -> list[Step]:
        """The steps that are mappings."""
        steps = self.data.get("steps")
        listed = enumerate(steps) if isinstance(steps, list) else ()
        return [Step(self, place, data) for place, data in listed if isinstance(data, dict)]

    @property
    def calls(self) -> bool:
        """Whether it is a call of another workflow, which has its own runner and limits."""
        return "uses" in self.data

    def finding(self, rule: str, keys: Keys, reason: str, fix: str, severity: Severity = "error") -> Finding:
        """A finding about a field of the job."""
        return self.workflow.finding(rule, (*self.keys, *keys), reason, fix, severity, of=f"job {self.id}")


@dataclass(frozen=True)
class Step:
    """One step of a job; `place` counts from 0."""

    job: Job
    place: int
    data: dict[str, Any]

    @property
    def uses(self) -> str:
        """The action, empty where it runs a script."""
        return str(self.data.get("uses") or "")

    @property
    def action(self) -> str:
        """The action without its version: `actions/checkout`."""
        return self.uses.partition("@")[0].lower()

    def get(self, *keys: str | int) -> Any:
        """The value at `keys` or None."""
        return dig(self.data, *keys)

    def finding(
        self, rule: str, keys: Keys, reason: str, fix: str, severity: Severity = "error", *, below: int = 0
    ) -> Finding:
        """A finding about a field of the step."""
        of = f"job {self.job.id}, step {self.place + 1}"
        where: Keys = (*self.job.keys, "steps", self.place, *keys)
        return self.job.workflow.finding(rule, where, reason, fix, severity, of=of, below=below)


def expressions(value: object) -> Iterator[str]:
    """What stands between `${{` and `}}` anywhere in a value."""
    if isinstance(value, str):
        yield from (found.strip() for found in EXPRESSION.findall(value))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)
