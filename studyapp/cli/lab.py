"""`studyapp lab`: labs without the screens."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from studyapp.cli.opening import CommandError, opened
from studyapp.domain.labs import Lab, LabProgress, LabState, LabStep
from studyapp.runner import editor
from studyapp.runner.processes import ProcessError
from studyapp.runner.workspace import Upgrade, WorkspaceError
from studyapp.study import labs
from studyapp.study.lab_progress import progress
from studyapp.study.study import Study


@contextmanager
def of_lab(arguments: argparse.Namespace) -> Iterator[tuple[Study, Lab]]:
    """The study, and the lab that the command names; whatever a lab cannot do is one line."""
    with opened(arguments) as study:
        try:
            yield study, labs.find(study, arguments.slug)
        except (labs.LabError, WorkspaceError, ProcessError, editor.NoEditor) as error:
            raise CommandError(str(error)) from None


def chosen_step(study: Study, lab: Lab, name: str | None) -> LabStep:
    """The step that is named, or else the first that has not passed, or else the last."""
    if name:
        return labs.find_step(lab, name)
    return progress(study)[lab.slug].next_step or lab.steps[-1]


def run_list(arguments: argparse.Namespace) -> int:
    """List the labs."""
    with opened(arguments) as study:
        found = list(progress(study).values())
        for problem in study.lab_problems:
            print(f"lab: {problem}", file=sys.stderr)
        if arguments.json:
            print(json.dumps([_row(each) for each in found], indent=2))
            return 0
        for each in found:
            passed = f"{len(each.passed)}/{len(each.lab.steps)}"
            print(f"{each.lab.slug:20} {passed:>5} {each.state.value:8} {each.lab.minutes:4} min  {each.lab.title}")
        if not found:
            print("There are no labs here.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Say what a lab is about, its steps, and what to build next."""
    with of_lab(arguments) as (study, lab):
        state = progress(study)[lab.slug]
        step = chosen_step(study, lab, arguments.step)
        if arguments.json:
            print(json.dumps(_shown(study, state), indent=2))
            return 0
        print(f"{lab.title} ({lab.minutes} min, {state.state.value})\n{lab.goal}")
        for line in lab.prerequisites:
            print(f"  first: {line}")
        print()
        for number, each in enumerate(lab.steps, 1):
            print(f"{'✓' if each.id in state.passed else '·'} {number:2} {each.id:24} {each.title}")
        if not arguments.step:
            print(f"\n{labs.brief(study, lab)}".rstrip())
        show_task(lab, step)
        if state.state is LabState.NEW:
            print(f"\n`studyapp lab start {lab.slug}` lays out your workspace.")
    return 0


def run_start(arguments: argparse.Namespace) -> int:
    """Lay out the workspace, or say where it is."""
    with of_lab(arguments) as (study, lab):
        place, upgraded = labs.start(study, lab)
        tell(upgraded)
        print(f"{lab.title}: your workspace is {place.path}")
        for path in place.written:
            print(f"  write {path}")
        show_task(lab, chosen_step(study, lab, None))
        print(f"\n`studyapp lab watch {lab.slug}` checks it each time you save.")
    return 0


def run_hint(arguments: argparse.Namespace) -> int:
    """Give the next hint."""
    with of_lab(arguments) as (study, lab):
        step = chosen_step(study, lab, arguments.step)
        given = labs.hint(study, lab, step)
        print(f"{step.id}, hint {given.level} of {len(step.hints)}: {given.text.strip()}")
    return 0


def run_solution(arguments: argparse.Namespace) -> int:
    """Show the reference of a step that has passed, or on an explicit ask."""
    with of_lab(arguments) as (study, lab):
        step = chosen_step(study, lab, arguments.step)
        try:
            parts = labs.show_solution(study, lab, step, asked=arguments.anyway)
        except labs.LabError as error:
            again = f"`studyapp lab solution {lab.slug} {step.id} --anyway` shows it all the same, and that is kept."
            raise CommandError(f"{error} {again}") from None
        for part in parts:
            print(f"# {part.file}{f': {part.name}' if part.name else ''}\n{part.text.rstrip()}\n")
    return 0


def run_reset(arguments: argparse.Namespace) -> int:
    """Lay the starter out again."""
    with of_lab(arguments) as (study, lab):
        backup = labs.reset(study, lab)
        print(f"The starter is laid out again. What was there is kept in {backup}")
    return 0


def run_diff(arguments: argparse.Namespace) -> int:
    """Print what the learner changed."""
    with of_lab(arguments) as (study, lab):
        place = labs.workspace(study, lab)
        if not place.exists:
            place.check()
        print(place.diff() or "Nothing is changed yet.", end="" if place.diff() else "\n")
    return 0


def run_open(arguments: argparse.Namespace) -> int:
    """Open the files of a lab in the person's editor; its exit status."""
    with of_lab(arguments) as (study, lab):
        place = labs.workspace(study, lab)
        place.check()
        return subprocess.call(editor.command(os.environ, place.written), cwd=place.path)


def show_task(lab: Lab, step: LabStep) -> None:
    """Print what a step asks for."""
    print(f"\nStep {lab.number(step)}, {step.id}: {step.title}\n\n{step.task.strip()}")


def tell(upgraded: Upgrade) -> None:
    """Say what a newer version of the app changed in the workspace, and what it left alone."""
    if upgraded.followed:
        print(f"This version brought {len(upgraded.followed)} files up to date that you had not changed.")
    for name in upgraded.kept:
        print(f"{name} is newer in this version; yours is kept as it is.")


def _row(state: LabProgress) -> dict[str, object]:
    return {
        "slug": state.lab.slug,
        "title": state.lab.title,
        "steps": len(state.lab.steps),
        "passed": len(state.passed),
        "state": state.state.value,
    }


def _shown(study: Study, state: LabProgress) -> dict[str, object]:
    lab = state.lab
    return {
        "slug": lab.slug,
        "title": lab.title,
        "goal": lab.goal,
        "minutes": lab.minutes,
        "state": state.state.value,
        "prerequisites": lab.prerequisites,
        "workspace": str(labs.workspace(study, lab).path),
        "replaces": lab.replaces,
        "services": lab.services,
        "steps": [
            {
                "id": step.id,
                "title": step.title,
                "task": step.task,
                "measured": step.measured,
                "passed": step.id in state.passed,
                "hints_shown": state.hints[step.id],
            }
            for step in lab.steps
        ],
        "experiments": [{"id": each.id, "ask": each.ask, "unit": each.unit} for each in lab.experiments],
        "explain": lab.explain,
    }
