"""`fleet`: several replicas behind a front."""

from __future__ import annotations

import argparse
from typing import get_args

from recsys.commands.options import add_serving, calm_algebra, serving
from recsys.settings import Policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `fleet`."""
    parser.description = (
        "Run several replicas of the service on one store behind a front that balances, ejects, retries and restarts."
        " More or fewer while it runs: POST /fleet/replicas (see recsys/fleet)."
    )
    parser.add_argument("--replicas", type=int, default=2, metavar="N", help="how many to start (default: 2)")
    parser.add_argument("--policy", choices=get_args(Policy), default="two-choices", help="who gets the next request")
    parser.add_argument("--hedge", action="store_true", help="ask a second replica when the first is slow")
    add_serving(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the fleet until TERM or INT; the exit status."""
    calm_algebra()
    from recsys.fleet.server import FleetOptions, serve_fleet
    from recsys.server import say

    return serve_fleet(serving(options), FleetOptions(options.replicas, options.policy, options.hedge), say)
