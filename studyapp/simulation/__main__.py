"""`python -m studyapp.simulation` prints the tables of `docs/interview-plan.md`, every cell with wins and losses."""

from collections.abc import Iterator
from itertools import product

from studyapp.simulation.compare import CAPPED, LAST, Comparison, compare
from studyapp.simulation.course import Task
from studyapp.simulation.learners import LEARNERS

DAYS, MINUTES, CARDS = (14, 30, 60), (10, 20, 40), 200
RUNS, SEED = 40, 1
HEADER = (
    "| days | min a day | learner | recall | p10 | minutes | worst day | on the way | 30 days after |"
    " gain | gain, best pacing | gain, cap | gain, last 3 days | fewer minutes | after | bound |"
)


def rows() -> Iterator[str]:
    """The table's lines in Markdown."""
    yield HEADER
    yield "|---:|---:|---|" + "---:|" * 13
    for days, minutes, learner in product(DAYS, MINUTES, LEARNERS.values()):
        yield row(compare(Task(days, minutes * 60.0, CARDS), learner, RUNS, SEED))


def row(one: Comparison) -> str:
    """One cell as a line: shares in per cent, gains in points."""
    plan = one.plan
    shown = [
        str(one.task.days),
        f"{one.task.seconds / 60:.0f}",
        one.learner.name,
        f"{plan.recall:.1%}",
        f"{plan.tenth_percentile:.1%}",
        f"{plan.minutes:.0f}",
        f"{plan.worst_day_minutes:.1f}",
        f"{plan.recall_on_the_way:.0%}",
        f"{plan.recall_after:.1%}",
        _points(one.gain_at_equal_minutes),
        _points(one.gain_over_best_pacing),
        _points(one.rivals[CAPPED].gain),
        _points(one.rivals[LAST].gain),
        "never" if one.fewer_minutes is None else f"{one.fewer_minutes:.0%}",
        _points(one.after_difference),
        f"{one.bound:.1%}",
    ]
    return f"| {' | '.join(shown)} |"


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


if __name__ == "__main__":
    for line in rows():
        print(line, flush=True)
