"""What a workflow, a job and a step may hold: a key that GitHub does not know is a typing error or is silently nothing.

Source: "Workflow syntax for GitHub Actions", GitHub documentation.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from recsys.manifests.finding import Finding
from recsys.workflows.workflow import Step, Workflow

WORKFLOW = frozenset("name run-name on permissions env defaults concurrency jobs".split())
JOB = frozenset(
    "name permissions needs if runs-on snapshot environment concurrency outputs env defaults steps timeout-minutes "
    "strategy continue-on-error container services uses with secrets".split()
)
ON: object = True
"""How YAML 1.1 reads the key `on`."""
STEP = frozenset("id if name uses run working-directory shell with env continue-on-error timeout-minutes".split())


def unknown_key(workflow: Workflow) -> Iterator[Finding]:
    """A key that does not exist where it stands."""
    for key, near in _unknown({*workflow.document.data} - {ON}, WORKFLOW):
        yield workflow.finding("unknown-key", (key,), f"a workflow has no `{key}`", near)
    for job in workflow.jobs:
        for key, near in _unknown(job.data, JOB):
            yield job.finding("unknown-key", (key,), f"a job has no `{key}`", near)
        for step in job.steps:
            for key, near in _unknown(step.data, STEP):
                yield step.finding("unknown-key", (key,), f"a step has no `{key}`", near)


def nothing_starts_it(workflow: Workflow) -> Iterator[Finding]:
    """A workflow without an event never runs."""
    if not workflow.events:
        yield workflow.finding("no-trigger", (), "nothing starts it", "Say `on:` which events do")


def job_without_work(workflow: Workflow) -> Iterator[Finding]:
    """A job that has no runner or no steps, and calls no other workflow either."""
    for job in workflow.jobs:
        if job.calls:
            continue
        if "runs-on" not in job.data:
            yield job.finding("no-runner", (), "names no runner", "Add runs-on")
        if not job.data.get("steps"):
            yield job.finding("no-steps", (), "has no steps", "Add steps, or `uses` of a reusable workflow")


def step_does_one_thing(workflow: Workflow) -> Iterator[Finding]:
    """A step runs a script or uses an action: not both, not neither."""
    for job in workflow.jobs:
        for step in job.steps:
            if ("run" in step.data) == ("uses" in step.data):
                both = "both `run` and `uses`" if "run" in step.data else "neither `run` nor `uses`"
                yield step.finding("step-action", (), f"has {both}", "Make it one of them")


def id_twice(workflow: Workflow) -> Iterator[Finding]:
    """Two steps of one job with one id: `steps.ID` could mean either."""
    for job in workflow.jobs:
        seen: dict[str, Step] = {}
        for step in job.steps:
            name = str(step.data.get("id", ""))
            if name and name in seen:
                yield step.finding(
                    "id-twice", ("id",), f"step {seen[name].place + 1} is called {name!r} too", "Rename one"
                )
            seen.setdefault(name, step)


def job_is_no_mapping(workflow: Workflow) -> Iterator[Finding]:
    """A job that is empty or a list."""
    known: set[str] = {job.id for job in workflow.jobs}
    for name in _mapping(workflow.get("jobs")):
        if str(name) not in known:
            yield workflow.finding("no-steps", ("jobs", name), "is no mapping of runs-on and steps", "Write the job",
                                   of=f"job {name}")  # fmt: skip


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _unknown(keys: Iterable[object], known: frozenset[str]) -> Iterator[tuple[str, str]]:
    for key in sorted(set(map(str, keys)) - known):
        near = difflib.get_close_matches(key, known, 1)
        yield key, f"Write `{near[0]}`, if that is meant" if near else "Remove it"


RULES = (unknown_key, nothing_starts_it, job_is_no_mapping, job_without_work, step_does_one_thing, id_twice)
