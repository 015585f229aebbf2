"""The interview plan as a person gives it: dates, minutes a day, topics and what they weigh, days off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_MINUTES = 16 * 60
MOST_DATES = 20
LARGEST_WEIGHT = 100.0


class PlanError(ValueError):
    """What was given makes no plan; the message says why and what would."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Study towards one or several interviews; days are proleptic ordinals, no topics means all.

    `morning` says that the interviews are in the morning: the last study day is then the day before.
    """

    dates: tuple[int, ...]
    minutes: int
    morning: bool = False
    topics: frozenset[str] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)
    weekdays_off: frozenset[int] = frozenset()
    days_off: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not 0 < len(self.dates) <= MOST_DATES:
            raise PlanError(f"A plan has 1 to {MOST_DATES} dates, not {len(self.dates)}.")
        if not 1 <= self.minutes <= MOST_MINUTES:
            raise PlanError(f"{self.minutes} minutes a day are not possible; give 1 to {MOST_MINUTES}.")
        for topic, weight in self.weights.items():
            if not 0 < weight <= LARGEST_WEIGHT:
                raise PlanError(
                    f"{topic}: a weight lies above 0 and at most at {LARGEST_WEIGHT:g}, not at {weight:g}."
                    " To leave a topic out, name the others with --topics."
                )
        if len(self.weekdays_off) == len(WEEKDAYS):
            raise PlanError("Every day of the week is off; leave at least one to study on.")

    def covers(self, topic: str) -> bool:
        """Whether the plan asks for a topic."""
        return not self.topics or topic in self.topics

    def weight(self, topic: str) -> float:
        """How much a topic counts beside the others; 1 where nothing was said."""
        return self.weights.get(topic, 1.0)

    def next_date(self, today: int) -> int | None:
        """The interview that today's study is for; None when all are over."""
        return min((day for day in self.dates if day >= today), default=None)

    def last_date(self) -> int:
        """The day of the last interview."""
        return max(self.dates)

    def is_off(self, day: int) -> bool:
        """Whether nothing is studied on a day."""
        return day in self.days_off or (day - 1) % 7 in self.weekdays_off  # ordinal 1 was a Monday

    def study_days(self, first: int, target: int) -> list[int]:
        """The days of study from a day on until an interview."""
        last = target - 1 if self.morning else target
        return [day for day in range(first, last + 1) if not self.is_off(day)]

    def as_body(self) -> dict[str, Any]:
        """The plan as the body of an event."""
        return {
            "dates": [date.fromordinal(day).isoformat() for day in sorted(self.dates)],
            "minutes": self.minutes,
            "morning": self.morning,
            "topics": sorted(self.topics),
            "weights": dict(sorted(self.weights.items())),
            "days_off": [WEEKDAYS[day] for day in sorted(self.weekdays_off)]
            + [date.fromordinal(day).isoformat() for day in sorted(self.days_off)],
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Plan":
        """The plan of an event's body. Raises PlanError when it is none."""
        try:
            weekdays, days = parse_days_off(body.get("days_off", ()))
            return cls(
                dates=tuple(sorted({parse_date(text) for text in body["dates"]})),
                minutes=int(body["minutes"]),
                morning=bool(body.get("morning", False)),
                topics=frozenset(str(topic) for topic in body.get("topics", ())),
                weights={str(topic): float(weight) for topic, weight in body.get("weights", {}).items()},
                weekdays_off=weekdays,
                days_off=days,
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise error if isinstance(error, PlanError) else PlanError(f"This is no plan: {error!r}.") from None


def parse_date(text: str) -> int:
    """The ordinal of a day written as 2026-12-10. Raises PlanError."""
    try:
        return date.fromisoformat(text.strip()).toordinal()
    except ValueError:
        raise PlanError(f"“{text}” is not a date; write it as 2026-12-10.") from None


def parse_days_off(words: Iterable[str]) -> tuple[frozenset[int], frozenset[int]]:
    """(weekdays with Monday as 0, ordinals) of words such as `sun` and `2026-12-06`. Raises PlanError."""
    weekdays, days = set(), set()
    for word in words:
        if word.strip().lower()[:3] in WEEKDAYS:
            weekdays.add(WEEKDAYS.index(word.strip().lower()[:3]))
        else:
            days.add(parse_date(word))
    return frozenset(weekdays), frozenset(days)


def parse_weights(words: Iterable[str]) -> dict[str, float]:
    """Weights of topics from words such as `kubernetes=2`. Raises PlanError."""
    weights = {}
    for word in words:
        topic, _, number = word.partition("=")
        try:
            weights[topic.strip()] = float(number)
        except ValueError:
            raise PlanError(f"“{word}” is not a weight; write it as kubernetes=2.") from None
    return weights
