"""Predict, then run: what an experiment came to, and what a prediction of it is worth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from studyapp.domain.labs import Experiment, PredictionKind

DIRECTIONS = ("up", "down", "same")
NOTHING_BEYOND = 3  # tolerances


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an experiment came to: a number in `unit`, or a direction; `series` are lines to plot, by name."""

    value: float | str
    series: Mapping[str, Sequence[float]] = field(default_factory=dict)
    unit: str = ""


def read_value(experiment: Experiment, value: object) -> float | str:
    """A prediction or an outcome as the experiment's kind has it. Raises ValueError that says what is wanted."""
    if experiment.kind is PredictionKind.DIRECTION:
        if value in DIRECTIONS:
            return str(value)
        raise ValueError(f"{experiment.id} asks for a direction: {', '.join(DIRECTIONS)}; not `{value}`")
    try:
        number = float(str(value).strip().removesuffix(experiment.unit))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{experiment.id} asks for a number{f' in {experiment.unit}' * bool(experiment.unit)}")
    return number


def score(experiment: Experiment, predicted: float | str, came: float | str) -> float:
    """From 0 to 1: 1 within the tolerance, falling to 0 at three times it; a direction is right or wrong."""
    if isinstance(predicted, str) or isinstance(came, str):
        return float(predicted == came)
    off = abs(predicted - came) / experiment.tolerance
    return min(1.0, max(0.0, (NOTHING_BEYOND - off) / (NOTHING_BEYOND - 1)))
