"""Are the answers still like those the model was trained for? One window a tenant, compared with the model's profile.

Partly yours to write. As it stands answers are not looked at, and the gauges say that all is well.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recsys.bundle import Model
from recsys.catalogue import kind
from recsys.drift import ReferenceProfile, RollingWindow
from recsys.history import Interaction
from recsys.metrics import Metrics
from recsys.model import Retriever
from recsys.ranking import Ranker
from recsys.recommend import Query, Recommended, recommend

SIGNALS = ("top_score", "spread", "known_items", "first_kind")
ENOUGH_USERS = 50
ENOUGH = 200
"""Answers before a comparison says anything: PSI of fewer is large by chance."""
LATEST_ITEMS = 5000


def signals(answer: Recommended, known: int) -> dict[str, float | str]:
    """What is watched of one answer: the prediction's level and spread, how much was known, what came first."""
    scores = answer.scores or [math.nan]
    first = kind(answer.items[0]) if answer.items else "none"
    return {"top_score": scores[0], "spread": scores[0] - scores[-1], "known_items": float(known), "first_kind": first}


def reference(
    retriever: Retriever, ranker: Ranker, interactions: Mapping[str, Sequence[Interaction]], limit: int = 500
) -> ReferenceProfile | None:
    """The profile of a model's answers to the users that it was trained on; None where they are too few to compare."""
    histories = [interactions[user] for user in sorted(interactions)[:limit]]
    if len(histories) < ENOUGH_USERS:
        return None
    answers = recommend(retriever, ranker, [Query(history) for history in histories])
    rows = [signals(answer, len(history)) for answer, history in zip(answers, histories, strict=True)]
    return ReferenceProfile.fit({name: [row[name] for row in rows] for name in SIGNALS})


@dataclass
class _Watch:
    """One tenant's model under observation."""

    version: str
    profile: ReferenceProfile
    window: RollingWindow
    items: deque[str]
    catalogue: int


class AnswerMonitor:
    """Watches the answers of all tenants, and fills the drift and coverage metrics when asked."""

    def __init__(self) -> None:
        self._watches: dict[str, _Watch] = {}
        self._lock = threading.Lock()

    def follow(self, model: Model) -> None:
        """Begin anew with a model that has just come into service."""
        with self._lock:
            self._watches.pop(model.tenant, None)
            if model.profile is not None:
                items: deque[str] = deque(maxlen=LATEST_ITEMS)
                size = len(model.retriever.catalogue)
                self._watches[model.tenant] = _Watch(
                    model.version, model.profile, RollingWindow(model.profile), items, size
                )

    def observe(self, model: Model, answer: Recommended, known: int) -> None:
        """Count one answer."""
        # step 4: into the window of this model's tenant, unless another version is watched by now; O(1) a request
        pass

    def report(self, metrics: Metrics) -> None:
        """Set the gauges: the worst tenant's, since a label for each would grow without bound."""
        # step 4: by feature the greatest PSI of any tenant, and the least coverage, of those with ENOUGH answers
        metrics.coverage.set(1.0)
        for name in SIGNALS:
            metrics.drift.labels(name).set(0.0)
