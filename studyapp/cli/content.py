"""`studyapp content check`: the author's command."""

import argparse
import json
import os
from datetime import datetime
from pathlib import Path

from studyapp import places
from studyapp.domain.topics import Library, Problem
from studyapp.library.check import check
from studyapp.library.labs import load_labs
from studyapp.library.load import read_pack


def run_check(arguments: argparse.Namespace) -> int:
    """Check a content folder; 1 where anything is wrong with it."""
    where = places.find(os.environ)
    root = where.content if arguments.dir is None else Path(arguments.dir)
    shown = places.shown(root) if arguments.dir is None else str(root)
    own = os.path.realpath(root) == os.path.realpath(where.content)
    shipped = None if own else read_pack(where.content, places.shown(where.content))
    labs, _ = load_labs(where.labs, places.shown(where.labs))
    library, problems = check(read_pack(root, shown), shipped, datetime.now().astimezone().date(), labs)
    if arguments.json:
        print(json.dumps(as_json(library, problems), indent=2))
    else:
        _print(library, problems)
    return 1 if problems else 0


def as_json(library: Library, problems: list[Problem]) -> dict[str, object]:
    """The documented JSON of `content check`."""
    return {
        "ok": not problems,
        "topics": [
            {
                "slug": topic.slug,
                "cards": len(topic.cards),
                "questions": len(topic.questions),
                "interview": len(topic.interviews),
            }
            for topic in library.topics.values()
        ],
        "problems": [
            {
                "file": problem.origin.file,
                "line": problem.origin.line,
                "column": problem.origin.column,
                "message": problem.message,
            }
            for problem in problems
        ],
    }


def _print(library: Library, problems: list[Problem]) -> None:
    for topic in library.topics.values():
        counts = f"{len(topic.cards):4} cards {len(topic.questions):4} questions {len(topic.interviews):3} interviews"
        print(f"{topic.slug:20} {counts}")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}" if problems else "No problems.")
