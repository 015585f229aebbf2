"""`studyapp lab check` and `watch`: what a learner's code does, step by step."""

import argparse
import json
from collections.abc import Iterable

from studyapp.cli.lab import of_lab, tell
from studyapp.domain.labs import Lab, LabStep
from studyapp.runner.watch import saves
from studyapp.runner.workspace import WorkspaceError
from studyapp.study import labs
from studyapp.study.lab_words import failure
from studyapp.study.labs import Checked
from studyapp.study.study import Study


def run_check(arguments: argparse.Namespace) -> int:
    """Check one step or all of them; 1 where one does not pass."""
    with of_lab(arguments) as (study, lab):
        step = labs.find_step(lab, arguments.step) if arguments.step else None
        upgraded = labs.upgrade(study, lab)
        if arguments.json:
            found = list(labs.check(study, lab, step))
            print(json.dumps([_as_json(each) for each in found], indent=2))
            return int(not all(each.result.passed for each in found))
        tell(upgraded)
        failed = _print(lab, labs.check(study, lab, step, say=_say))
        if failed is None and step is None:
            print(f"All {len(lab.steps)} steps pass.")
        return int(failed is not None)


def run_watch(arguments: argparse.Namespace) -> int:
    """Check again at every save, up to the first step that does not pass, until all do."""
    with of_lab(arguments) as (study, lab):
        step = labs.find_step(lab, arguments.step) if arguments.step else None
        tell(labs.upgrade(study, lab))
        place = labs.workspace(study, lab)
        place.check()
        saved = saves(place.written)
        while not _pass(study, lab, step):
            print(f"Watching {', '.join(lab.replaces)} in {place.path}; ctrl+c ends.", flush=True)
            print(f"\n{', '.join(path.name for path in next(saved))} saved.")
    return 0


def _pass(study: Study, lab: Lab, step: LabStep | None) -> bool:
    """Whether everything that is watched passes now."""
    found = labs.check(study, lab, step, say=_say)
    try:
        failed = _print(lab, _up_to_failure(found))
    except WorkspaceError as error:
        print(error, flush=True)
        return False
    if failed is None:
        print("It passes." if step else f"All {len(lab.steps)} steps pass.", flush=True)
    return failed is None


def _say(line: str) -> None:
    print(line, flush=True)


def _up_to_failure(found: Iterable[Checked]) -> Iterable[Checked]:
    for each in found:
        yield each
        if not each.result.passed:
            return


def _print(lab: Lab, found: Iterable[Checked]) -> Checked | None:
    """Print each step as it comes; only the first that fails at length. That one, or None where all pass."""
    failed = None
    for each in found:
        result = each.result
        sign = "✓" if result.passed else "✗"
        print(f"{sign} {lab.number(result.step):2} {result.step.id:24} {result.step.title}", flush=True)
        if not result.passed and failed is None:
            failed = each
            _explain(each)
        elif result.passed and result.message:
            print(f"     {result.message}", flush=True)
    return failed


def _explain(failed: Checked) -> None:
    for label, text in failure(failed):
        before = f"{label:9}" if label else ""
        print(f"     {before}{text.replace(chr(10), chr(10) + ' ' * (5 + len(before)))}", flush=True)


def _as_json(checked: Checked) -> dict[str, object]:
    result = checked.result
    return {
        "step": result.step.id,
        "passed": result.passed,
        "cause": result.cause.value,
        "message": result.message,
        "expected": result.expected,
        "got": result.got,
        "output": result.output,
        "seconds": round(result.seconds, 3),
        "hint": checked.hint,
    }
