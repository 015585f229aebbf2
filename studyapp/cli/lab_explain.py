"""`studyapp lab explain`: the question that ends a lab, answered and marked as in an interview."""

import argparse

from studyapp.cli import interview, quiz
from studyapp.cli.lab import of_lab
from studyapp.cli.opening import CommandError
from studyapp.domain.interviews import Interview
from studyapp.domain.labs import LabState
from studyapp.study import lab_explaining
from studyapp.study.lab_progress import progress


def run(arguments: argparse.Namespace) -> int:
    """Ask the question, once every step passes; an answer ends the lab."""
    with of_lab(arguments) as (study, lab):
        state = progress(study)[lab.slug]
        if state.next_step is not None:
            left = len(lab.steps) - len(state.passed)
            raise CommandError(
                f"explaining ends a lab, and {left} of {len(lab.steps)} steps of {lab.slug} are still open"
            )
        asked = lab_explaining.question(study, lab)
        if asked is None:
            raise CommandError(f"the question {lab.explain} that ends {lab.slug} is not among the content")
        if isinstance(asked, Interview):
            interview.hold_out(study, asked)
        else:
            quiz.ask_one(study, asked)
        if progress(study)[lab.slug].state is LabState.DONE:
            print(f"\n{lab.title}: done.")
    return 0
