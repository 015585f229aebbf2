"""The rule of the interview plan: which prompts are reviewed on a day, so that recall is highest at the interview.

On the way a prompt that will last is left alone. What cannot last until the final window is reviewed when its recall
has fallen to 85 %. In the final window whatever still gains enough recall at the interview for its seconds is reviewed,
the best first. `docs/interview-plan.md` has the search that led here and what it is worth.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from studyapp.domain.forgetting import Forgetting
from studyapp.domain.pacing import Pace

WAY_RECALL = 0.85
LASTS = 0.65  # a prompt lasts when its recall on the last study day still reaches this ...
LASTS_STEP = 0.03  # ... and for each day that the final window is longer than three, this much more, since a long
LASTS_MOST = 0.85  # window reviews some prompts well before its end
SHORT_WINDOW = 3
PRICE = 0.003  # least gain in recall of one prompt for a second of study


@dataclass(frozen=True, slots=True)
class Standing:
    """A prompt as the planner sees it; `age` is days since its last review, stability 0 means never seen.

    `wanted` marks a prompt that a missed question brought forward.
    """

    id: str
    topic: str
    card: str
    stability: float = 0.0
    difficulty: float = 0.0
    age: float = 0.0
    wanted: bool = False

    @property
    def seen(self) -> bool:
        return self.stability > 0

    def older(self, days: float) -> "Standing":
        """The same prompt some days later."""
        age = self.age + days
        return Standing(self.id, self.topic, self.card, self.stability, self.difficulty, age, self.wanted)


@dataclass(frozen=True, slots=True)
class Horizon:
    """What lies ahead: study days left with today, days until the last of them and until the interview, seconds a day.

    The seconds are those for cards; `window` is the length of the final window in study days.
    """

    sessions: int
    last_session: float
    interview: float
    seconds: float
    window: int

    @property
    def final(self) -> bool:
        """Whether today lies in the final window."""
        return self.sessions <= self.window


def lasting(window: int) -> float:
    """The recall on the last study day from which a prompt is left alone until the final window."""
    return min(LASTS_MOST, LASTS + LASTS_STEP * max(0, window - SHORT_WINDOW))


def chosen(
    standings: Iterable[Standing],
    horizon: Horizon,
    forgetting: Forgetting,
    pace: Pace,
    weight: Callable[[str], float] = lambda topic: 1.0,
) -> list[Standing]:
    """The seen prompts worth a review today, the most urgent first, whatever time there is; `weight` is a topic's."""
    seen = [standing for standing in standings if standing.seen and standing.age > 0]
    if not horizon.final:
        return _on_the_way(seen, horizon, forgetting)
    worth = {one.id: _worth(one, horizon, forgetting, pace) * weight(one.topic) for one in seen}
    kept = [one for one in seen if worth[one.id] > PRICE or one.wanted]
    return sorted(kept, key=lambda one: -worth[one.id])


def gain(standing: Standing, days: float, forgetting: Forgetting) -> float:
    """How much a review now is expected to add to the recall of a seen prompt `days` from now."""
    now = forgetting.recall(standing.age, standing.stability)
    reviewed = forgetting.recall_if_reviewed(standing.stability, standing.difficulty, now, days)
    return reviewed - forgetting.recall(standing.age + days, standing.stability)


def _on_the_way(seen: list[Standing], horizon: Horizon, forgetting: Forgetting) -> list[Standing]:
    """Prompts that have faded and will not last, the most faded first."""
    floor = lasting(horizon.window)
    due = []
    for one in seen:
        now = forgetting.recall(one.age, one.stability)
        lasts = forgetting.recall(one.age + horizon.last_session, one.stability) >= floor
        if one.wanted or (now <= WAY_RECALL and not lasts):
            due.append((now, one))
    return [one for _, one in sorted(due, key=lambda pair: pair[0])]


def _worth(one: Standing, horizon: Horizon, forgetting: Forgetting, pace: Pace) -> float:
    """Gain of recall at the interview for each second of a review today."""
    seconds = pace.expected(forgetting.recall(one.age, one.stability))
    return gain(one, horizon.interview, forgetting) / seconds
