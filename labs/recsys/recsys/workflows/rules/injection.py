"""Scripts: `${{ }}` is replaced before the shell reads the text, so a title may end the string and go on as a command.

Source: "Script injections", GitHub Actions documentation on secure use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys.manifests.finding import Finding
from recsys.workflows.workflow import EXPRESSION, Step, Workflow

STRANGERS = re.compile(r"\bgithub\s*(\.\s*(event|head_ref|base_ref|ref_name|ref)\b|\[|\))|\binputs\b", re.IGNORECASE)
ENVIRONMENT = 'Give it to the step by `env: {{{name}: ${{{{ {source} }}}}}}` and write "${name}" in the script'
SCRIPTS = (("run",), ("with", "script"))
"""Fields that are run as code; the second is that of actions/github-script."""


def script_injection(workflow: Workflow) -> Iterator[Finding]:
    """Text that somebody outside chose, pasted into a script."""
    for step, keys, source, below in _pasted(workflow):
        if STRANGERS.search(source):
            reason = f"pastes {source}, which others choose, into the script: what they write is run"
            yield step.finding("script-injection", keys, reason, _cure(source), below=below)


def pasted_value(workflow: Workflow) -> Iterator[Finding]:
    """A value of our own, a secret for instance: any quote in it changes the script."""
    for step, keys, source, below in _pasted(workflow):
        if not STRANGERS.search(source):
            reason = f"pastes {source} into the script, where a quote in it changes what is run"
            yield step.finding("pasted-value", keys, reason, _cure(source), "warning", below=below)


def _pasted(workflow: Workflow) -> Iterator[tuple[Step, tuple[str, ...], str, int]]:
    """Each expression in a script: step, field, expression, lines below the field's key."""
    for job in workflow.jobs:
        for step in job.steps:
            for keys in SCRIPTS:
                text = str(step.get(*keys) or "")
                for found in EXPRESSION.finditer(text):
                    block = 1 if "\n" in text else 0
                    yield step, keys, found[1].strip(), block + text.count("\n", 0, found.start())


def _cure(source: str) -> str:
    name = re.sub(r"\W+", "_", source.rpartition(".")[2]).strip("_").upper() or "VALUE"
    return ENVIRONMENT.format(name=name, source=source)


RULES = (script_injection, pasted_value)
