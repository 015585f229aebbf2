"""How ready the person is, gathered from the log: recall, quizzes, labs and mock interviews, by topic and in all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from studyapp.domain import readiness
from studyapp.domain.agenda import Agenda
from studyapp.domain.events import EventKind
from studyapp.domain.forgetting import Forgetting
from studyapp.domain.grading import Confidence
from studyapp.domain.labs import LabProgress
from studyapp.domain.projection import gained
from studyapp.domain.readiness import INTERVIEWS, LABS, RECALL, Readiness
from studyapp.domain.selection import Standing
from studyapp.study import lab_progress
from studyapp.study.study import Study


@dataclass(frozen=True, slots=True)
class Ready:
    """Readiness by topic and in all, and in all after today's session (only what it does to recall)."""

    topics: dict[str, Readiness]
    overall: Readiness
    after_today: Readiness


def gather(
    study: Study, standings: Sequence[Standing], days: float, agenda: Agenda, weights: Mapping[str, float]
) -> Ready:
    """The readiness `days` from now, for the topics that the standings belong to."""
    forgetting = Forgetting(study.model.parameters)
    by_topic: dict[str, list[Standing]] = {}
    for one in standings:
        by_topic.setdefault(one.topic, []).append(one)
    others = _Others.of(study)
    topics = {
        slug: readiness.together((readiness.recall_part(own, days, forgetting), *others.parts(study, slug)))
        for slug, own in by_topic.items()
    }
    more = gained(agenda, days, forgetting)
    after = {slug: _moved(one, more.get(slug, 0.0)) for slug, one in topics.items()}
    return Ready(topics, readiness.overall(topics, weights), readiness.overall(after, weights))


@dataclass(frozen=True, slots=True)
class _Others:
    """What the log says beside recall: latest answers, trust in each confidence, lab and interview shares by id."""

    answers: dict[str, tuple[float, Confidence]]
    trust: dict[int, float]
    labs: dict[str, float | None]
    interviews: dict[str, float]

    @classmethod
    def of(cls, study: Study) -> "_Others":
        attempts = list(study.progress.events(EventKind.ATTEMPT))
        given = [(event.subject, event.value, _confidence(event.body.get("confidence"))) for event in attempts]
        return cls(
            answers={id_: (share, confidence) for id_, share, confidence in given},
            trust=readiness.trusted((confidence, share) for _, share, confidence in given),
            labs={slug: _lab_share(one) for slug, one in lab_progress.progress(study).items()},
            interviews={event.subject: event.value for event in study.progress.events(EventKind.INTERVIEW)},
        )

    def parts(self, study: Study, slug: str) -> list[readiness.Part]:
        """The parts of one topic."""
        topic = study.library.topics[slug]
        own_labs = [self.labs[name] for name in (topic.lab or slug,) if name in self.labs]
        return [
            readiness.quiz_part([question.id for question in topic.questions], self.answers, self.trust),
            readiness.share_part(LABS, own_labs),
            readiness.share_part(INTERVIEWS, [self.interviews.get(one.id) for one in topic.interviews]),
        ]


def _confidence(given: object) -> Confidence:
    return next((level for level in Confidence if level == given), Confidence.LOW)


def _lab_share(progress: LabProgress) -> float | None:
    """The share of a lab's steps that passed; None when it was never started."""
    if not (progress.started or progress.passed):
        return None
    return len(progress.passed) / len(progress.lab.steps)


def _moved(one: Readiness, more: float) -> Readiness:
    """The readiness when so many prompts more are recalled."""
    return readiness.together(
        replace(part, value=min(1.0, part.value + more / part.count)) if part.name == RECALL else part
        for part in one.parts
    )
