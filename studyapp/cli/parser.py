"""What can be typed. Nothing of the app is imported here, so that `--help` is instant."""

import argparse
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from studyapp import __version__

Run = Callable[[argparse.Namespace], int]
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

LEARNERS = ("model", "weak", "strong", "steep", "flat")
EPILOG = """\
Progress is kept in your data folder (STUDYAPP_HOME moves it); STUDYAPP_CONTENT names content folders of your own.
"""


def parse(argv: list[str]) -> argparse.Namespace:
    """The arguments, with `run` set to the function that carries them out."""
    return build().parse_args(argv)


def build() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="studyapp",
        description="From an interview date to ready: recall, explain, do. Without a command the app opens.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"studyapp {__version__}")
    parser.add_argument(
        "--content",
        action="append",
        default=[],
        metavar="DIR",
        help="lay a folder of your own content over the shipped one; may be given again",
    )
    parser.set_defaults(run=_later("app", "run"))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (_topics, _review, _quiz, _interview, _plan, _stats, _search, _content, _doctor, _export, _import):
        add(commands)
    return parser


def _later(module: str, function: str) -> Run:
    """A command whose module is imported when it runs."""

    def run(arguments: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(f"studyapp.cli.{module}"), function)(arguments))

    return run


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def _topics(commands: "Commands") -> None:
    topics = commands.add_parser("topics", help="list the topics with what is due, known and mastered")
    _json(topics)
    topics.set_defaults(run=_later("overview", "run_topics"))


def _review(commands: "Commands") -> None:
    review = commands.add_parser("review", help="review the cards that are due, in plain text")
    review.add_argument("topics", nargs="*", metavar="TOPIC", help="only these topics")
    review.add_argument("--practice", action="store_true", help="go through cards without moving the schedule")
    review.set_defaults(run=_later("review", "run"))


def _quiz(commands: "Commands") -> None:
    quiz = commands.add_parser("quiz", help="take a quiz, in plain text")
    quiz.add_argument("topics", nargs="*", metavar="TOPIC", help="only these topics")
    modes = quiz.add_mutually_exclusive_group()
    modes.add_argument("--missed", action="store_true", help="only what was answered wrongly the last time")
    modes.add_argument("--exam", action="store_true", help="timed, without feedback until the end")
    quiz.add_argument("-n", "--count", type=int, default=10, metavar="N", help="how many questions (default: 10)")
    quiz.set_defaults(run=_later("quiz", "run"))


def _interview(commands: "Commands") -> None:
    interview = commands.add_parser("interview", help="a mock interview: answer in plain text, marked point by point")
    interview.add_argument("topic", nargs="?", default="", metavar="TOPIC", help="draw from this topic, or one id")
    interview.add_argument("--list", action="store_true", help="list the questions with how their answers went")
    interview.set_defaults(run=_later("interview", "run"))


def _plan(commands: "Commands") -> None:
    plan = commands.add_parser("plan", help="study towards an interview date; alone it shows the plan")
    add = plan.add_argument
    add("--date", dest="dates", action="append", metavar="DAY", help="the interview, as 2026-12-10; may be given again")
    add("--minutes", type=int, metavar="N", help="minutes a day (default: 30)")
    add("--morning", action=argparse.BooleanOptionalAction, help="it is in the morning: that day holds no study")
    add("--topics", nargs="+", metavar="TOPIC", help="only these topics; `all` for all")
    add("--weights", nargs="+", metavar="TOPIC=N", help="what topics count, as kubernetes=2; `none` for all equal")
    add("--days-off", nargs="+", metavar="DAY", help="weekdays (sun) or dates without study; `none` for none")
    add("--clear", action="store_true", help="go back to ordinary scheduling")
    _json(plan)
    plan.set_defaults(run=_later("plan", "run"))
    parts = plan.add_subparsers(metavar="PART")
    simulate = parts.add_parser("simulate", help="what the plan is worth for a simulated learner")
    simulate.add_argument("--days", type=int, default=30, metavar="N", help="days of study (default: 30)")
    simulate.add_argument("--minutes", type=int, default=20, metavar="N", help="minutes a day for cards (default: 20)")
    simulate.add_argument("--cards", type=int, default=200, metavar="N", help="how many cards (default: 200)")
    simulate.add_argument("--learner", choices=LEARNERS, default="model", help="whose memory (default: the model's)")
    simulate.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed gives the same figures")
    _json(simulate)
    simulate.set_defaults(run=_later("simulate", "run"))


def _stats(commands: "Commands") -> None:
    stats = commands.add_parser("stats", help="true retention, forecast, calibration, scores")
    _json(stats)
    stats.set_defaults(run=_later("overview", "run_stats"))


def _search(commands: "Commands") -> None:
    search = commands.add_parser("search", help="find cards, questions, notes and reference by a few words")
    search.add_argument("words", nargs="+", metavar="WORD")
    search.add_argument("-n", "--count", type=int, default=20, metavar="N", help="at most N results (default: 20)")
    search.set_defaults(run=_later("search", "run"))


def _content(commands: "Commands") -> None:
    content = commands.add_parser("content", help="for authors: check content files")
    parts = content.add_subparsers(required=True, metavar="PART")
    check = parts.add_parser("check", help="say everything that is wrong with a content folder")
    check.add_argument("dir", nargs="?", metavar="DIR", help="the folder (default: the shipped content)")
    _json(check)
    check.set_defaults(run=_later("content", "run_check"))


def _doctor(commands: "Commands") -> None:
    doctor = commands.add_parser("doctor", help="what is there, what is missing, and what that would add")
    _json(doctor)
    doctor.set_defaults(run=_later("doctor", "run"))


def _export(commands: "Commands") -> None:
    export = commands.add_parser("export", help="write all progress as JSON lines")
    export.add_argument("file", nargs="?", default="-", metavar="FILE", help="where to (default: standard output)")
    export.set_defaults(run=_later("transfer", "run_export"))


def _import(commands: "Commands") -> None:
    bring = commands.add_parser("import", help="bring in progress that `export` wrote; merging twice changes nothing")
    bring.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    bring.set_defaults(run=_later("transfer", "run_import"))
