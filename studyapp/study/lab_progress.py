"""How far a person is in the labs, from what is kept of it."""

from studyapp.domain.events import EventKind
from studyapp.domain.labs import HINTS, Lab, LabProgress, LabStep
from studyapp.study.study import Study


def progress(study: Study) -> dict[str, LabProgress]:
    """How far every lab is, by slug."""
    log = study.progress
    started = {event.subject for event in log.events(EventKind.LAB_STARTED)}
    passed = {event.subject for event in log.events(EventKind.STEP_PASSED)}
    explained = {event.subject for event in log.events(EventKind.LAB_EXPLAINED)}
    hints: dict[str, int] = {}
    for event in log.events(EventKind.HINT_SHOWN):
        hints[event.subject] = max(min(int(event.value), HINTS), hints.get(event.subject, 0))
    return {
        slug: LabProgress(
            lab=lab,
            started=slug in started,
            passed=frozenset(step.id for step in lab.steps if subject(lab, step) in passed),
            hints={step.id: hints.get(subject(lab, step), 0) for step in lab.steps},
            explained=slug in explained,
        )
        for slug, lab in study.labs.items()
    }


def in_order(study: Study) -> list[LabProgress]:
    """How far each lab is, in the order of the topics that lead to them; labs of no topic come last."""
    order = {topic.lab: place for place, topic in enumerate(study.library.topics.values())}
    return sorted(progress(study).values(), key=lambda each: order.get(each.lab.slug, len(order)))


def predictions(study: Study, lab: Lab) -> dict[str, float]:
    """The score, 0 to 1, of the newest prediction of each experiment of a lab, by the experiment's id."""
    kept = ((event.subject.partition("/"), event.value) for event in study.progress.events(EventKind.PREDICTION))
    return {experiment: value for (slug, _, experiment), value in kept if slug == lab.slug}


def subject(lab: Lab, step: LabStep) -> str:
    """How the log names a step."""
    return f"{lab.slug}/{step.id}"
