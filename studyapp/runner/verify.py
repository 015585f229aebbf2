"""The author's proof of a lab: starters fail, the reference passes, wrong implementations are seen, nothing is left."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from studyapp.domain.labs import Cause, Lab, StepResult, Wrong
from studyapp.runner import lab_parts, orphans, state
from studyapp.runner.checks import SECONDS, Run, stream_runs
from studyapp.runner.experiment_proof import prove_experiments
from studyapp.runner.workspace import SERVICE, Workspace

NO_REASON_IN_THE_CODE = (Cause.IMPORT, Cause.SYNTAX, Cause.SKIPPED, Cause.CRASH, Cause.STOPPED)


def verify(
    lab: Lab,
    wrong: Sequence[Wrong],
    labs_root: Path,
    scratch: Path,
    *,
    seconds: float = SECONDS,
    seeds: Path | None = None,
) -> Iterator[str]:
    """What does not hold, a sentence each, as it is found. Workspaces are made below `scratch`.

    `seeds` is a folder in which the data and models of the service are kept from one proof to the next.
    """
    folder = labs_root / lab.slug
    yield from lab_parts.complaints(lab, wrong, folder, labs_root)
    missing = list(lab_parts.missing(lab, wrong, folder, labs_root / SERVICE))
    yield from missing
    if missing:
        return
    runs = [
        Run(Workspace.create(lab, labs_root, scratch / "starter"), lab.steps),
        Run(Workspace.create(lab, labs_root, scratch / "reference", ""), lab.steps),
        *(_wrong_run(each, lab, labs_root, scratch) for each in wrong),
    ]
    for number, result in stream_runs(lab, runs, scratch, seconds=seconds, seeds=seeds):
        yield from _faults(result, number, wrong)
    if lab.services:
        yield from prove_experiments(runs[1].workspace, seeds or state.seeds(scratch))
    for process in orphans.left_below(scratch):
        yield f"a process is left running: {' '.join(process.cmdline())}"


def _wrong_run(wrong: Wrong, lab: Lab, labs_root: Path, scratch: Path) -> Run:
    """The one step that a wrong implementation is to fail, in a workspace that holds it."""
    over = "" if wrong.edits else f"checks/wrong/{wrong.name}"
    workspace = Workspace.create(lab, labs_root, scratch / f"wrong-{wrong.name}", over)
    for edit in wrong.edits:
        path = workspace.path / edit.file
        path.write_text(path.read_text("utf-8").replace(edit.find, edit.put), "utf-8")
    return Run(workspace, tuple(step for step in lab.steps if step.id == wrong.step))


def _faults(result: StepResult, run: int, wrong: Sequence[Wrong]) -> Iterator[str]:
    match run:
        case 0:
            yield from _starter_faults(result)
        case 1:
            if not result.passed:
                yield f"the reference fails {result.step.id}: {_said(result)}"
        case _:
            yield from _wrong_faults(wrong[run - 2], result)


def _starter_faults(result: StepResult) -> Iterator[str]:
    if result.passed:
        yield f"the starter passes {result.step.id}, so that there is nothing to do"
    elif result.cause in NO_REASON_IN_THE_CODE:
        yield f"the starter fails {result.step.id} for no reason in the code: {_said(result)}"


def _wrong_faults(wrong: Wrong, result: StepResult) -> Iterator[str]:
    if result.passed:
        yield f"checks/wrong/{wrong.name} passes {wrong.step}, though: {wrong.why}"
    elif result.cause in NO_REASON_IN_THE_CODE:
        yield f"checks/wrong/{wrong.name} fails {wrong.step} for no reason in the code: {_said(result)}"


def _said(result: StepResult) -> str:
    sides = f" (expected {result.expected}, got {result.got})" if result.expected or result.got else ""
    return f"{result.message or result.cause.value}{sides}"
