"""Labs as the commands and the screens use them: found, started, checked, helped with; every step of it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studyapp.domain.events import EventKind
from studyapp.domain.grading import Confidence
from studyapp.domain.labs import Cause, Experiment, Lab, LabStep, StepResult
from studyapp.domain.predictions import score
from studyapp.library.decode import suggestion
from studyapp.runner.checks import stream_checks
from studyapp.runner.processes import Supervisor
from studyapp.runner.seed import Say
from studyapp.runner.solution import Solution, solution
from studyapp.runner.workspace import Upgrade, Workspace
from studyapp.study.lab_progress import progress, subject
from studyapp.study.study import Study

NO_HINT = (Cause.NONE, Cause.SYNTAX, Cause.IMPORT, Cause.SKIPPED, Cause.STOPPED)


class LabError(Exception):
    """What was asked of a lab is not possible; the message says why and what is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a step, and the hint that fits: the deepest one asked for so far, or else the first."""

    result: StepResult
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint and its level: 1 a nudge, 2 how to go about it, 3 nearly the code."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a person says that an experiment will come to, and how sure they are; said before anything runs."""

    value: float | str
    confidence: Confidence = Confidence.MEDIUM


def find(study: Study, slug: str) -> Lab:
    """The lab with a slug. Raises LabError that names a near one."""
    if slug in study.labs:
        return study.labs[slug]
    for problem in study.lab_problems:
        if f"/{slug}/" in f"/{problem.origin.file}":
            raise LabError(f"the lab {slug} cannot be used: {problem}")
    known = ", ".join(study.labs) or "none"
    raise LabError(f"there is no lab `{slug}`.{suggestion(slug, list(study.labs))} Labs: {known}.")


def find_step(lab: Lab, name: str) -> LabStep:
    """The step with an id or a number. Raises LabError that names a near one."""
    if step := lab.find(name):
        return step
    ids = [step.id for step in lab.steps]
    known = ", ".join(f"{number} {id_}" for number, id_ in enumerate(ids, 1))
    raise LabError(f"{lab.slug} has no step `{name}`.{suggestion(name, ids)} Steps: {known}.")


def workspace(study: Study, lab: Lab) -> Workspace:
    """Where a lab's workspace is, or would be."""
    return Workspace(lab, study.places.labs, study.places.data)


def brief(study: Study, lab: Lab) -> str:
    """Why the lab matters, what to build, what to watch, in Markdown; empty where nothing can be read."""
    try:
        return (study.places.labs / lab.slug / "brief.md").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def start(study: Study, lab: Lab) -> tuple[Workspace, Upgrade]:
    """Lay the workspace out, or bring the one that is there up to date. Raises WorkspaceError."""
    upgraded = upgrade(study, lab)
    place = Workspace.create(lab, study.places.labs, study.places.data)
    if not progress(study)[lab.slug].started:
        study.progress.record(EventKind.LAB_STARTED, lab.slug, study.clock.now())
    return place, upgraded


def upgrade(study: Study, lab: Lab) -> Upgrade:
    """Bring the workspace to this version of the app, if there is one; what changed is for the learner to be told."""
    place = workspace(study, lab)
    return place.upgrade() if place.exists else Upgrade()


def check(
    study: Study,
    lab: Lab,
    step: LabStep | None = None,
    *,
    supervisor: Supervisor | None = None,
    say: Say = lambda line: None,
) -> Iterator[Checked]:
    """Check one step or all, each as it comes; what passes for the first time is kept.

    Whoever stops the supervisor ends the checks; what takes long before the first of them is said. Raises
    WorkspaceError or ProcessError when nothing could be run.
    """
    before = progress(study)[lab.slug]
    for result in stream_checks(lab, workspace(study, lab), step, supervisor=supervisor, say=say):
        if result.passed and result.step.id not in before.passed:
            at = study.clock.now()
            study.progress.record(EventKind.STEP_PASSED, subject(lab, result.step), at, round(result.seconds, 3))
        fitting = result.step.hints[max(1, before.hints[result.step.id]) - 1]
        yield Checked(result, "" if result.cause in NO_HINT else fitting)


def hint(study: Study, lab: Lab, step: LabStep) -> Hint:
    """The next hint of a step, one level deeper each time; the last one stays."""
    shown = progress(study)[lab.slug].hints[step.id]
    level = min(shown + 1, len(step.hints))
    if level > shown:
        study.progress.record(EventKind.HINT_SHOWN, subject(lab, step), study.clock.now(), level)
    return Hint(level, step.hints[level - 1])


def show_solution(study: Study, lab: Lab, step: LabStep, asked: bool = False) -> list[Solution]:
    """The reference of a step that has passed, or that was asked for all the same; which of both is kept.

    Raises LabError when the step has not passed and nobody insisted.
    """
    passed = step.id in progress(study)[lab.slug].passed
    if not passed and not asked:
        raise LabError(f"{step.id} has not passed yet, and a solution read too early teaches little.")
    found = solution(workspace(study, lab), step)
    study.progress.record(EventKind.SOLUTION_SHOWN, subject(lab, step), study.clock.now(), float(passed))
    return found


def reset(study: Study, lab: Lab) -> Path:
    """Lay the workspace out anew; where what was there is kept. Raises WorkspaceError."""
    place = workspace(study, lab)
    if not place.exists:
        place.check()
    return place.reset()


def keep_prediction(study: Study, lab: Lab, experiment: Experiment, prediction: Prediction, came: float | str) -> float:
    """Keep what was predicted of an experiment and what came; the score, from 0 to 1."""
    worth = round(score(experiment, prediction.value, came), 4)
    study.progress.record(
        EventKind.PREDICTION,
        f"{lab.slug}/{experiment.id}",
        study.clock.now(),
        worth,
        predicted=prediction.value,
        came=came,
        confidence=int(prediction.confidence),
    )
    return worth
