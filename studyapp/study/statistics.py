"""What the log says over time: days, true retention, what is coming, calibration, scores by topic."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from studyapp.domain.events import Event, EventKind
from studyapp.domain.grading import Confidence
from studyapp.domain.quiz import Calibration, calibration
from studyapp.domain.schedule import DAY_MS, Grade
from studyapp.study.study import Study

YOUNG_DAYS = 21


@dataclass(frozen=True, slots=True)
class Retention:
    """Reviews recalled, among those whose prompt was last seen on an earlier day (true retention)."""

    recalled: int
    reviews: int

    @property
    def share(self) -> float:
        return self.recalled / self.reviews if self.reviews else 0.0


@dataclass(frozen=True, slots=True)
class TopicScore:
    """Mean share of the marks in one topic in one week; `week` is the Monday's ordinal."""

    topic: str
    week: int
    share: float
    answers: int


@dataclass(frozen=True, slots=True)
class Predicted:
    """Predictions of what experiments would come to, and the mean share of the marks that they were worth."""

    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything that the statistics screen shows."""

    per_day: dict[int, int]
    minutes_per_day: dict[int, float]
    retention: Retention
    retention_month: Retention
    forecast: list[int]
    calibration: list[Calibration]  # of answers and of predictions
    predicted: Predicted
    scores: list[TopicScore]
    reviews: int
    attempts: int


def gather(study: Study, days_ahead: int = 30) -> Statistics:
    """All statistics of now."""
    per_day: Counter[int] = Counter()
    spent: Counter[int] = Counter()
    spaced: list[tuple[int, bool]] = []
    last: dict[str, tuple[int, int]] = {}
    for prompt, at, grade, duration in study.progress.reviews():
        day = study.clock.day(at)
        per_day[day] += 1
        spent[day] += duration
        if prompt in last and last[prompt][0] < day and at - last[prompt][1] >= DAY_MS / 2:
            spaced.append((day, grade != Grade.AGAIN))
        last[prompt] = (day, at)
    attempts = list(study.progress.events(EventKind.ATTEMPT))
    for event in attempts:
        per_day[study.clock.day(event.at)] += 1
        spent[study.clock.day(event.at)] += event.duration
    month_ago = study.clock.today() - 30
    predictions = list(study.progress.events(EventKind.PREDICTION))
    return Statistics(
        per_day=dict(per_day),
        minutes_per_day={day: ms / 60_000 for day, ms in spent.items()},
        retention=_retention(spaced),
        retention_month=_retention([one for one in spaced if one[0] > month_ago]),
        forecast=forecast(study, days_ahead),
        calibration=calibration(_claims(attempts, predictions)),
        predicted=_predicted(predictions),
        scores=_scores(study, [(study.clock.day(e.at), e.subject, e.value) for e in attempts]),
        reviews=sum(per_day.values()) - len(attempts),
        attempts=len(attempts),
    )


def forecast(study: Study, days: int) -> list[int]:
    """How many prompts fall due on each of the next days; what is overdue stands under today."""
    counts = [0] * days
    today = study.clock.today()
    known = study.library.prompts
    for id_, state in study.progress.states().items():
        if id_ in known and not state.new and not state.suspended:
            day = max(0, study.clock.day(state.memory.due) - today)
            if day < days:
                counts[day] += 1
    return counts


def as_json(statistics: Statistics) -> dict[str, object]:
    """The documented JSON of `stats --json`."""
    return {
        "reviews": statistics.reviews,
        "attempts": statistics.attempts,
        "days": [
            {
                "date": date.fromordinal(day).isoformat(),
                "answers": count,
                "minutes": round(statistics.minutes_per_day.get(day, 0.0), 2),
            }
            for day, count in sorted(statistics.per_day.items())
        ],
        "true_retention": round(statistics.retention.share, 4),
        "true_retention_reviews": statistics.retention.reviews,
        "forecast": statistics.forecast,
        "calibration": [
            {
                "confidence": int(row.confidence),
                "answers": row.count,
                "right": round(row.right, 4),
                "claimed": row.claimed,
            }
            for row in statistics.calibration
        ],
        "predictions": {"count": statistics.predicted.count, "right": round(statistics.predicted.share, 4)},
        "scores": [
            {
                "topic": score.topic,
                "week": date.fromordinal(score.week).isoformat(),
                "share": round(score.share, 4),
                "answers": score.answers,
            }
            for score in statistics.scores
        ],
    }


def _claims(attempts: Iterable[Event], predictions: Iterable[Event]) -> Iterator[tuple[Confidence, float]]:
    """(confidence, share right) of all that was claimed; what was left unanswered claims nothing."""
    for event in attempts:
        if event.body.get("response"):
            yield Confidence(int(event.body.get("confidence", 1))), event.value
    for event in predictions:
        if "confidence" in event.body:
            yield Confidence(int(event.body["confidence"])), event.value


def _predicted(predictions: Sequence[Event]) -> Predicted:
    share = sum(event.value for event in predictions) / len(predictions) if predictions else 0.0
    return Predicted(len(predictions), share)


def _retention(spaced: list[tuple[int, bool]]) -> Retention:
    return Retention(sum(recalled for _, recalled in spaced), len(spaced))


def _scores(study: Study, attempts: list[tuple[int, str, float]]) -> list[TopicScore]:
    shares: dict[tuple[str, int], list[float]] = {}
    for day, question_id, share in attempts:
        question = study.library.questions.get(question_id)
        if question is not None:
            week = day - (day - 1) % 7  # ordinal 1 was a Monday
            shares.setdefault((question.topic, week), []).append(share)
    return [TopicScore(topic, week, sum(v) / len(v), len(v)) for (topic, week), v in sorted(shares.items())]
