"""`python -m recsys.manifests check PATH`: the checker without the service."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from recsys.manifests.command import add_arguments, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser("python -m recsys.manifests", description="Check Kubernetes manifests.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_arguments(commands.add_parser("check", help="find faults, with file, line, reason and remedy"))
    return run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())
