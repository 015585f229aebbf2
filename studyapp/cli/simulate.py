"""`studyapp plan simulate`: what the plan is worth for a simulated learner; the only command that loads NumPy."""

import argparse
import json

from studyapp.cli.opening import CommandError
from studyapp.simulation.compare import Comparison, compare
from studyapp.simulation.course import Task
from studyapp.simulation.learners import LEARNERS

SIMULATED_CARDS = 8000  # so many cards in all runs together: enough for a tenth of a point
LIMITS = {"days": (2, 120), "minutes": (1, 600), "cards": (1, 5000)}


def run(arguments: argparse.Namespace) -> int:
    """Simulate the plan beside other ways to study."""
    for name, (low, high) in LIMITS.items():
        if not low <= getattr(arguments, name) <= high:
            raise CommandError(f"--{name} lies between {low} and {high}, not at {getattr(arguments, name)}.")
    runs = max(2, SIMULATED_CARDS // arguments.cards)
    task = Task(arguments.days, arguments.minutes * 60.0, arguments.cards)
    comparison = compare(task, LEARNERS[arguments.learner], runs, arguments.seed)
    if arguments.json:
        print(json.dumps({**comparison.as_json(), "seed": arguments.seed, "runs": runs}, indent=2))
    else:
        print("\n".join(lines(comparison)))
    return 0


def lines(one: Comparison) -> list[str]:
    """The comparison in words."""
    plan, pace = one.plan, one.task.pace
    saved = one.fewer_minutes
    needs = "never reaches that" if saved is None else f"needs {1 / (1 - saved):.2f} times the minutes for that"
    return [
        f"{one.task.cards} cards, {one.task.days} days, {one.task.seconds / 60:.0f} minutes a day;"
        f" learner `{one.learner.name}`: {one.learner.says}",
        f"seconds: {pace.new:.0f} at first sight, {pace.recalled:.0f} when recalled, {pace.forgotten:.0f} when not;"
        " same-day repeats cost time but do not move the memory",
        "",
        f"recall at the interview        {plan.recall:6.1%}   tenth percentile of cards {plan.tenth_percentile:.1%}",
        f"minutes in all                 {plan.minutes:6.0f}   on the worst day {plan.worst_day_minutes:.1f}",
        f"mean recall on the way         {plan.recall_on_the_way:6.1%}   30 days after {plan.recall_after:.1%}",
        f"no schedule exceeds            {one.bound:6.1%}   in these minutes, without a daily limit",
        "",
        "more recall at the interview, at equal minutes, than",
        *(f"  {name:42} {100 * rival.gain:+5.1f} points" for name, rival in one.rivals.items()),
        f"  {'fixed retention with its best pacing':42} {100 * one.gain_over_best_pacing:+5.1f} points",
        f"fixed retention {needs}; 30 days after it, the plan differs by {100 * one.after_difference:+.1f} points",
    ]
