"""Are the answers still like those the model was trained for? One window a tenant, compared with the model's profile.

A request costs O(1); the comparison is made when somebody looks, over the last minute or so: a score rises within
seconds of unusual traffic and falls when the last of it has left the window. The profile was taken from the model's
own answers to its training users, so it moves when users, items or the model's behaviour do. Answers out of a cache do
not count: they were counted when they were made, and a few eager users are no drift.
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
"""Answers in the window before a comparison says anything: PSI of fewer is large by chance."""
WINDOW, SLOTS = 60.0, 12
"""Seconds that a comparison looks back, and the parts in which they fall out of it."""
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
    answers: int = 0


class AnswerMonitor:
    """Watches the answers of all tenants, and fills the drift and coverage metrics when asked."""

    def __init__(self, window: float = WINDOW) -> None:
        """Compare the answers of the last `window` seconds. Raises ValueError where it is not positive."""
        if not window > 0:
            raise ValueError(f"a window for drift is a positive number of seconds, not {window}")
        self._length = window
        self._watches: dict[str, _Watch] = {}
        self._lock = threading.Lock()

    def follow(self, model: Model) -> None:
        """Begin anew with a model that has just come into service."""
        with self._lock:
            self._watches.pop(model.tenant, None)
            if model.profile is not None:
                items: deque[str] = deque(maxlen=LATEST_ITEMS)
                size = len(model.retriever.catalogue)
                window = RollingWindow(model.profile, self._length, SLOTS)
                self._watches[model.tenant] = _Watch(model.version, model.profile, window, items, size)

    def observe(self, model: Model, answer: Recommended, known: int) -> None:
        """Count one answer."""
        watch = self._watches.get(model.tenant)
        if watch is not None and watch.version == model.version:
            with self._lock:
                watch.window.update(signals(answer, known))
                watch.items.extend(answer.items)
                watch.answers += 1

    def report(self, metrics: Metrics) -> None:
        """Set the gauges: the worst tenant's, since a label for each would grow without bound."""
        worst, covered = dict.fromkeys(SIGNALS, 0.0), [1.0]
        with self._lock:
            for watch in self._watches.values():
                window = watch.window.window()
                if watch.answers >= ENOUGH:
                    covered.append(len(set(watch.items)) / max(watch.catalogue, 1))
                if window.rows >= ENOUGH:
                    for drift in window.scores(watch.profile):
                        worst[drift.feature] = max(worst[drift.feature], drift.psi)
        metrics.coverage.set(min(covered))
        for name, value in worst.items():
            metrics.drift.labels(name).set(value)
