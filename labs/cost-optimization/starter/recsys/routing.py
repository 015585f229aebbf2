"""Cheap first: a small model answers what it is sure of, and passes on the rest. Yours to write.

As it stands everything is passed on, and both models are paid. The threshold is calibrated, not guessed: on held-out
requests, the lowest confidence above which the small model agrees with the large one often enough, by the lower end of
Wilson's interval, so that ten lucky requests prove nothing. Source: Viola, Jones, CVPR 2001; Chen, Zaharia, Zou,
"FrugalGPT", 2023.
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
        # step 7
        return cheap + costly


@dataclass(frozen=True, slots=True)
class Cascade:
    """Two models and the confidence from which the cheap one's answer stands."""

    cheap: Model
    costly: Model
    threshold: float

    def answer(self, inputs: NDArray[np.generic]) -> Routed:
        """Answer a batch; a confidence that is not a number counts as none."""
        # step 7: the costly model sees the unsure ones alone
        return Routed(self.costly(inputs)[0], np.ones(len(inputs), dtype=np.bool_))


def calibrate(confidence: Floats, agrees: NDArray[np.bool_], target: float, *, certainty: float = 0.95) -> float:
    """Lowest threshold from which the models agree in at least `target` of held-out cases; infinity without one."""
    # step 10: what the service trusts its cheap lists by
    # step 7: of CANDIDATES quantiles of the confidence, the lowest from which `wilson(...)[0]` reaches the target
    return float("inf")
