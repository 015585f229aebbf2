"""A lab as its author wrote it, and how far a person has come with it."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from studyapp.domain.origin import Origin

HINTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LabStep:
    """One thing to build. `checks` is a file in the lab's `checks/`; hints go from a nudge to nearly the code."""

    id: str
    title: str
    task: str
    checks: str
    hints: tuple[str, ...]
    cards: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    measured: bool = False


class PredictionKind(StrEnum):
    """What is predicted before an experiment runs."""

    NUMBER = "number"
    DIRECTION = "direction"  # up, down or same


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Predict, then run: `run` is a function in the lab's experiments.py, `tolerance` is absolute, in `unit`.

    `expected` is what `explain` explains, a number or a direction; the author's proof holds the run against it.
    """

    id: str
    ask: str
    kind: PredictionKind
    run: str
    explain: str
    unit: str = ""
    tolerance: float = 0.0
    expected: float | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """One lab. `replaces` are the files that the learner writes, relative to `labs/recsys`.

    `preload` are modules of others that every check needs, imported once for all of them; with `trains` the models that
    the service serves are trained by the learner's own code.
    """

    slug: str
    title: str
    goal: str
    minutes: int
    replaces: tuple[str, ...]
    steps: tuple[LabStep, ...]
    prerequisites: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    trains: bool = False
    explain: str = ""
    experiments: tuple[Experiment, ...] = ()
    origin: Origin = field(default=Origin("lab.yaml"))

    def find(self, name: str) -> LabStep | None:
        """The step with an id, or with a number that counts from 1."""
        if name.isdecimal():
            return self.steps[int(name) - 1] if 1 <= int(name) <= len(self.steps) else None
        return next((step for step in self.steps if step.id == name), None)

    def number(self, step: LabStep) -> int:
        """The place of a step, from 1."""
        return self.steps.index(step) + 1


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a file of the reference: `find`, which stands there once, becomes `put`."""

    file: str
    find: str
    put: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A plausible wrong implementation, kept to prove that the checks of one step see it.

    It is the reference with `edits`, or, where there are none, with the files in the folder `checks/wrong/<name>`.
    """

    name: str
    step: str
    why: str
    edits: tuple[Edit, ...] = ()


class LabState(StrEnum):
    """How far a lab is."""

    NEW = "new"
    STARTED = "started"
    PASSED = "passed"  # every step; what was learnt is still to be explained
    DONE = "done"


@dataclass(frozen=True, slots=True)
class LabProgress:
    """What a person did in a lab; `hints` maps a step to the deepest hint shown, `passed` holds ids of steps."""

    lab: Lab
    started: bool = False
    passed: frozenset[str] = frozenset()
    hints: dict[str, int] = field(default_factory=dict)
    explained: bool = False

    @property
    def state(self) -> LabState:
        """The state that these events come to."""
        if len(self.passed) == len(self.lab.steps):
            return LabState.DONE if self.explained else LabState.PASSED
        return LabState.STARTED if self.started or self.passed else LabState.NEW

    @property
    def next_step(self) -> LabStep | None:
        """The first step that has not passed."""
        return next((step for step in self.lab.steps if step.id not in self.passed), None)


class Cause(StrEnum):
    """Why a step did not pass."""

    NONE = ""
    EXPECTATION = "expectation"  # an assertion of the check: something else came
    UNWRITTEN = "unwritten"  # NotImplementedError
    ERROR = "error"  # any other exception in the learner's code
    IMPORT = "import"  # the code could not be imported
    SYNTAX = "syntax"
    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"  # the process ended without a word
    STOPPED = "stopped"  # the checks were ended before this step
    SKIPPED = "skipped"  # something that the check needs is not on this machine


@dataclass(frozen=True, slots=True)
class StepResult:
    """What the checks of one step said. `message`, `expected` and `got` are of the first check that failed."""

    step: LabStep
    passed: bool
    message: str = ""
    expected: str = ""
    got: str = ""
    output: str = ""
    seconds: float = 0.0
    cause: Cause = Cause.NONE


def check_number(checks: str) -> int | None:
    """The step's number in the name of its check file: 3 in `test_03_ttl.py`."""
    found = re.fullmatch(r"test_(\d\d)_[a-z0-9_]+\.py", checks)
    return int(found[1]) if found else None
