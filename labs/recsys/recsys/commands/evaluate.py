"""`evaluate`: the model beside its baselines."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from recsys.commands.options import settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `evaluate`."""
    parser.description = "Train on the earlier events, judge on the later ones, against popularity, item-kNN and EASE."
    parser.add_argument("--events", type=Path, metavar="FILE", help="CSV or Parquet: tenant,user,item,event,timestamp")
    parser.add_argument("--k", type=int, default=10, help="length of the judged lists (default: 10)")
    parser.add_argument("--split", type=float, default=0.8, help="share of the events to train on (default: 0.8)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Print the report; the exit status."""
    from recsys.data import read_events
    from recsys.report import evaluate_events, table

    events = options.events or settings(options).events
    report = evaluate_events(read_events(events), k=options.k, share=options.split, seed=options.seed)
    print(json.dumps(report, indent=1) if options.json else table(report))
    return 0
