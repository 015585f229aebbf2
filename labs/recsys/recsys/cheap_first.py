"""When retrieval's own order will do: the confidence from which the whole model hardly changes the list.

Learnt at training, on the users' histories, and kept with the model: serving has no time to compare, and a threshold
of another model means nothing. Where retrieval and ranker agree too seldom it is infinite, and nothing is routed.
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
    encoded = [encode(retriever.catalogue, query.interactions) for query in queries]
    _, scores = retriever.candidates(encoded, [history.finished for history in encoded], CANDIDATES)
    cheap = recommend(retriever, ranker, queries, sure=-1.0)
    whole = recommend(retriever, ranker, queries)
    shared = [len({*one.items} & {*other.items}) / K for one, other in zip(cheap, whole, strict=True)]
    return calibrate(confidence(scores, K).astype(np.float64), np.array(shared) >= ALIKE, TARGET)
