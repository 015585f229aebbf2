"""What can be typed. Nothing of the app is imported here, so that `--help` is instant."""

import argparse
import importlib
import os
from collections.abc import Callable

from studyapp import __version__

Run = Callable[[argparse.Namespace], int]
LEARNERS = ("model", "weak", "strong", "steep", "flat")
EPILOG = """\
Progress is kept in your data folder (STUDYAPP_HOME moves it);
STUDYAPP_CONTENT names content folders of your own.
"""


def parse(argv: list[str]) -> argparse.Namespace:
    """The arguments, with `run` set to the function that carries them out."""
    return build(argv).parse_args(argv)


def build(argv: list[str]) -> argparse.ArgumentParser:
    """The command line, as far as these arguments need it."""
    parser = argparse.ArgumentParser(
        prog="studyapp",
        description="From an interview date to ready: recall, explain, do.\nWithout a command the app opens.",
        epilog=EPILOG,
        formatter_class=lambda prog: argparse.RawTextHelpFormatter(prog, width=_width()),
    )
    parser.add_argument("--version", action="version", version=f"studyapp {__version__}")
    parser.add_argument(
        "--content",
        action="append",
        default=[],
        metavar="DIR",
        help="lay a folder of your own content over the shipped one",
    )
    parser.set_defaults(run=_later("app", "run"))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (fill, says) in COMMANDS.items():
        command = commands.add_parser(name, help=says)
        if name in argv:  # only the command that was typed is spelt out: `--help` need not wait for the others
            fill(command)
    return parser


def _width() -> int:
    """The terminal's width, without `shutil`, which argparse would import for it together with every compressor."""
    try:
        return int(os.environ.get("COLUMNS", "")) - 2
    except ValueError:
        pass
    try:
        return os.get_terminal_size().columns - 2
    except OSError:
        return 78


def _later(module: str, function: str) -> Run:
    """A command whose module is imported when it runs."""

    def run(arguments: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(f"studyapp.cli.{module}"), function)(arguments))

    return run


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def _topics(topics: argparse.ArgumentParser) -> None:
    _json(topics)
    topics.set_defaults(run=_later("overview", "run_topics"))


def _review(review: argparse.ArgumentParser) -> None:
    review.add_argument("topics", nargs="*", metavar="TOPIC", help="only these topics")
    review.add_argument("--practice", action="store_true", help="go through cards without moving the schedule")
    review.set_defaults(run=_later("review", "run"))


def _quiz(quiz: argparse.ArgumentParser) -> None:
    quiz.add_argument("topics", nargs="*", metavar="TOPIC", help="only these topics")
    modes = quiz.add_mutually_exclusive_group()
    modes.add_argument("--missed", action="store_true", help="only what was answered wrongly the last time")
    modes.add_argument("--exam", action="store_true", help="timed, without feedback until the end")
    quiz.add_argument("-n", "--count", type=int, default=10, metavar="N", help="how many questions (default: 10)")
    quiz.set_defaults(run=_later("quiz", "run"))


def _interview(interview: argparse.ArgumentParser) -> None:
    interview.add_argument("topic", nargs="?", default="", metavar="TOPIC", help="draw from this topic, or one id")
    interview.add_argument("--list", action="store_true", help="list the questions with how their answers went")
    interview.set_defaults(run=_later("interview", "run"))


def _plan(plan: argparse.ArgumentParser) -> None:
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


LAB_PARTS = (
    ("show", "lab", "what it is about, its steps, and what to build next", True),
    ("start", "lab", "lay out your workspace", False),
    ("check", "lab_check", "run your code against the checks", True),
    ("watch", "lab_check", "check again each time you save", True),
    ("hint", "lab", "the next hint, one level deeper each time", True),
    ("solution", "lab", "the reference of a step", True),
    ("reset", "lab", "lay the starter out again; what was there is kept", False),
    ("diff", "lab", "what you changed", False),
    ("open", "lab", "open the files in $VISUAL or $EDITOR", False),
)


