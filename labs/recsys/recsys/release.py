"""The options of a release; apart from its steps, because help and serving do without what training needs."""

from __future__ import annotations

import argparse
from pathlib import Path

STRATEGIES = ("canary", "blue-green", "shadow")
"""Those of `recsys.rollout`, which help should not have to load."""


def run(options: argparse.Namespace) -> int:
    """Run every step of a release; the exit status."""
    from recsys import pipeline

    options.step = "release"
    return pipeline.run(options)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of every step."""
    parser.add_argument("--events", type=Path, metavar="FILE", help="CSV or Parquet: tenant,user,item,event,timestamp")
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="where models and the audit trail are")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--min-rows", type=int, default=1_000, help="fewer events stop the release (default: 1000)")
    parser.add_argument("--max-age", type=float, default=2.0, metavar="DAYS", help="of the newest event (default: 2)")
    parser.add_argument("--reason", default="release", help="what the registry notes beside a changed alias")
    parser.add_argument(
        "--strategy", choices=STRATEGIES, default="canary",
        help="how visitors meet the new models: a growing share of them, all at once, or none (default: canary)",
    )  # fmt: skip
    canary = parser.add_argument_group("live traffic")
    canary.add_argument("--rate", type=float, default=30.0, help="simulated visits a second (default: 30)")
    canary.add_argument(
        "--steps", type=_shares, default=(0.1, 0.5), help="a canary's shares of visitors (default: 0.1,0.5)"
    )
    canary.add_argument("--window", type=float, default=10.0, metavar="S", help="least time of a step (default: 10)")
    canary.add_argument("--patience", type=float, default=120.0, metavar="S", help="most time of a step (default: 120)")
    canary.add_argument("--min-requests", type=int, default=100, help="least sample of a step (default: 100)")
    canary.add_argument("--latency-factor", type=float, default=2.0, help="slower than this is too slow (default: 2)")
    canary.add_argument("--quality-loss", type=float, default=0.1, help="share of acceptance to lose (default: 0.1)")
    canary.add_argument(
        "--min-agreement",
        type=float,
        default=0.2,
        help="share that lists of a shadow must have in common (default: 0.2)",
    )


def _shares(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split(",")))
