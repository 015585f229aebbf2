"""`worker`: the lists of jobs."""

from __future__ import annotations

import argparse

from recsys.commands.options import add_models, answering, calm_algebra


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `worker`."""
    parser.description = (
        "Make the lists that services take as jobs, from their models and their store: REDIS_URL. Start as many as the"
        " queue needs, each with a name of its own."
    )
    parser.add_argument("--name", default="worker-0", help="name among workers (default: worker-0)")
    add_models(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Work until TERM or INT; the exit status."""
    calm_algebra()
    from recsys.server import say
    from recsys.work import work

    return work(answering(options), options.name, say)
