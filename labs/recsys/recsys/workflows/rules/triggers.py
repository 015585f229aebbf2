"""What starts a workflow, and whose code it then runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.workflows.workflow import Workflow

PRIVILEGED = ("pull_request_target", "workflow_run")
"""Events that run with the base repository's secrets although a stranger's fork may have caused them."""
STRANGERS = re.compile(r"github\.event\.(pull_request|workflow_run)\.head|github\.head_ref|\brefs/pull/")


def pwn_request(workflow: Workflow) -> Iterator[Finding]:
    """A stranger's code with our secrets: it is checked out on an event that has them.

    Source: "Preventing pwn requests", GitHub Security Lab.
    """
    risky = [event for event in PRIVILEGED if event in workflow.events]
    for job in workflow.jobs if risky else ():
        for step in job.steps:
            if step.action == "actions/checkout" and STRANGERS.search(str(step.get("with", "ref") or "")):
                yield step.finding(
                    "pwn-request", ("with", "ref"),
                    f"checks out a stranger's code although {risky[0]} gives it our secrets and a token that may write",
                    "Use pull_request, which has neither",
                )  # fmt: skip


RULES = (pwn_request,)
