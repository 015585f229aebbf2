"""One day of an interview plan: new prompts, reviews in their order, questions and a lab, in the minutes there are."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from studyapp.domain.cards import card_id
from studyapp.domain.forgetting import Forgetting
from studyapp.domain.pacing import Pace, new_today, seconds_to_see_all, seen_by_then, window_sessions
from studyapp.domain.selection import Horizon, Standing, chosen

CARDS_SHARE = 0.8  # of a day's minutes at most; the rest is for questions and labs
QUESTION_SECONDS = 60.0
MOST_QUESTIONS = 10
SHORTEST_LAB_MINUTES = 10
Weight = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Time:
    """The time that is left: study days with today, days until the last one and until the interview, minutes a day."""

    sessions: int
    last_session: float
    interview: float
    minutes: float

    @classmethod
    def on(cls, days: Sequence[int], today: int, interview: float, minutes: float) -> "Time":
        """The time on the first of the study days; `interview` is in days from now, which is on the day `today`."""
        if not days:
            return cls(0, 0.0, interview, minutes)
        return cls(len(days), days[-1] - days[0], until(interview, days[0] - today), minutes)

    @property
    def card_seconds(self) -> float:
        """Seconds of a day for cards."""
        return self.minutes * 60 * CARDS_SHARE


def until(interview: float, days: int) -> float:
    """Days from a session, so many days after now, until the interview.

    On the day itself one studies before it, though now, on this day, it may be later than that.
    """
    return max(0.0, interview - days)


@dataclass(frozen=True, slots=True)
class Done:
    """What today already holds of the plan: prompts introduced, the ids of all that were seen, seconds spent."""

    introduced: int = 0
    seen: frozenset[str] = frozenset()
    card_seconds: float = 0.0
    other_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Agenda:
    """What today asks for: `reviews` the most urgent first; `left_out` counts those that the time does not hold."""

    new: tuple[Standing, ...] = ()
    reviews: tuple[Standing, ...] = ()
    left_out: int = 0
    questions: int = 0
    lab_minutes: int = 0
    card_seconds: float = 0.0
    final: bool = False

    @property
    def minutes(self) -> float:
        """Expected minutes of everything."""
        return (self.card_seconds + self.questions * QUESTION_SECONDS) / 60 + self.lab_minutes


@dataclass(frozen=True, slots=True)
class Promise:
    """What the time allows: the share of all prompts that will have been seen, and the minutes a day that show all."""

    seen_share: float
    minutes_for_all: int

    @property
    def possible(self) -> bool:
        """Whether every prompt will have been seen."""
        return self.seen_share >= 1.0


@dataclass(frozen=True, slots=True)
class Planner:
    """The rule with everything that does not change from day to day."""

    forgetting: Forgetting
    pace: Pace = field(default_factory=Pace)
    weight: Weight = lambda topic: 1.0

    def horizon(self, standings: Sequence[Standing], time: Time) -> Horizon:
        """What lies ahead of today."""
        window = window_sessions(len(standings), time.card_seconds, self.pace)
        return Horizon(time.sessions, time.last_session, time.interview, time.card_seconds, window)

    def agenda(self, standings: Sequence[Standing], time: Time, done: Done | None = None) -> Agenda:
        """What today asks for, less what is done of it. `standings` are as they are now, those seen today included."""
        if time.sessions <= 0:
            return Agenda()
        done = done or Done()
        horizon = self.horizon(standings, time)
        unseen = _breadth_first(standings)
        room = max(0.0, time.card_seconds - done.card_seconds)
        quota = new_today(len(unseen) + done.introduced, time.sessions, horizon.window, horizon.seconds, self.pace)
        count = min(quota - done.introduced, int(room // self.pace.new))
        new = in_turn(unseen, self.weight, done.seen)[: max(0, count)]
        wanted = [one for one in standings if one.id not in done.seen]
        urgent = chosen(wanted, horizon, self.forgetting, self.pace, self.weight)
        if not horizon.final:
            urgent = _one_a_card(urgent, {one.card for one in new} | _cards(done.seen))
        reviews, seconds = self._fitting(urgent, room - len(new) * self.pace.new)
        agenda = Agenda(
            new=tuple(new),
            reviews=tuple(reviews),
            left_out=len(urgent) - len(reviews),
            card_seconds=seconds + len(new) * self.pace.new,
            final=horizon.final,
        )
        return _with_questions_and_lab(agenda, time, done)

    def promise(self, standings: Sequence[Standing], time: Time) -> Promise:
        """What the time allows, said before it is too late."""
        unseen = sum(not one.seen for one in standings)
        shown = seen_by_then(unseen, time.sessions, time.card_seconds, self.pace)
        share = 1 - (unseen - shown) / len(standings) if standings else 1.0
        seconds = seconds_to_see_all(unseen, time.sessions, self.pace)
        minutes = math.ceil(seconds / 60 / CARDS_SHARE) if math.isfinite(seconds) else 0
        return Promise(share, minutes)

    def _fitting(self, urgent: list[Standing], seconds: float) -> tuple[list[Standing], float]:
        """The reviews that begin while there is time for one, and the seconds they are expected to take."""
        taken: list[Standing] = []
        spent = 0.0
        for one in urgent:
            if spent + self.pace.review > seconds:
                break
            spent += self.pace.expected(self.forgetting.recall(one.age, one.stability))
            taken.append(one)
        return taken, spent


def in_turn(unseen: Iterable[Standing], weight: Weight, seen_today: frozenset[str] = frozenset()) -> list[Standing]:
    """New prompts with the topics in turn, a topic of twice the weight twice as often; one prompt of a card a day."""
    turns: Counter[str] = Counter()
    placed = []
    for one in _one_a_card(unseen, _cards(seen_today)):
        turns[one.topic] += 1
        placed.append((turns[one.topic] / weight(one.topic), one))
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def _breadth_first(standings: Sequence[Standing]) -> list[Standing]:
    """The prompts never seen, those of cards that were not begun ahead of further sides of the others."""
    begun = {one.card for one in standings if one.seen}
    return sorted((one for one in standings if not one.seen), key=lambda one: one.card in begun)


def _one_a_card(standings: Iterable[Standing], taken: set[str]) -> list[Standing]:
    """The first prompt of each card that is not taken."""
    first: dict[str, Standing] = {}
    for one in standings:
        if one.card not in taken:
            first.setdefault(one.card, one)
    return list(first.values())


def _cards(prompts: Iterable[str]) -> set[str]:
    return {card_id(prompt) for prompt in prompts}


def _with_questions_and_lab(agenda: Agenda, time: Time, done: Done) -> Agenda:
    """The agenda with what is left of the day: first questions, then a lab where there is time to get into it."""
    left = time.minutes * 60 - done.card_seconds - done.other_seconds - agenda.card_seconds
    questions = max(0, min(MOST_QUESTIONS, int(left // QUESTION_SECONDS)))
    minutes = int((left - questions * QUESTION_SECONDS) // 60)
    lab = minutes if minutes >= SHORTEST_LAB_MINUTES else 0
    return replace(agenda, questions=questions, lab_minutes=lab)
