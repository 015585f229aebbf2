"""`serve`: the service."""

from __future__ import annotations

import argparse

from recsys.commands.options import add_serving, calm_algebra, serving


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `serve`."""
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
    add_serving(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Serve until TERM or INT; the exit status."""
    calm_algebra()
    from recsys.server import say, serve, stop_with_parent

    if options.with_parent:
        stop_with_parent()
    store = {"redis_url": options.own_store, "redis_password_file": None, "own_store": True}
    own = store if options.own_store else {}
    return serve(serving(options, **{"replica": options.replica, **own}), say)
