"""The verdict: one decision, one sentence that says it, and the reasons in words that need no statistics.

Why words: the decision is made by somebody who ships a product. "p = 0.03" invites "so it works"; a sentence
with the size, the range and the condition that would change the decision does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from recsys.experiment.srm import SampleRatio

Decision = Literal["ship", "do not ship", "no clear difference", "keep running", "do not trust"]

HEADLINES: Mapping[Decision, str] = {
    "ship": "Ship it: the treatment is better and nothing that must not suffer does.",
    "do not ship": "Do not ship: the treatment does harm.",
    "no clear difference": "No clear difference: decide by cost and simplicity, or test a bolder change.",
    "keep running": "Keep running: it is too early to decide.",
    "do not trust": "Do not use these numbers: the groups are not comparable.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision with its reasons, and adjusted p-values by metric for those who ask."""

    decision: Decision
    reasons: tuple[str, ...]
    sample_ratio: SampleRatio
    adjusted: Mapping[str, float]

    @property
    def headline(self) -> str:
        """The decision in one sentence."""
        return HEADLINES[self.decision]

    def text(self) -> str:
        """Headline and reasons, one a line."""
        return "\n".join([self.headline, *(f"- {reason}" for reason in self.reasons)])
