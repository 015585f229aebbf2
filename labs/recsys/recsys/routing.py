"""Cheap first: a small model answers what it is sure of, and passes on the rest.

Why: most requests are easy. If a model at a tenth of the cost settles 80 % of them, the average costs 0.1 + 0.2
= 0.3 of the large one. The hard ones cost both models and wait for both: the *tail* gets slower, so put the
threshold where the latency budget allows it too.

The threshold is calibrated, not guessed: on held-out requests, the lowest confidence above which the small
model agrees with the large one often enough, by the lower end of Wilson's interval, so that ten lucky requests
prove nothing. Confidence drifts with the data: measure the agreement on a sample of live traffic as well.
Source: Viola, Jones, CVPR 2001; Chen, Zaharia, Zou, "FrugalGPT", 2023.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.experiment.proportions import wilson

Floats = NDArray[np.float64]
Model = Callable[[NDArray[np.generic]], tuple[NDArray[np.generic], Floats]]
"""Inputs (n, ...) to answers (n, ...) and confidences (n,)."""

CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Routed:
    """Answers in the order of the inputs, and which of them the costly model gave."""

    answers: NDArray[np.generic]
    passed_on: NDArray[np.bool_]

    def cost(self, cheap: float, costly: float) -> float:
        """Average cost a request: everybody pays for the cheap model, those passed on for both."""
        return cheap + costly * float(self.passed_on.mean())


@dataclass(frozen=True, slots=True)
class Cascade:
    """Two models and the confidence from which the cheap one's answer stands."""

    cheap: Model
    costly: Model
    threshold: float

    def answer(self, inputs: NDArray[np.generic]) -> Routed:
        """Answer a batch; a confidence that is not a number counts as none."""
        answers, confidence = self.cheap(inputs)
        passed_on = ~(confidence >= self.threshold)
        if passed_on.any():
            answers = answers.copy()
            answers[passed_on] = self.costly(inputs[passed_on])[0]
        return Routed(answers, passed_on)


def calibrate(confidence: Floats, agrees: NDArray[np.bool_], target: float, *, certainty: float = 0.95) -> float:
    """Lowest threshold from which the models agree in at least `target` of held-out cases; infinity without one."""
    for threshold in np.unique(np.quantile(confidence, np.linspace(0, 1, CANDIDATES))):
        kept = agrees[confidence >= threshold]
        if wilson(int(kept.sum()), kept.size, certainty)[0] >= target:
            return float(threshold)
    return float("inf")
