"""Fitting the memory model to one person, adopted only where it foretells their later reviews better.

Parameters are fitted to the earlier reviews and judged on the later ones, which they never saw. Optimizer: fsrs-rs,
github.com/open-spaced-repetition/fsrs-rs.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise

from studyapp import extras
from studyapp.domain.events import Event, EventKind
from studyapp.domain.review import DEFAULT_RETENTION
from studyapp.domain.schedule import DAY_MS, Grade, Memory, MemoryModel, checked_parameters
from studyapp.study.study import Study

SUBJECT = "memory"
LEAST_REVIEWS = 1000  # fits to fewer made average learners worse
HELD_OUT = 0.2
CERTAIN = 1e-4  # no forecast is punished as if it had been surer than this

History = list[tuple[int, Grade]]


class FittingError(Exception):
    """No parameters can be fitted; the message says why."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What a fit came to. Log losses are means over the held-out reviews, in nats: `before` by the parameters in force.

    `reviews` counts those made a day or more after the one before: what recall is measured by, and fitted to.
    """

    reviews: int
    held_out: int
    before: float
    after: float
    parameters: tuple[float, ...]

    @property
    def better(self) -> bool:
        """Whether the fitted parameters foretold the held-out reviews better."""
        return self.after < self.before


def fit(study: Study) -> Fit:
    """Fit parameters to the earlier reviews and judge them on the later ones; nothing is adopted.

    Raises FittingError when there are too few reviews, MissingExtra without the extra `fit`.
    """
    histories = _histories(study.progress.reviews())
    moments = sorted(at for history in histories.values() for at in _measured(history))
    if len(moments) < LEAST_REVIEWS:
        raise FittingError(
            f"There are {len(moments)} reviews a day or more after the one before; a fit needs {LEAST_REVIEWS:,}."
            " With fewer it would rather make the intervals worse."
        )
    split = moments[math.ceil(len(moments) * (1 - HELD_OUT))]
    parameters = _optimised(histories.values(), split)
    before, after = log_loss(histories, study.model, split), log_loss(histories, MemoryModel(parameters), split)
    return Fit(len(moments), sum(at >= split for at in moments), before, after, parameters)


def adopt(study: Study, one: Fit) -> None:
    """Schedule by these parameters from now on. Raises FittingError when they foretold no better."""
    if not one.better:
        raise FittingError("Parameters that foretell no better are not adopted.")
    figures = asdict(one)
    parameters = figures.pop("parameters")
    at = study.clock.now()
    study.progress.record(EventKind.PARAMETERS, SUBJECT, at, 1.0, parameters=list(parameters), figures=figures)


def undo(study: Study) -> bool:
    """Go back to the parameters before the last ones adopted; False when none are."""
    if not _adopted(study.progress.events(EventKind.PARAMETERS)):
        return False
    study.progress.record(EventKind.PARAMETERS, SUBJECT, study.clock.now(), 0.0)
    return True


def log_loss(histories: dict[str, History], model: MemoryModel, since: int) -> float:
    """Mean log loss, in nats, of the model's forecasts of the measured reviews from a moment on."""
    losses = [loss for id_, history in histories.items() for loss in _losses(id_, history, model, since)]
    return math.fsum(losses) / len(losses)


def _losses(id_: str, history: History, model: MemoryModel, since: int) -> Iterator[float]:
    memory = Memory()
    for at, grade in history:
        if at >= since and memory.reps and at - memory.last_review >= DAY_MS:
            recall = min(1 - CERTAIN, max(CERTAIN, model.retrievability(memory, at)))
            yield -math.log(1 - recall if grade is Grade.AGAIN else recall)
        memory = model.review(id_, memory, grade, at, DEFAULT_RETENTION)


def _optimised(histories: Iterable[History], until: int) -> tuple[float, ...]:
    """Parameters fitted to the reviews before a moment: all of a prompt's reviews up to one make one observation."""
    fsrs = extras.load("fsrs_rs_python", "fit", "Fitting")
    observations = []
    for history in histories:
        earlier = [(at, grade) for at, grade in history if at < until]
        days = [0, *((later - at) // DAY_MS for (at, _), (later, _) in pairwise(earlier))][: len(earlier)]
        seen = [fsrs.FSRSReview(int(grade), gap) for (_, grade), gap in zip(earlier, days, strict=True)]
        observations += [fsrs.FSRSItem(seen[: place + 1]) for place, gap in enumerate(days) if gap > 0]
    try:
        # the optimizer counts in single precision: its 0.8 is a little more than the 0.8 that is allowed
        return checked_parameters([round(one, 6) for one in fsrs.FSRS([]).compute_parameters(observations)])
    except ValueError as error:
        raise FittingError(f"The reviews give no usable parameters: {error}") from None


def _histories(reviews: Iterable[tuple[str, int, int, int]]) -> dict[str, History]:
    histories: dict[str, History] = {}
    for id_, at, grade, _ in reviews:
        histories.setdefault(id_, []).append((at, Grade(grade)))
    return histories


def _measured(history: History) -> Iterator[int]:
    """The moments of the reviews made a day or more after the one before."""
    return (later for (at, _), (later, _) in pairwise(history) if later - at >= DAY_MS)


def _adopted(said: Iterable[Event]) -> int:
    """How many adopted sets are still in force, one upon the other."""
    depth = 0
    for event in said:
        depth = depth + 1 if event.value else max(0, depth - 1)
    return depth
