"""Other people's code in our pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.workflows.workflow import Workflow

COMMIT = re.compile(r"[0-9a-f]{40}")
DIGEST = re.compile(r"docker://.+@sha256:[0-9a-f]{64}")
PIN = "Pin it: owner/name@<40-digit commit> # v1.2.3, once you saw that the commit is on a branch of that repository"


def unpinned_action(workflow: Workflow) -> Iterator[Finding]:
    """A tag is moved by whoever holds the action's repository: in March 2026, by whoever had stolen it."""
    for job in workflow.jobs:
        if job.calls and not _pinned(str(job.data["uses"])):
            yield job.finding("unpinned-action", ("uses",), f"calls {job.data['uses']!r}, which may be moved", PIN)
        for step in job.steps:
            if step.uses and not _pinned(step.uses):
                reason = f"uses {step.uses!r}: a tag or branch can be moved to other code"
                yield step.finding("unpinned-action", ("uses",), reason, PIN)


def kept_credentials(workflow: Workflow) -> Iterator[Finding]:
    """Unless told otherwise, checkout leaves the token in .git, where each later step (and an artefact) finds it."""
    for job in workflow.jobs:
        for step in job.steps:
            if step.action == "actions/checkout" and step.get("with", "persist-credentials") not in (False, "false"):
                reason = "leaves the token in .git for all that follows"
                fix = "Set with.persist-credentials to false"
                yield step.finding("kept-credentials", ("uses",), reason, fix, "warning")


def _pinned(uses: str) -> bool:
    if uses.startswith("./"):
        return True
    if uses.startswith("docker://"):
        return DIGEST.fullmatch(uses) is not None
    return COMMIT.fullmatch(uses.rpartition("@")[2]) is not None


RULES = (unpinned_action, kept_credentials)
