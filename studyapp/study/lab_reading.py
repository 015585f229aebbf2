"""The texts of a lab as parts to be read one by one, in Markdown."""

import re
from collections.abc import Sequence

from studyapp.domain.labs import Lab, LabStep
from studyapp.runner.solution import Solution
from studyapp.study import labs
from studyapp.study.study import Study

LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
SECTION = re.compile(r"^(?=## )", re.MULTILINE)


def brief(study: Study, lab: Lab) -> list[str]:
    """The goal, then each section of the brief."""
    written = labs.brief(study, lab)
    parts = [part.strip() for part in SECTION.split(written) if part.strip()]
    return parts or [f"# {lab.title}\n\n{lab.goal}"]


def task(step: LabStep) -> str:
    """What a step asks for."""
    measured = "\n\n*Measured on your service, which the check launches.*" if step.measured else ""
    return f"## {step.title}\n\n{step.task.strip()}{measured}"


def solution(parts: Sequence[Solution]) -> list[str]:
    """Each stretch of a reference under its name, as code."""
    return [
        f"**{part.file}**{f' `{part.name}`' if part.name else ''}\n\n{code(part.file, part.text)}" for part in parts
    ]


def code(file: str, text: str) -> str:
    """A file's text as a block of code in its language."""
    language = next((name for end, name in LANGUAGES.items() if file.endswith(end)), "text")
    return f"````{language}\n{text.rstrip()}\n````"
