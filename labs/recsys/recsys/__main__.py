"""`python -m recsys`: serve, fleet, worker, train, evaluate, keys, release, rehearse, manifests, workflows, observe."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from recsys.settings import Policy, Precision, Route, Settings, redis_password_file, redis_url


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"recsys: {error}", file=sys.stderr)
        return 1
    return status


def _serve(options: argparse.Namespace) -> int:
    _calm_algebra()
    from recsys.server import say, serve, stop_with_parent

    if options.with_parent:
        stop_with_parent()
    store = {"redis_url": options.own_store, "redis_password_file": None, "own_store": True}
    own = store if options.own_store else {}
    return serve(_serving(options, **{"replica": options.replica, **own}), say)


def _fleet(options: argparse.Namespace) -> int:
    _calm_algebra()
    from recsys.fleet.server import FleetOptions, serve_fleet
    from recsys.server import say

    return serve_fleet(_serving(options), FleetOptions(options.replicas, options.policy, options.hedge), say)


def _worker(options: argparse.Namespace) -> int:
    _calm_algebra()
    from recsys.server import say
    from recsys.work import work

    names = ("alias", "log_file", "precision", "route")
    given = {name: getattr(options, name) for name in names}
    given |= {"redis_url": redis_url(os.environ), "redis_password_file": redis_password_file(os.environ)}
    return work(_settings(options, **given), options.name, say)


def _calm_algebra() -> None:
    """Before NumPy is loaded: for matrices this small, threads of the linear algebra cost three times what they
    save."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def _serving(options: argparse.Namespace, **given: object) -> Settings:
    names = ("host", "port", "alias", "log_file", "seed", "precision", "route", "drift_window", "tenant_rate")
    asked = {name: getattr(options, name) for name in names}
    asked |= {"redis_url": redis_url(os.environ), "redis_password_file": redis_password_file(os.environ)}
    return _settings(options, **asked | given)


def _train(options: argparse.Namespace) -> int:
    from recsys.prepare import prepare, train_all

    settings = _settings(options, alias=options.alias, seed=options.seed)
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


def _evaluate(options: argparse.Namespace) -> int:
    from recsys.data import read_events
    from recsys.report import evaluate_events, table

    events = options.events or _settings(options).events
    report = evaluate_events(read_events(events), k=options.k, share=options.split, seed=options.seed)
    print(json.dumps(report, indent=1) if options.json else table(report))
    return 0


def _keys(options: argparse.Namespace) -> int:
    from recsys.tenancy import KeyRing

    keys = KeyRing(_settings(options).keys)
    if options.action == "list":
        print("\n".join(keys.tenants()) or "no keys yet: recsys keys issue TENANT")
    elif not options.tenant:
        raise ValueError(f"which tenant? recsys keys {options.action} TENANT")
    elif options.action == "issue":
        print(keys.issue(options.tenant))
    else:
        print(f"revoked {keys.revoke(options.tenant)}; services follow within a second")
    return 0


def _settings(options: argparse.Namespace, **given: object) -> Settings:
    state = {"state": options.state} if options.state else {}
    return dataclasses.replace(Settings(**state), **given)  # type: ignore[arg-type]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m recsys", description="A small multi-tenant recommender service.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        help="where data, models, keys and journals are (default: your cache directory)",
    )
    common.add_argument("--seed", type=int, default=7, help="of generated data and of training (default: 7)")
    _add_serve(commands.add_parser("serve", parents=[common], help="run the service on 127.0.0.1"))
    _add_fleet(commands.add_parser("fleet", parents=[common], help="run several replicas behind a balancer"))
    _add_worker(commands.add_parser("worker", parents=[common], help="make the lists of jobs (POST /v1/jobs)"))
    _add_train(commands.add_parser("train", parents=[common], help="train and register one model a tenant"))
    _add_evaluate(commands.add_parser("evaluate", parents=[common], help="compare the model with baselines"))
    _add_keys(commands.add_parser("keys", parents=[common], help="issue, list or revoke API keys"))
    _add_release(commands.add_parser("release", help="take new models through every gate to champion"))
    _add_manifests(commands.add_parser("manifests", help="check Kubernetes manifests"))
    _add_workflows(commands.add_parser("workflows", help="check GitHub Actions workflows"))
    _add_observe(commands.add_parser("observe", help="run a Prometheus beside a service, with its rules"))
    _add_rehearse(commands.add_parser("rehearse", help="rehearse a Kubernetes Deployment on this machine"))
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Run the service. Makes data, models and keys if there are none. Uses REDIS_URL where it is set,"
        " with the password that is in REDIS_PASSWORD_FILE, read anew for each connection."
    )
    parser.add_argument(
        "--replica", default="0", metavar="NAME", help="name among services that share a state directory"
    )
    # how a fleet starts its replicas
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--own-store", metavar="URL", help=argparse.SUPPRESS)
    _add_serving(parser)
    parser.set_defaults(command=_serve)


