"""Lab manifests on disk turned into labs; whatever is wrong with one is named with file, line and column."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from studyapp.domain.labs import HINTS, Edit, Experiment, Lab, LabStep, PredictionKind, Wrong, check_number
from studyapp.domain.topics import Problem
from studyapp.library.decode import decode, suggestion
from studyapp.library.document import Document, Unreadable, read
from studyapp.library.shapes import Id, Shape, Text

MANIFEST = "lab.yaml"
WRONG = "checks/wrong/wrong.yaml"
INSIDE = re.compile(r"((?!\.+(/|$))[\w.-]+/)*(?!\.+$)[\w.-]+", re.ASCII)  # never absolute, never upwards


class LabStepShape(Shape):
    id: Id
    title: Text
    task: Text
    checks: Text
    hints: list[Text]
    cards: list[Id] = field(default_factory=list)
    questions: list[Id] = field(default_factory=list)
    measured: bool = False


class ExperimentShape(Shape):
    id: Id
    ask: Text
    kind: PredictionKind
    run: Text
    explain: Text
    unit: str = ""
    tolerance: Annotated[float, Meta(ge=0)] = 0.0
    expected: float | str | None = None


class LabShape(Shape):
    slug: Id
    title: Text
    goal: Text
    minutes: Annotated[int, Meta(ge=1)]
    replaces: Annotated[list[Text], Meta(min_length=1)]
    steps: Annotated[list[LabStepShape], Meta(min_length=1)]
    explain: Id
    prerequisites: list[Text] = field(default_factory=list)
    services: list[Text] = field(default_factory=list)
    preload: list[Text] = field(default_factory=list)
    trains: bool = False
    experiments: list[ExperimentShape] = field(default_factory=list)


class EditShape(Shape):
    file: Text
    find: Text
    put: str


class WrongShape(Shape):
    step: Id
    why: Text
    edits: list[EditShape] = field(default_factory=list)


def load_labs(root: Path, shown: str) -> tuple[dict[str, Lab], list[Problem]]:
    """Every lab below a folder, by slug; one with a problem is left out and the problem named."""
    labs: dict[str, Lab] = {}
    problems: list[Problem] = []
    for manifest in sorted(root.glob(f"*/{MANIFEST}")):
        folder = manifest.parent
        lab, wrong = load_lab(folder, f"{shown}/{folder.name}")
        problems += wrong
        if lab is not None:
            labs[lab.slug] = lab
    return labs, problems


def load_lab(folder: Path, shown: str) -> tuple[Lab | None, list[Problem]]:
    """The lab in a folder, or everything that is wrong with its manifest."""
    try:
        document = read(folder / MANIFEST, f"{shown}/{MANIFEST}")
    except Unreadable as error:
        return None, list(error.problems)
    shape, problems = decode(document, document.data, LabShape)
    if shape is not None:
        problems += _faults(document, shape, folder)
    return (None, problems) if shape is None or problems else (_lab(shape, document), [])


def load_wrong(lab: Lab, folder: Path, shown: str) -> tuple[list[Wrong], list[Problem]]:
    """The wrong implementations that a lab keeps, and what is wrong with the list of them."""
    try:
        document = read(folder / WRONG, f"{shown}/{WRONG}")
    except Unreadable as error:
        return [], list(error.problems)
    found: list[Wrong] = []
    problems: list[Problem] = []
    for name, value in document.data.items():
        shape, wrong = decode(document, value, WrongShape, name)
        problems += wrong
        if shape is None:
            continue
        if lab.find(shape.step) is None:
            near = suggestion(shape.step, [step.id for step in lab.steps])
            problems.append(Problem(document.origin(name, "step"), f"{name}: there is no step `{shape.step}`.{near}"))
        else:
            edits = tuple(Edit(edit.file, edit.find, edit.put) for edit in shape.edits)
            found.append(Wrong(name, shape.step, shape.why, edits))
    return found, problems


def _faults(document: Document, shape: LabShape, folder: Path) -> Iterator[Problem]:
    """What a shape alone cannot say."""
    if shape.slug != folder.name:
        message = f"the slug is `{shape.slug}` but the folder is `{folder.name}`; they must be the same"
        yield Problem(document.origin("slug"), message)
    for index, path in enumerate(shape.replaces):
        if not INSIDE.fullmatch(path):
            message = f"`{path}` is no path inside labs/recsys, such as recsys/cache.py"
            yield Problem(document.origin("replaces", index), message)
    yield from _doubles(document, "steps", [step.id for step in shape.steps])
    yield from _doubles(document, "experiments", [experiment.id for experiment in shape.experiments])
    for index, step in enumerate(shape.steps):
        if len(step.hints) != HINTS:
            message = f"{step.id}: {len(step.hints)} hints; give {HINTS}: a nudge, how to go about it, nearly the code"
            yield Problem(document.origin("steps", index, "hints"), message)
        if check_number(step.checks) != index + 1:
            message = f"{step.id}: expected `test_{index + 1:02}_{step.id.replace('-', '_')}.py`, got `{step.checks}`"
            yield Problem(document.origin("steps", index, "checks"), message)
    for index, experiment in enumerate(shape.experiments):
        if experiment.kind == PredictionKind.NUMBER and not experiment.tolerance > 0:
            message = f"{experiment.id}: a `number` needs a `tolerance` above 0, in its unit"
            yield Problem(document.origin("experiments", index), message)


def _doubles(document: Document, key: str, ids: list[str]) -> Iterator[Problem]:
    for index, id_ in enumerate(ids):
        if id_ in ids[:index]:
            yield Problem(document.origin(key, index, "id"), f"the id `{id_}` stands twice under `{key}`")


def _lab(shape: LabShape, document: Document) -> Lab:
    return Lab(
        slug=shape.slug,
        title=shape.title,
        goal=shape.goal,
        minutes=shape.minutes,
        replaces=tuple(shape.replaces),
        steps=tuple(_step(step) for step in shape.steps),
        prerequisites=tuple(shape.prerequisites),
        services=tuple(shape.services),
        preload=tuple(shape.preload),
        trains=shape.trains,
        explain=shape.explain,
        experiments=tuple(_experiment(experiment) for experiment in shape.experiments),
        origin=document.origin(),
    )


def _step(shape: LabStepShape) -> LabStep:
    return LabStep(
        id=shape.id,
        title=shape.title,
        task=shape.task,
        checks=shape.checks,
        hints=tuple(shape.hints),
        cards=tuple(shape.cards),
        questions=tuple(shape.questions),
        measured=shape.measured,
    )


def _experiment(shape: ExperimentShape) -> Experiment:
    return Experiment(
        id=shape.id,
        ask=shape.ask,
        kind=shape.kind,
        run=shape.run,
        explain=shape.explain,
        unit=shape.unit,
        tolerance=shape.tolerance,
        expected=shape.expected,
    )
