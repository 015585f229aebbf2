"""Explain it: the question that ends a lab, and that it was answered."""

from studyapp.domain.events import EventKind
from studyapp.domain.interviews import Interview
from studyapp.domain.labs import Lab, LabState
from studyapp.domain.questions import Open
from studyapp.study.lab_progress import progress
from studyapp.study.study import Study


def question(study: Study, lab: Lab) -> Interview | Open | None:
    """The open or interview question that ends a lab; None where the content has it no more."""
    if lab.explain in study.library.interviews:
        return study.library.interviews[lab.explain]
    found = study.library.questions.get(lab.explain)
    return found if isinstance(found, Open) else None


def note(study: Study, id_: str, share: float) -> None:
    """A question was answered with this share of the marks: keep that where it ends a lab whose steps all pass."""
    ended = [lab.slug for lab in study.labs.values() if lab.explain == id_]
    states = progress(study) if ended else {}
    for slug in ended:
        if states[slug].state in (LabState.PASSED, LabState.DONE):
            study.progress.record(EventKind.LAB_EXPLAINED, slug, study.clock.now(), share)
