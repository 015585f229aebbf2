"""What happens in a lab in words, the same in the app and on the command line."""

from studyapp.domain.grading import Confidence
from studyapp.domain.labs import Experiment
from studyapp.domain.predictions import Outcome
from studyapp.study.chart import AXIS, WIDTH, charts
from studyapp.study.labs import Checked, Prediction

SURE = {Confidence.LOW: "a guess", Confidence.MEDIUM: "likely", Confidence.HIGH: "certain"}


def failure(checked: Checked) -> list[tuple[str, str]]:
    """(label, text) of all that is known of a step that did not pass; the first label is empty."""
    result = checked.result
    found = (
        ("", result.message),
        ("expected", result.expected),
        ("got", result.got),
        ("printed", result.output.strip()),
        ("hint", checked.hint.strip()),
    )
    return [(label, text) for label, text in found if text]


def predicted(experiment: Experiment, prediction: Prediction) -> str:
    """What the person committed to."""
    return f"you say {shown(prediction.value, experiment.unit)}, {SURE[prediction.confidence]}"


def came(
    experiment: Experiment, prediction: Prediction, outcome: Outcome, worth: float, width: int = WIDTH + AXIS
) -> list[str]:
    """The plot of an experiment in `width` cells, what was said, what came, and what the prediction was worth."""
    said, value = (shown(each, experiment.unit) for each in (prediction.value, outcome.value))
    return [
        *charts(outcome.series, max(8, min(WIDTH, width - AXIS))),
        "",
        f"you said {said}, it came to {value}: {worth:.0%} of the marks",
    ]


def shown(value: float | str, unit: str = "") -> str:
    """A direction, or a number with its unit."""
    return value if isinstance(value, str) else f"{value:.4g}{f' {unit}' if unit else ''}"