def _lab(lab: argparse.ArgumentParser) -> None:
    parts = lab.add_subparsers(required=True, metavar="PART")
    everything = parts.add_parser("list", help="the labs and how far you are")
    _json(everything)
    everything.set_defaults(run=_later("lab", "run_list"))
    for name, module, says, of_step in LAB_PARTS:
        part = parts.add_parser(name, help=says)
        part.add_argument("slug", metavar="LAB", help="its slug, as `list` prints it")
        if of_step:
            part.add_argument("step", nargs="?", metavar="STEP", help="a step's id or number")
        if name in ("show", "check"):
            _json(part)
        if name == "solution":
            part.add_argument("--anyway", action="store_true", help="before the step has passed; that is kept")
        part.set_defaults(run=_later(module, f"run_{name}"))
    launch = parts.add_parser("launch", help="run the service with your code in it, and show its live figures")
    launch.add_argument("slug", nargs="?", metavar="LAB", help="whose workspace (default: the service as shipped)")
    launch.add_argument("--rate", type=float, default=0.0, metavar="N", help="send N requests a second (default: none)")
    launch.add_argument("--seconds", type=float, default=0.0, metavar="N", help="end after N seconds (default: at ^C)")
    launch.add_argument("--replicas", type=int, default=1, metavar="N", help="so many behind a balancer (default: 1)")
    launch.add_argument("--port", type=int, default=0, metavar="N", help="listen there (default: on a free port)")
    launch.set_defaults(run=_later("lab_launch", "run"))
    predict = parts.add_parser("predict", help="say what an experiment will come to, then run it on your service")
    predict.add_argument("slug", metavar="LAB", help="its slug, as `list` prints it")
    predict.add_argument("experiment", metavar="EXPERIMENT", help="its id, as `show --json` prints it")
    predict.add_argument("value", metavar="VALUE", help="a number, or: up, down, same")
    predict.add_argument(
        "--sure",
        choices=("low", "medium", "high"),
        type=str.lower,
        default="medium",
        help="how sure you are (default: medium)",
    )
    predict.set_defaults(run=_later("lab_predict", "run"))
    stop = parts.add_parser("stop", help="end the service of a lab, whichever studyapp launched it")
    stop.add_argument("slug", metavar="LAB", help="its slug, as `list` prints it")
    stop.set_defaults(run=_later("lab_stop", "run"))
    scenario = parts.add_parser("scenario", help="break the running service on purpose: what should happen, what did")
    scenario.add_argument("slug", metavar="LAB", help="its slug, as `list` prints it")
    scenario.add_argument("name", nargs="?", metavar="NAME", help="which one (without: list them)")
    scenario.set_defaults(run=_later("lab_scenario", "run"))
    explain = parts.add_parser("explain", help="explain it as in an interview: the question that ends a lab")
    explain.add_argument("slug", metavar="LAB", help="its slug, as `list` prints it")
    explain.set_defaults(run=_later("lab_explain", "run"))
    verify = parts.add_parser("verify", help="for authors: prove that labs hold")
    verify.add_argument("slugs", nargs="*", metavar="LAB", help="only these (default: all)")
    verify.set_defaults(run=_later("lab_verify", "run"))


def _fit(fit: argparse.ArgumentParser) -> None:
    fit.add_argument("--undo", action="store_true", help="go back to the parameters before")
    _json(fit)
    fit.set_defaults(run=_later("fit", "run"))


def _stats(stats: argparse.ArgumentParser) -> None:
    _json(stats)
    stats.set_defaults(run=_later("overview", "run_stats"))


def _search(search: argparse.ArgumentParser) -> None:
    search.add_argument("words", nargs="+", metavar="WORD")
    search.add_argument("-n", "--count", type=int, default=20, metavar="N", help="at most N results (default: 20)")
    search.set_defaults(run=_later("search", "run"))


def _content(content: argparse.ArgumentParser) -> None:
    parts = content.add_subparsers(required=True, metavar="PART")
    check = parts.add_parser("check", help="say everything that is wrong with a content folder")
    check.add_argument("dir", nargs="?", metavar="DIR", help="the folder (default: the shipped content)")
    _json(check)
    check.set_defaults(run=_later("content", "run_check"))


def _doctor(doctor: argparse.ArgumentParser) -> None:
    _json(doctor)
    doctor.set_defaults(run=_later("doctor", "run"))


EXPORT_HELP = """where to (default: standard output). Alone: all progress. After `anki`: all cards, as a package where
FILE ends in .apkg, else as text. After `gift`: the quizzes. After `reviews`: the review log as CSV for FSRS tools"""


def _export(export: argparse.ArgumentParser) -> None:
    export.usage = "studyapp export [-h] [[anki|gift|reviews] FILE]"
    export.add_argument("words", nargs="*", metavar="FILE", help=EXPORT_HELP)
    export.set_defaults(run=_later("transfer", "run_export"))


def _import(bring: argparse.ArgumentParser) -> None:
    bring.usage = "studyapp import [-h] [anki] FILE [--to DIR]"
    bring.add_argument("words", nargs="+", metavar="FILE", help="progress, - for standard input; behind anki, a deck")
    bring.add_argument("--to", metavar="DIR", help="with `anki`: the folder for new and edited cards, for --content")
    bring.set_defaults(run=_later("transfer", "run_import"))


COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], str]] = {
    "topics": (_topics, "list the topics with what is due, known and mastered"),
    "review": (_review, "review the cards that are due, in plain text"),
    "quiz": (_quiz, "take a quiz, in plain text"),
    "interview": (_interview, "a mock interview: answer in plain text, marked point by point"),
    "lab": (_lab, "hands-on labs on a running service, checked step by step"),
    "plan": (_plan, "study towards an interview date; alone it shows the plan"),
    "fit": (_fit, "fit the memory model to your own reviews, where that helps"),
    "stats": (_stats, "true retention, forecast, calibration, scores"),
    "search": (_search, "find cards, questions, notes and reference by a few words"),
    "content": (_content, "for authors: check content files"),
    "doctor": (_doctor, "what is there, what is missing, and what that would add"),
    "export": (_export, "write progress; or decks for Anki, quizzes as GIFT, a review log"),
    "import": (_import, "bring in progress that `export` wrote, or a deck of Anki's"),
}
