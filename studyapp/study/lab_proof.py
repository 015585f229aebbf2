"""The author's proof of one lab, with what it names in the content."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from studyapp.domain.labs import Lab
from studyapp.library.labs import load_wrong
from studyapp.library.rules import labs as links
from studyapp.runner import state
from studyapp.runner.verify import verify
from studyapp.study.study import Study


def prove(study: Study, lab: Lab) -> Iterator[str]:
    """What does not hold of a lab, a sentence each, as it is found. Raises WorkspaceError or ProcessError."""
    folder = study.places.labs / lab.slug
    wrong, problems = load_wrong(lab, folder, str(folder))
    yield from map(str, [*links.problems(lab, study.library), *problems])
    with tempfile.TemporaryDirectory(prefix="studyapp-verify-") as scratch:
        yield from verify(lab, wrong, study.places.labs, Path(scratch).resolve(), seeds=state.seeds(study.places.data))
