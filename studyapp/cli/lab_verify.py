"""`studyapp lab verify`: the author's command."""

import argparse

from studyapp.cli.opening import CommandError, opened
from studyapp.runner.processes import ProcessError
from studyapp.runner.workspace import WorkspaceError
from studyapp.study import labs
from studyapp.study.lab_proof import prove


def run(arguments: argparse.Namespace) -> int:
    """Prove one lab, or all; 1 where anything does not hold."""
    with opened(arguments) as study:
        problems = 0
        if not arguments.slugs:
            problems = len(study.lab_problems)
            for problem in study.lab_problems:
                print(problem)
        try:
            chosen = [labs.find(study, slug) for slug in arguments.slugs] or list(study.labs.values())
            for lab in chosen:
                found = 0
                for said in prove(study, lab):
                    print(f"{lab.slug}: {said}", flush=True)
                    found += 1
                print(f"{lab.slug}: {f'{found} problems' if found else 'holds'}", flush=True)
                problems += found
        except (labs.LabError, WorkspaceError, ProcessError) as error:
            raise CommandError(str(error)) from None
    return int(problems > 0)
