"""What a lab consists of, held against its manifest: files, sizes, names that must be there."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from studyapp.domain.labs import Edit, Lab, Wrong
from studyapp.runner.files import files
from studyapp.runner.workspace import SERVICE

STEPS = range(6, 11)
LEAST_EXPERIMENTS = 3
LEAST_WRONG = 4
BRIEF_WORDS = range(300, 601)


def complaints(lab: Lab, wrong: Sequence[Wrong], folder: Path, labs_root: Path) -> Iterator[str]:
    """What a lab lacks that its checks can be run without, a sentence each."""
    yield from _size(lab, wrong)
    yield from _brief(folder / "brief.md")
    yield from _experiments(lab, folder / "experiments.py")
    for name in lab.replaces:
        given, starter = labs_root / SERVICE / name, folder / "starter" / name
        if given.is_file() and starter.is_file():
            yield from _interface(name, given, starter)


def missing(lab: Lab, wrong: Sequence[Wrong], folder: Path, service: Path) -> Iterator[str]:
    """What its checks cannot be run without."""
    yield from _missing_files(lab, folder, service)
    yield from _wrong_files(wrong, folder / "checks" / "wrong")
    for each in wrong:
        for edit in each.edits:
            yield from _edit(each.name, edit, service / edit.file)


def _size(lab: Lab, wrong: Sequence[Wrong]) -> Iterator[str]:
    if len(lab.steps) not in STEPS:
        yield f"{len(lab.steps)} steps; a lab has {STEPS[0]} to {STEPS[-1]}"
    if not lab.steps[-1].measured:
        yield f"the last step, {lab.steps[-1].id}, is not `measured: true`"
    if len(lab.experiments) < LEAST_EXPERIMENTS:
        yield f"{len(lab.experiments)} experiments; a lab has {LEAST_EXPERIMENTS} at least"
    if len(wrong) < LEAST_WRONG:
        yield f"{len(wrong)} wrong implementations; a lab keeps {LEAST_WRONG} at least"


def _missing_files(lab: Lab, folder: Path, service: Path) -> Iterator[str]:
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


def _wrong_files(wrong: Sequence[Wrong], folder: Path) -> Iterator[str]:
    named = {each.name for each in wrong if not each.edits}
    there = {path.name for path in folder.glob("*") if files(path)}
    for name in sorted(named - there):
        yield f"wrong.yaml gives {name} no `edits`, and there is no file in {folder / name}"
    yield from (f"wrong.yaml does not name {name}, or gives it `edits` too" for name in sorted(there - named))


def _edit(name: str, edit: Edit, path: Path) -> Iterator[str]:
    times = path.read_text("utf-8").count(edit.find) if path.is_file() else 0
    if times != 1:
        yield f"wrong.yaml: {name}: `{edit.find.strip()}` stands {times} times in the reference's {edit.file}, not once"


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
        if experiment.expected is None:
            yield f"{experiment.id} does not say as `expected` what it comes to"
        if experiment.run not in there:
            yield f"{experiment.id}: there is no function {experiment.run} in experiments.py"
