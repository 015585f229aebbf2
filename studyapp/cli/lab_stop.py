"""`studyapp lab stop`: end the service of a lab, whichever studyapp of this data folder launched it."""

import argparse

from studyapp.cli.lab import of_lab
from studyapp.runner.launches import stop_launched
from studyapp.study import labs


def run(arguments: argparse.Namespace) -> int:
    """Stop it, and say which process that was."""
    with of_lab(arguments) as (study, lab):
        ended = stop_launched(labs.workspace(study, lab))
        for pid in ended:
            print(f"The service of {lab.slug} is stopped (process {pid}), with all that it had started.")
        if not ended:
            print(f"No service of {lab.slug} is running.")
    return 0
