"""When retrieval's own order will do: the confidence from which the whole model hardly changes the list.

Yours to write. As it stands nothing is ever sure enough. Learnt at training, on the users' histories, and kept with the
model: serving has no time to compare, and a threshold of another model means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from recsys.history import Interaction, encode
from recsys.model import Retriever
from recsys.ranking import Ranker
from recsys.recommend import CANDIDATES, Query, confidence, recommend
from recsys.routing import calibrate

K = 10
ALIKE = 0.8
"""The share of a list that must be the same for two lists to agree."""
TARGET = 0.9
"""How often lists that are answered cheaply must agree with the whole model's."""


def calibrated(
    retriever: Retriever, ranker: Ranker, histories: Mapping[str, Sequence[Interaction]], limit: int = 500
) -> float:
    """The lowest confidence from which cheap lists agree often enough; infinity where there is none."""
    queries = [Query(histories[user], K) for user in sorted(histories)[:limit]]
    if not queries or len(retriever.catalogue) <= K:
        return float("inf")
    # step 7: cheap lists and the whole model's for the same queries, what they share, the confidence of each; `calibrate`
    return float("inf")
