"""`needs`: which job waits for which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from recsys.manifests.finding import Finding
from recsys.workflows.workflow import Workflow, expressions

READ = re.compile(r"\bneeds\.([\w-]+)\.(outputs|result)\b")


def unknown_needs(workflow: Workflow) -> Iterator[Finding]:
    """A job that waits for one that does not exist: GitHub refuses the whole file when it is needed most."""
    known = [job.id for job in workflow.jobs]
    for job in workflow.jobs:
        for need in job.needs:
            if need not in known:
                reason = f"needs {need!r}, which is no job here"
                yield job.finding("unknown-needs", ("needs",), reason, f"There are {', '.join(known)}")


def needs_in_a_circle(workflow: Workflow) -> Iterator[Finding]:
    """Jobs that wait for each other."""
    graph = {job.id: [need for need in job.needs if need] for job in workflow.jobs}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = [str(name) for name in error.args[1]]
        job = next(job for job in workflow.jobs if job.id == circle[0])
        yield job.finding("needs-circle", ("needs",), f"waits for itself: {' <- '.join(circle)}", "Break the circle")


def unlisted_needs(workflow: Workflow) -> Iterator[Finding]:
    """What a job reads of another is empty unless it lists that one itself; needs are not inherited."""
    for job in workflow.jobs:
        read = {found[1] for text in expressions(job.data) for found in READ.finditer(text)}
        condition = job.data.get("if")
        read |= {found[1] for found in READ.finditer(str(condition or ""))}
        for name in sorted(read - set(job.needs)):
            reason = f"reads needs.{name}, which is empty: it does not list {name}"
            yield job.finding("unlisted-needs", ("needs",), reason, f"Add {name} to needs")


RULES = (unknown_needs, needs_in_a_circle, unlisted_needs)
