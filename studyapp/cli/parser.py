"""What can be typed. Nothing of the app is imported here, so that `--help` is instant."""

import argparse
import importlib
from collections.abc import Callable

from studyapp import __version__

Run = Callable[[argparse.Namespace], int]


def parse(argv: list[str]) -> argparse.Namespace:
    """The arguments, with `run` set to the function that carries them out."""
    return build().parse_args(argv)


def build() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="studyapp",
        description="From an interview date to ready: recall, explain, do. Without a command the app opens.",
    )
    parser.add_argument("--version", action="version", version=f"studyapp {__version__}")
    _content_option(parser)
    parser.set_defaults(run=_later("app", "run"))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _content(commands)
    return parser


def _later(module: str, function: str) -> Run:
    """A command whose module is imported when it runs."""

    def run(arguments: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(f"studyapp.cli.{module}"), function)(arguments))

    return run


def _content_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--content",
        action="append",
        default=[],
        metavar="DIR",
        help="lay a folder of your own content over the shipped one; may be given again",
    )


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def _content(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    content = commands.add_parser("content", help="for authors: check content files")
    parts = content.add_subparsers(required=True, metavar="PART")
    check = parts.add_parser("check", help="say everything that is wrong with a content folder")
    check.add_argument("dir", nargs="?", metavar="DIR", help="the folder (default: the shipped content)")
    _json(check)
    check.set_defaults(run=_later("content", "run_check"))
