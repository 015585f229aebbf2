"""The author's proof of a lab: starters fail, the reference passes, wrong implementations are seen, nothing is left."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from studyapp.domain.labs import Cause, Lab, LabStep, StepResult, Wrong
from studyapp.runner import orphans
from studyapp.runner.checks import SECONDS, run_checks
from studyapp.runner.files import files
from studyapp.runner.workspace import SERVICE, Workspace

STEPS = range(6, 11)
LEAST_EXPERIMENTS = 3
LEAST_WRONG = 4
BRIEF_WORDS = range(300, 601)
NO_REASON_IN_THE_CODE = (Cause.IMPORT, Cause.SYNTAX, Cause.SKIPPED, Cause.CRASH)


def verify(
    lab: Lab, wrong: Sequence[Wrong], labs_root: Path, scratch: Path, *, seconds: float = SECONDS
) -> Iterator[str]:
    """What does not hold, a sentence each, as it is found. Workspaces are made below `scratch`."""
    folder = labs_root / lab.slug
    yield from _size(lab, wrong)
    yield from _brief(folder / "brief.md")
    yield from _experiments(lab, folder / "experiments.py")
    missing = list(_missing_files(lab, wrong, folder, labs_root / SERVICE))
    yield from missing
    if missing:
        return
    for name in lab.replaces:
        yield from _interface(name, labs_root / SERVICE / name, folder / "starter" / name)
    for result in _run(lab, labs_root, scratch / "starter", "starter", None, seconds):
        yield from _starter_faults(result)
    for result in _run(lab, labs_root, scratch / "reference", "", None, seconds):
        if not result.passed:
            yield f"the reference fails {result.step.id}: {_said(result)}"
    for each in wrong:
        over, step = f"checks/wrong/{each.name}", lab.find(each.step)
        for result in _run(lab, labs_root, scratch / each.name, over, step, seconds):
            yield from _wrong_faults(each, result)
    for process in orphans.left_below(scratch):
        yield f"a process is left running: {' '.join(process.cmdline())}"


def _run(
    lab: Lab, labs_root: Path, data_root: Path, laid_over: str, step: LabStep | None, seconds: float
) -> list[StepResult]:
    workspace = Workspace.create(lab, labs_root, data_root, laid_over)
    return run_checks(lab, workspace, step, seconds=seconds)


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


def _size(lab: Lab, wrong: Sequence[Wrong]) -> Iterator[str]:
    if len(lab.steps) not in STEPS:
        yield f"{len(lab.steps)} steps; a lab has {STEPS[0]} to {STEPS[-1]}"
    if not lab.steps[-1].measured:
        yield f"the last step, {lab.steps[-1].id}, is not `measured: true`"
    if len(lab.experiments) < LEAST_EXPERIMENTS:
        yield f"{len(lab.experiments)} experiments; a lab has {LEAST_EXPERIMENTS} at least"
    if len(wrong) < LEAST_WRONG:
        yield f"{len(wrong)} wrong implementations; a lab keeps {LEAST_WRONG} at least"


def _missing_files(lab: Lab, wrong: Sequence[Wrong], folder: Path, service: Path) -> Iterator[str]:
    for name in lab.replaces:
        for path in (service / name, folder / "starter" / name):
            if not path.is_file():
                yield f"`replaces` names {name}, but there is no {path}"
    for name in files(folder / "starter"):
        if name not in lab.replaces:
            yield f"starter/{name} would be laid over, but `replaces` does not name it"
    named = {step.checks for step in lab.steps}
    there = {path.name for path in (folder / "checks").glob("test_*.py")}
    yield from (f"checks/{name} is missing" for name in sorted(named - there))
    yield from (f"no step names checks/{name}" for name in sorted(there - named))
    yield from _wrong_files(wrong, folder / "checks" / "wrong")


def _wrong_files(wrong: Sequence[Wrong], folder: Path) -> Iterator[str]:
    named = {each.name for each in wrong}
    there = {path.name for path in folder.glob("*") if files(path)}
    yield from (f"wrong.yaml names {name}, but there is no file in {folder / name}" for name in sorted(named - there))
    yield from (f"wrong.yaml does not name {name}" for name in sorted(there - named))


def _interface(name: str, reference: Path, starter: Path) -> Iterator[str]:
    """Public names of the reference that the starter lacks: what else imports them would not start."""
    if name.endswith(".py"):
        for lost in sorted(_public(reference) - _public(starter)):
            yield f"starter/{name} has no `{lost}`, which is public in the reference"


def _public(path: Path) -> set[str]:
    try:
        body = ast.parse(path.read_text("utf-8")).body
    except SyntaxError:
        return set()  # said when the checks run
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    targets += [node.target for node in body if isinstance(node, ast.AnnAssign)]
    assigned = {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in defined | assigned if not name.startswith("_")}


def _brief(path: Path) -> Iterator[str]:
    words = len(path.read_text("utf-8").split()) if path.is_file() else 0
    if words not in BRIEF_WORDS:
        yield f"brief.md has {words} words; {BRIEF_WORDS[0]} to {BRIEF_WORDS[-1]} say enough"


def _experiments(lab: Lab, path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_text("utf-8") if path.is_file() else "")
    except SyntaxError as error:
        yield f"experiments.py line {error.lineno} is not valid Python: {error.msg}"
        return
    there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for experiment in lab.experiments:
        if experiment.run not in there:
            yield f"{experiment.id}: there is no function {experiment.run} in experiments.py"