def _add_fleet(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Run several replicas of the service on one store behind a front that balances, ejects, retries and restarts."
        " More or fewer while it runs: POST /fleet/replicas (see recsys/fleet)."
    )
    parser.add_argument("--replicas", type=int, default=2, metavar="N", help="how many to start (default: 2)")
    parser.add_argument("--policy", choices=get_args(Policy), default="two-choices", help="who gets the next request")
    parser.add_argument("--hedge", action="store_true", help="ask a second replica when the first is slow")
    _add_serving(parser)
    parser.set_defaults(command=_fleet)


def _add_serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    _add_models(parser)
    parser.add_argument(
        "--tenant-rate",
        type=float,
        default=0.0,
        metavar="N",
        help="requests a second of one tenant (default: no limit)",
    )
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="where to log (default: standard error)")
    parser.add_argument(
        "--drift-window", type=float, default=60.0, metavar="SECONDS", help="how far back drift looks (default: 60)"
    )


def _add_worker(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Make the lists that services take as jobs, from their models and their store: REDIS_URL. Start as many as the"
        " queue needs, each with a name of its own."
    )
    parser.add_argument("--name", default="worker-0", help="name among workers (default: worker-0)")
    _add_models(parser)
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="where to log (default: standard error)")
    parser.set_defaults(command=_worker)


def _add_models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--alias", default="champion", help="which of each tenant's models to serve (default: champion)"
    )
    parser.add_argument(
        "--precision", choices=get_args(Precision), default="fp32", help="bits of a model's numbers in memory"
    )
    parser.add_argument(
        "--route",
        choices=get_args(Route),
        default="whole",
        help="cheap-first: no ranker where it matters little",
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.description = "Train on a file of events, or on what the state directory has, and register the models."
    parser.add_argument("--events", type=Path, metavar="FILE", help="CSV or Parquet: tenant,user,item,event,timestamp")
    parser.add_argument("--alias", default="champion", help="alias to give to the new versions (default: champion)")
    parser.set_defaults(command=_train)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.description = "Train on the earlier events, judge on the later ones, against popularity, item-kNN and EASE."
    parser.add_argument("--events", type=Path, metavar="FILE", help="CSV or Parquet: tenant,user,item,event,timestamp")
    parser.add_argument("--k", type=int, default=10, help="length of the judged lists (default: 10)")
    parser.add_argument("--split", type=float, default=0.8, help="share of the events to train on (default: 0.8)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(command=_evaluate)


def _add_keys(parser: argparse.ArgumentParser) -> None:
    parser.description = "API keys: shown once when they are issued, kept as hashes."
    parser.add_argument("action", choices=("issue", "list", "revoke"))
    parser.add_argument("tenant", nargs="?")
    parser.set_defaults(command=_keys)


def _add_release(parser: argparse.ArgumentParser) -> None:
    from recsys import release

    parser.description = (
        "Validate, train, evaluate, then run champion and challenger side by side on simulated visits; promote or roll"
        " back. Single steps: python -m recsys.pipeline STEP."
    )
    release.add_arguments(parser)
    parser.set_defaults(command=release.run)


def _add_manifests(parser: argparse.ArgumentParser) -> None:
    from recsys.manifests.command import add_arguments

    parser.description = "Find faults in Kubernetes manifests, across resources: file, line, reason and remedy."
    actions = parser.add_subparsers(required=True, metavar="check")
    add_arguments(actions.add_parser("check", help="check a file, a directory or a kustomization"))


def _add_workflows(parser: argparse.ArgumentParser) -> None:
    from recsys.workflows.command import add_arguments

    parser.description = "Find faults in GitHub Actions workflows: file, line, reason and remedy."
    actions = parser.add_subparsers(required=True, metavar="check")
    add_arguments(actions.add_parser("check", help="check workflow files"))


def _add_observe(parser: argparse.ArgumentParser) -> None:
    from recsys.observe.command import add_arguments

    parser.description = (
        "Scrape running services with a Prometheus on this machine and tell which alerts come and go. The rules' times"
        " are divided, so that an hour's window shows within a minute."
    )
    add_arguments(parser)


def _add_rehearse(parser: argparse.ArgumentParser) -> None:
    from recsys.cluster.command import add_arguments

    add_arguments(parser)


if __name__ == "__main__":
    sys.exit(main())
