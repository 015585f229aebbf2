"""A seeded event stream of a work-management product, with a known latent structure to judge models by.

Each item belongs to one topic, each user has a taste over topics that moves during the period, popularity is
long-tailed and items appear over time. A user's chance of meeting an item is softmax(popularity + affinity); what comes
of it (done, open, view, dismiss) depends on the affinity alone, so popularity by itself misleads, as it does in real
logs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.events import Events, concatenate

KIND_NAMES = ("board", "automation", "integration", "template")
DEMO_TENANTS = ("acme", "globex", "initech")
START = 1_767_225_600.0
"""2026-01-01 UTC, when every generated stream starts."""
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class World:
    """Size and shape of one tenant's stream; the defaults make a small workspace that trains in a second."""

    users: int = 200
    items: int = 400
    events: int = 14_000
    topics: int = 12
    days: int = 90
    phases: int = 6
    taste: float = 3.2
    popularity: float = 1.4


MOVIELENS_LAYOUT = World(users=943, items=1682, events=100_000, topics=18, days=215)
"""As many users, items and events as MovieLens-100K (Harper and Konstan, 2015)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a model should discover: `topic_of` (items,), `taste` (phases, users, topics), each row summing to 1."""

    items: tuple[str, ...]
    users: tuple[str, ...]
    topic_of: NDArray[np.intp]
    taste: NDArray[np.float64]


def generate(seed: int, tenants: Sequence[str] = DEMO_TENANTS, world: World = World()) -> Events:
    """The events of several tenants, in order of time; each tenant's depend only on the seed and its name."""
    return concatenate([generate_tenant(seed, tenant, world)[0] for tenant in tenants]).sorted()


def generate_tenant(seed: int, tenant: str, world: World = World()) -> tuple[Events, Truth]:
    """One tenant's events, in order of time, and the truth behind them."""
    random = np.random.default_rng([seed, *tenant.encode()])
    truth = _truth(random, world)
    affinity_of = random.normal(0.0, 0.35, (world.users, world.items))
    popularity = world.popularity * -np.log(random.permutation(world.items) + 8.0)
    appears = np.where(random.random(world.items) < 0.85, 0, random.integers(0, world.phases, world.items))
    seen = np.zeros((world.users, world.items), dtype=bool)
    parts = []
    budget = _activity(random, world)
    for phase in range(world.phases):
        affinity = np.log(truth.taste[phase][:, truth.topic_of] + 0.003) + np.log(world.topics) + affinity_of
        appeal = popularity + world.taste / 3.0 * affinity
        appeal[:, appears > phase] = -np.inf
        appeal[seen] = -np.inf
        users, items = _choose(random, appeal, budget[phase])
        seen[users, items] = True
        parts.append(
            (users, items, _outcome(random, affinity[users, items]), _times(random, truth, items, phase, world))
        )
    users, items, kinds, times = (np.concatenate(column) for column in zip(*parts, strict=True))
    names = (np.array(truth.users)[users], np.array(truth.items)[items], kinds)
    return Events(np.full(len(users), tenant), *names, times).sorted(), truth


def _truth(random: np.random.Generator, world: World) -> Truth:
    """Tastes start and end at two sparse mixtures of topics and move from one to the other."""
    topic_of = random.integers(0, world.topics, world.items)
    start, end = random.dirichlet(np.full(world.topics, 0.15), (2, world.users))
    way = np.linspace(0.0, 1.0, world.phases)[:, None, None]
    items = tuple(f"{KIND_NAMES[topic % len(KIND_NAMES)]}:{number}" for number, topic in enumerate(topic_of))
    users = tuple(f"u{number}" for number in range(world.users))
    return Truth(items, users, topic_of, (1 - 0.6 * way) * start + 0.6 * way * end)


def _activity(random: np.random.Generator, world: World) -> NDArray[np.intp]:
    """Events per phase and user, (phases, users): a few users do much, most do little, everybody something."""
    share = random.lognormal(0.0, 0.8, world.users) + 0.25
    mean = world.events / world.phases * share / share.sum()
    return np.minimum(random.poisson(mean, (world.phases, world.users)), world.items // (2 * world.phases))


def _choose(
    random: np.random.Generator, appeal: NDArray[np.float64], count: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """`count[u]` different items for each user by softmax(appeal): the Gumbel top-k trick (Kool et al., 2019)."""
    noisy = appeal + random.gumbel(size=appeal.shape)
    most = int(count.max())
    best = np.argsort(-noisy, axis=1)[:, :most]
    kept = np.arange(most) < count[:, None]
    return np.nonzero(kept)[0], best[kept]


def _outcome(random: np.random.Generator, affinity: NDArray[np.float64]) -> NDArray[np.str_]:
    """What came of each meeting: the better the match, the more often real use."""
    liked = 1.0 / (1.0 + np.exp(-(affinity + 0.3)))
    draw = random.random(len(affinity))
    kinds = np.where(draw < 0.6 * liked, "done", np.where(draw < liked, "open", "view"))
    return np.where((kinds == "view") & (random.random(len(draw)) < 0.15), "dismiss", kinds)


def _times(
    random: np.random.Generator, truth: Truth, items: NDArray[np.intp], phase: int, world: World
) -> NDArray[np.float64]:
    """A moment inside the phase; each kind of item has its own hour of the day."""
    length = world.days / world.phases
    day = np.floor(phase * length + random.random(len(items)) * length)
    hour = 9.0 + 2.5 * (truth.topic_of[items] % len(KIND_NAMES)) + random.normal(0.0, 2.0, len(items))
    return START + DAY * day + np.round(3600.0 * np.clip(hour, 0.0, 23.99))
