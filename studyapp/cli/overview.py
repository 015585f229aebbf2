"""`studyapp topics` and `studyapp stats`."""

import argparse
import json

from studyapp.cli.opening import opened
from studyapp.study import overview, statistics


def run_topics(arguments: argparse.Namespace) -> int:
    """List the topics."""
    with opened(arguments) as study:
        rows = overview.topic_rows(study)
        if arguments.json:
            print(json.dumps(overview.as_json(rows), indent=2))
            return 0
        print(f"{'topic':20} {'cards':>5} {'questions':>9} {'due':>4} {'new':>4} {'recall':>7} {'mastery':>8}")
        for row in rows:
            counts = f"{len(row.topic.cards):5} {len(row.topic.questions):9} {row.due:4} {row.new:4}"
            print(f"{row.topic.slug:20} {counts} {row.recall:7.0%} {row.mastery:8.0%}")
        today = overview.today(study, rows)
        print(
            f"\nToday: {today.due} due, {today.new} new. Streak: {today.streak} day{'' if today.streak == 1 else 's'}."
        )
    return 0


def run_stats(arguments: argparse.Namespace) -> int:
    """Print the statistics."""
    with opened(arguments) as study:
        stats = statistics.gather(study)
        if arguments.json:
            print(json.dumps(statistics.as_json(stats), indent=2))
            return 0
        print(f"{stats.reviews} reviews and {stats.attempts} answers on {len(stats.per_day)} days")
        if stats.retention.reviews:
            print(f"true retention {stats.retention.share:.0%} of {stats.retention.reviews} spaced reviews")
        print(
            f"due today {stats.forecast[0]}, in the next 7 days {sum(stats.forecast[:7])}, in 30 {sum(stats.forecast)}"
        )
        for row in stats.calibration:
            label = row.confidence.name.lower()
            print(
                f"answers given with {label} confidence: {row.count}, right {row.right:.0%} (claimed {row.claimed:.0%})"
            )
        if not stats.reviews and not stats.attempts:
            print("Nothing yet: `studyapp review` or `studyapp quiz` begins.")
    return 0
