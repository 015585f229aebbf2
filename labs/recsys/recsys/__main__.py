"""`python -m recsys COMMAND`: what each is asked is in `recsys.commands`, or in the package that it is about."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from recsys import release
from recsys.cluster import command as rehearse
from recsys.commands import evaluate, fleet, keys, serve, train, worker
from recsys.commands.options import state_options
from recsys.manifests import command as manifests
from recsys.observe import command as observe
from recsys.workflows import command as workflows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"recsys: {error}", file=sys.stderr)
        return 1
    return status


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    whole = argparse.ArgumentParser("python -m recsys", description="A small multi-tenant recommender service.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    state = [state_options()]
    serve.add_arguments(commands.add_parser("serve", parents=state, help="run the service on 127.0.0.1"))
    fleet.add_arguments(commands.add_parser("fleet", parents=state, help="run several replicas behind a balancer"))
    worker.add_arguments(commands.add_parser("worker", parents=state, help="make the lists of jobs (POST /v1/jobs)"))
    train.add_arguments(commands.add_parser("train", parents=state, help="train and register one model a tenant"))
    evaluate.add_arguments(commands.add_parser("evaluate", parents=state, help="compare the model with baselines"))
    keys.add_arguments(commands.add_parser("keys", parents=state, help="issue, list or revoke API keys"))
    _add_release(commands.add_parser("release", help="take new models through every gate to champion"))
    manifests.add_arguments(_check_of(commands.add_parser("manifests", help="check Kubernetes manifests")))
    workflows.add_arguments(_check_of(commands.add_parser("workflows", help="check GitHub Actions workflows")))
    observe.add_arguments(commands.add_parser("observe", help="run a Prometheus beside a service, with its rules"))
    rehearse.add_arguments(commands.add_parser("rehearse", help="rehearse a Kubernetes Deployment on this machine"))
    return whole


def _add_release(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Validate, train, evaluate, then run champion and challenger side by side on simulated visits; promote or roll"
        " back. Single steps: python -m recsys.pipeline STEP."
    )
    release.add_arguments(parser)
    parser.set_defaults(command=release.run)


def _check_of(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The parser of the one action that a checker has."""
    return parser.add_subparsers(required=True, metavar="check").add_parser("check")


if __name__ == "__main__":
    sys.exit(main())
