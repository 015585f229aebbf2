"""`train`: one model a tenant, registered."""

from __future__ import annotations

import argparse
from pathlib import Path

from recsys.commands.options import settings as settings_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `train`."""
    parser.description = "Train on a file of events, or on what the state directory has, and register the models."
    parser.add_argument("--events", type=Path, metavar="FILE", help="CSV or Parquet: tenant,user,item,event,timestamp")
    parser.add_argument("--alias", default="champion", help="alias to give to the new versions (default: champion)")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Train; the exit status. Raises ValueError where there is nothing to train on."""
    from recsys.prepare import prepare, train_all

    settings = settings_of(options, alias=options.alias, seed=options.seed)
    if options.events:
        from recsys.data import read_events, write_events

        write_events(read_events(options.events), settings.events)
    elif not settings.events.exists():
        if settings.models.exists():
            raise ValueError(f"{settings.state} has models and no events: recsys train --events FILE")
        prepare(settings, print)
        return 0
    train_all(settings, print)
    return 0
