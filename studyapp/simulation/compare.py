"""The plan beside other ways to study, at equal minutes: one cell of the table in `docs/interview-plan.md`."""

from dataclasses import asdict, dataclass

import numpy as np

from studyapp.domain.pacing import window_sessions
from studyapp.simulation.bound import best_courses
from studyapp.simulation.course import Outcome, Policy, Task, run
from studyapp.simulation.learners import Learner
from studyapp.simulation.memory import Floats
from studyapp.simulation.policies import CappedInterval, FixedRetention, InterviewPlan, Introductions, LastDays

RETENTIONS = (0.70, 0.75, 0.80, 0.85, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99)
ORDINARY = 0.90
NEW_A_DAY = 20
FIXED, CAPPED, LAST = "fixed retention", "interval capped at the days left", "every card once in the last three days"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rival:
    """Another way to study: its outcome at retention 0.90, and what the plan recalls more at the plan's minutes."""

    ordinary: Outcome
    gain: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The plan's outcome and its distance from the others; recalls and gains are shares, 0 to 1.

    Each rival has the plan's own pacing of new cards and is simulated at ten retentions; at the plan's minutes the best
    mixture of two of them is taken (the upper hull); the plan's recall less the mixture's is the gain. The gain over
    fixed retention is `gain_at_equal_minutes`; `gain_over_best_pacing` is the gain over fixed retention with whichever
    is best of three pacings: the plan's, 20 new cards a day, or evenly many up to the last day. `fewer_minutes` is the
    share of minutes saved at equal recall, None where fixed retention never reaches it. `after_difference` compares
    recall 30 days after, at equal minutes. `bound` is the recall that no schedule exceeds in the plan's minutes.
    """

    task: Task
    learner: Learner
    plan: Outcome
    rivals: dict[str, Rival]
    gain_over_best_pacing: float
    fewer_minutes: float | None
    after_difference: float
    bound: float

    @property
    def gain_at_equal_minutes(self) -> float:
        """Recall above fixed retention with the same pacing of new cards, at the same minutes."""
        return self.rivals[FIXED].gain

    def as_json(self) -> dict[str, object]:
        """The documented JSON of `plan simulate --json`; minutes are minutes, all else shares."""
        return {
            "days": self.task.days,
            "minutes_a_day": self.task.seconds / 60,
            "cards": self.task.cards,
            "learner": self.learner.name,
            "seconds": asdict(self.task.pace),
            **_outcome(self.plan),
            "gain_at_equal_minutes": round(self.gain_at_equal_minutes, 4),
            "gain_over_best_pacing": round(self.gain_over_best_pacing, 4),
            "fewer_minutes_at_equal_recall": None if self.fewer_minutes is None else round(self.fewer_minutes, 4),
            "after_difference": round(self.after_difference, 4),
            "upper_bound": round(self.bound, 4),
            "rivals": {
                name: {"gain_at_equal_minutes": round(rival.gain, 4), "at_retention_0.90": _outcome(rival.ordinary)}
                for name, rival in self.rivals.items()
            },
        }


def compare(task: Task, learner: Learner, runs: int, seed: int) -> Comparison:
    """Simulate the plan and everything it is compared with, all with the same chance."""

    def outcome(policy: Policy) -> Outcome:
        return run(policy, task, learner, runs, np.random.default_rng(seed))

    plan = outcome(InterviewPlan())
    own = Introductions(max(1, task.days - window_sessions(task.cards, task.seconds, task.pace)))
    sweeps = {
        name: [outcome(rival(retention, own)) for retention in RETENTIONS]
        for name, rival in {FIXED: FixedRetention, CAPPED: CappedInterval, LAST: LastDays}.items()
    }
    rivals = {
        name: Rival(sweep[RETENTIONS.index(ORDINARY)], plan.recall - recall_at(_recalls(sweep), plan.minutes))
        for name, sweep in sweeps.items()
    }
    other_pacings = (Introductions(-(-task.cards // NEW_A_DAY)), Introductions(task.days))
    fixed = [outcome(FixedRetention(retention, pacing)) for pacing in other_pacings for retention in RETENTIONS]
    after = _hull([(one.minutes, one.recall_after) for one in sweeps[FIXED]])
    needed = minutes_for(_recalls(sweeps[FIXED]), plan.recall)
    bound = _hull(best_courses(task.days, task.cards, learner, task.pace))
    return Comparison(
        task=task,
        learner=learner,
        plan=plan,
        rivals=rivals,
        gain_over_best_pacing=plan.recall - recall_at(_recalls(sweeps[FIXED] + fixed), plan.minutes),
        fewer_minutes=None if needed is None else 1 - plan.minutes / needed,
        after_difference=plan.recall_after - recall_at(after, plan.minutes),
        bound=recall_at(bound, plan.minutes),
    )


def recall_at(hull: Floats, minutes: float) -> float:
    """Recall on a hull at some minutes; beyond its ends that of the end."""
    return float(np.interp(minutes, hull[:, 0], hull[:, 1]))


def minutes_for(hull: Floats, recall: float) -> float | None:
    """Minutes on a hull at some recall; None where it is never reached."""
    return None if recall > hull[-1, 1] else float(np.interp(recall, hull[:, 1], hull[:, 0]))


def _recalls(sweep: list[Outcome]) -> Floats:
    return _hull([(one.minutes, one.recall) for one in sweep])


def _hull(points: list[Point]) -> Floats:
    """The upper concave hull of (minutes, recall), rising only: what mixtures of the points reach. Shape (n, 2)."""
    hull: list[Point] = []
    for point in sorted(points):
        while len(hull) >= 2 and _below(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    top = max(range(len(hull)), key=lambda index: hull[index][1])
    return np.array(hull[: top + 1])


def _below(first: Point, middle: Point, last: Point) -> bool:
    """Whether the middle point lies on or below the line between the others."""
    return (middle[1] - first[1]) * (last[0] - first[0]) <= (last[1] - first[1]) * (middle[0] - first[0])


def _outcome(outcome: Outcome) -> dict[str, float]:
    return {
        "recall": round(outcome.recall, 4),
        "recall_tenth_percentile": round(outcome.tenth_percentile, 4),
        "minutes": round(outcome.minutes, 2),
        "worst_day_minutes": round(outcome.worst_day_minutes, 2),
        "recall_on_the_way": round(outcome.recall_on_the_way, 4),
        "recall_30_days_after": round(outcome.recall_after, 4),
        "seen": round(outcome.seen, 4),
    }
