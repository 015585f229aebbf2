"""What the checks share: a small workspace of two tastes, histories, and a ranker that wants one thing."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

DAY = 86_400.0
TASTES = ("board", "automation")
GROUP, ITEMS = 8, 12


def group_events() -> list[tuple[str, str, str, str, float]]:
    """Two groups of eight users: one uses boards, one automations; `board:0` is what everybody uses most."""
    random = np.random.default_rng(11)
    rows = []
    for user in range(2 * GROUP):
        kind = TASTES[user // GROUP]
        for turn, number in enumerate(random.permutation(ITEMS)[:8].tolist()):
            rows.append(("acme", f"u{user}", f"{kind}:{number}", "done", turn * DAY + user * 60.0))
        rows.append(("acme", f"u{user}", "board:0", "open", 9 * DAY + user * 60.0))
    return rows


@pytest.fixture
def events() -> Any:
    from recsys.events import Events

    return Events.from_rows(group_events())


@pytest.fixture
def past() -> dict[str, list[tuple[str, str]]]:
    """What each user did, newest first."""
    users: dict[str, list[tuple[str, str]]] = {}
    for _, user, item, event, _ in sorted(group_events(), key=lambda row: -row[4]):
        users.setdefault(user, []).append((item, event))
    return users


@pytest.fixture
def make_retriever() -> Callable[..., Any]:
    """A retriever whose weights are given and not learnt: what stands where can then be said beforehand."""
    return retriever_of


def retriever_of(weights: Any, embeddings: Any = None, popularity: Sequence[float] | None = None) -> Any:
    from recsys.catalogue import Catalogue
    from recsys.model import Retriever

    weights = np.asarray(weights, dtype=np.float32)
    size = len(weights)
    kinds = np.arange(size) % len(TASTES)
    catalogue = Catalogue(
        items=tuple(f"{TASTES[kind]}:{row}" for row, kind in enumerate(kinds)),
        kinds=TASTES,
        kind_of=kinds.astype(np.intp),
        popularity=np.asarray(popularity if popularity is not None else np.ones(size) / size, dtype=np.float32),
        trend=np.linspace(-1, 1, size, dtype=np.float32),
        hour_lift=np.stack([np.linspace(-1, 1, 24), np.linspace(2, 0, 24)]).astype(np.float32),
    )
    vectors = np.eye(size) if embeddings is None else embeddings
    return Retriever(catalogue, weights, np.asarray(vectors, dtype=np.float32))


@pytest.fixture
def wants() -> Callable[..., Any]:
    """A ranker that orders by one feature alone, in either direction."""
    return ranker_that_wants


def ranker_that_wants(feature: str, sign: float = 1.0) -> Any:
    from recsys.ranking import FEATURES, Ranker

    hidden = np.zeros((len(FEATURES) + 1, 2), dtype=np.float32)
    hidden[FEATURES.index(feature)] = sign, -sign
    ones = np.ones(len(FEATURES), dtype=np.float32)
    return Ranker(0 * ones, ones, hidden, np.array([1.0, -1.0, 0.0], dtype=np.float32))
