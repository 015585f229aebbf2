"""What one user did, newest first: all that a recommendation knows about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys.catalogue import Catalogue, Floats, Indices
from recsys.events import VIEW_STRENGTH, Events

LENGTH = 128
"""Items that count; older ones weigh little and cost as much."""
HALF_LIFE = 40.0
"""An item weighs half as much as one met this many items later."""

Interaction = tuple[str, str]
"""An item and a kind of event; an item may occur once for each kind."""


class Interactions(list[Interaction]):
    """What one user did, newest first, shared by all who read it: not to be changed.

    It keeps what `encode` made of it, which costs more than all that follows and is the same until the user does
    something.
    """

    __slots__ = ("encoded",)
    encoded: tuple[Catalogue, History]


_DECAY = (0.5 ** (np.arange(LENGTH) / HALF_LIFE)).astype(np.float32)
"""By rank, not by clock: a clock that jumps changes nothing, and a holiday does not erase a taste."""


@dataclass(frozen=True, slots=True)
class History:
    """Known items as positions (n,) and weights (n,), newest first; `finished` are those not to be shown again."""

    positions: Indices
    weights: Floats
    finished: tuple[int, ...]


def encode(catalogue: Catalogue, interactions: Sequence[Interaction]) -> History:
    """The history that models read: unknown and dismissed items left out, recent ones weighing more."""
    if not isinstance(interactions, Interactions):
        return _encode(catalogue, interactions)
    made_for, history = getattr(interactions, "encoded", (None, None))
    if history is None or made_for is not catalogue:
        history = _encode(catalogue, interactions)
        interactions.encoded = catalogue, history
    return history


def _encode(catalogue: Catalogue, interactions: Sequence[Interaction]) -> History:
    position = catalogue.position.get
    strengths: dict[int, float] = {}
    done: dict[int, None] = {}
    for item, event in interactions:
        row = position(item)
        if row is None:
            continue
        if event == "view":
            strengths.setdefault(row, VIEW_STRENGTH)
            continue
        done[row] = None
        if event != "dismiss":
            strengths[row] = 1.0
    rows = np.array(list(strengths)[:LENGTH], dtype=np.intp)
    weights = np.array(list(strengths.values())[:LENGTH], dtype=np.float32)
    return History(rows, weights * _DECAY[: len(rows)], tuple(done))


def finished(interactions: Sequence[Interaction]) -> set[str]:
    """Items that must not be recommended again: used or dismissed at any time, not merely viewed."""
    return {item for item, event in interactions if event != "view"}


def by_user(events: Events) -> dict[str, list[Interaction]]:
    """Each user's interactions, newest first, without repetition."""
    newest = events.select(np.argsort(-events.timestamp, kind="stable"))
    users: dict[str, dict[Interaction, None]] = {}
    for user, *interaction in zip(newest.user.tolist(), newest.item.tolist(), newest.event.tolist(), strict=True):
        users.setdefault(user, {}).setdefault((interaction[0], interaction[1]))
    return {user: list(interactions) for user, interactions in users.items()}
