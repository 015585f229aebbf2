"""`studyapp search`."""

import argparse

from studyapp.cli.opening import opened
from studyapp.study.search import everything, find


def run(arguments: argparse.Namespace) -> int:
    """Print what matches, best first; 1 where nothing does."""
    with opened(arguments) as study:
        found = find(list(everything(study.library)), " ".join(arguments.words))[: max(1, arguments.count)]
    for one in found:
        title = " ".join(one.title.split())
        print(f"{one.kind:9} {one.topic:18} {one.id:32} {title[:90]}")
    if not found:
        print("Nothing matches. Try fewer or shorter words.")
    return 0 if found else 1
