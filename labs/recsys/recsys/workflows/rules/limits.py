"""How long a job may run, and how many runs may deploy at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recsys.manifests.finding import Finding
from recsys.workflows.workflow import Job, Workflow


def no_timeout(workflow: Workflow) -> Iterator[Finding]:
    """GitHub's own limit is six hours: a job that hangs blocks the next release until then."""
    for job in workflow.jobs:
        if not job.calls and "timeout-minutes" not in job.data:
            yield job.finding("no-timeout", (), "may hang for six hours", "Set timeout-minutes")


def deploys_side_by_side(workflow: Workflow) -> Iterator[Finding]:
    """Two runs that deploy at once: whichever ends last wins, the older one for instance."""
    if workflow.get("concurrency"):
        return
    for job in _deploying(workflow):
        if not job.data.get("concurrency"):
            reason = "two runs may deploy at the same time, and the older may come out on top"
            yield job.finding("no-concurrency", ("environment",), reason, "Add a concurrency group for releases")


def deploy_cut_off(workflow: Workflow) -> Iterator[Finding]:
    """A newer run that cancels one in the middle of its canary leaves production half-way."""
    jobs = list(_deploying(workflow))
    whole = workflow.get("concurrency")
    fix = "Let releases wait: cancel-in-progress false, or an expression that is true for pull requests alone"
    reason = "a newer run cuts a release off half-way"
    if jobs and isinstance(whole, Mapping) and whole.get("cancel-in-progress") is True:
        yield workflow.finding("release-cut-off", ("concurrency", "cancel-in-progress"), reason, fix)
    for job in jobs:
        own = job.data.get("concurrency")
        if isinstance(own, Mapping) and own.get("cancel-in-progress") is True:
            yield job.finding("release-cut-off", ("concurrency", "cancel-in-progress"), reason, fix)


def _deploying(workflow: Workflow) -> Iterator[Job]:
    """Jobs that change an environment."""
    return (job for job in workflow.jobs if job.data.get("environment"))


RULES = (no_timeout, deploys_side_by_side, deploy_cut_off)
