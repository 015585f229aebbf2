"""What several commands of `python -m recsys` are asked: where the state is, what to serve, where to listen."""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path
from typing import get_args

from recsys.settings import Precision, Route, Settings, redis_password_file, redis_url


def state_options() -> argparse.ArgumentParser:
    """A parent for parsers of commands that work on a state directory."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        help="where data, models, keys and journals are (default: your cache directory)",
    )
    common.add_argument("--seed", type=int, default=7, help="of generated data and of training (default: 7)")
    return common


def add_serving(parser: argparse.ArgumentParser) -> None:
    """Options of what listens."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    add_models(parser)
    parser.add_argument(
        "--tenant-rate",
        type=float,
        default=0.0,
        metavar="N",
        help="requests a second of one tenant (default: no limit)",
    )
    parser.add_argument(
        "--drift-window", type=float, default=60.0, metavar="SECONDS", help="how far back drift looks (default: 60)"
    )


def add_models(parser: argparse.ArgumentParser) -> None:
    """Options of what answers with models, and where it logs."""
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
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="where to log (default: standard error)")


def serving(options: argparse.Namespace, **given: object) -> Settings:
    """The settings of what listens; the store is that of the environment, unless another is given."""
    names = ("host", "port", "seed", "drift_window", "tenant_rate")
    return answering(options, **{name: getattr(options, name) for name in names} | given)


def answering(options: argparse.Namespace, **given: object) -> Settings:
    """The settings of what answers with models."""
    asked = {name: getattr(options, name) for name in ("alias", "log_file", "precision", "route")}
    asked |= {"redis_url": redis_url(os.environ), "redis_password_file": redis_password_file(os.environ)}
    return settings(options, **asked | given)


def settings(options: argparse.Namespace, **given: object) -> Settings:
    """Settings on the state directory that was named, or else the usual one."""
    state = {"state": options.state} if options.state else {}
    return dataclasses.replace(Settings(**state), **given)  # type: ignore[arg-type]


def calm_algebra() -> None:
    """Before NumPy is loaded: for matrices this small, threads of the linear algebra cost three times what they
    save."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
