"""Training: choose the regularisation on the latest fifth of the events, learn the ranker there, then refit on all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recsys.catalogue import HOURS, Catalogue, Floats
from recsys.evaluation import Recommend, evaluate, ndcg, relevant_items, split_by_time
from recsys.events import Events
from recsys.history import Interaction, by_user, encode
from recsys.model import Retriever
from recsys.ranking import Ranker, candidate_features
from recsys.recommend import CANDIDATES, DIVERSITY, Query, recommend

REGULARISATIONS = (50.0, 100.0, 200.0, 400.0)
ENOUGH_EVENTS = 500
"""Below this a ranker learns noise: retrieval's order stays."""
MOMENTS = 4
"""Hours of the day at which each user's next uses are asked for."""

Interactions = Mapping[str, Sequence[Interaction]]


@dataclass(frozen=True)
class Trained:
    """Both stages, what was chosen on the way, and the retriever's quality on the latest fifth of the events."""

    retriever: Retriever
    ranker: Ranker
    regularisation: float
    ranker_trained: bool
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """What one user, at one hour of the day or at any, used next."""

    user: str
    hour: int | None
    used: frozenset[str]


def train(events: Events, *, seed: int = 0) -> Trained:
    """Learn from one tenant's events. Raises ValueError where there are none."""
    if not len(events):
        raise ValueError("no events to train on")
    past, future = split_by_time(events)
    relevant = relevant_items(past, future)
    if len(events) < ENOUGH_EVENTS or len(relevant) < 10:
        return Trained(Retriever.fit(events), Ranker.untrained(), 200.0, ranker_trained=False)
    interactions = by_user(past)
    regularisation, retriever, quality = _choose(past, interactions, relevant)
    ranker = _learn_ranker(retriever, interactions, _cases(future, relevant, seed), seed)
    retriever = Retriever.fit(events, regularisation=regularisation)
    return Trained(retriever, ranker or Ranker.untrained(), regularisation, ranker is not None, {"ndcg_at_10": quality})


def recommender(
    retriever: Retriever, ranker: Ranker, interactions: Interactions, *, k: int = 10, diversity: float = DIVERSITY
) -> Recommend:
    """The two stages as the evaluation sees them: what a user has seen, even viewed, is not recommended."""

    def recommend_to(users: Sequence[str]) -> list[list[str]]:
        seen = {user: frozenset(item for item, _ in interactions[user]) for user in users}
        queries = [Query(interactions[user], k, exclude=seen[user]) for user in users]
        return [answer.items for answer in recommend(retriever, ranker, queries, diversity=diversity)]

    return recommend_to


def _choose(
    past: Events, interactions: Interactions, relevant: Mapping[str, set[str]]
) -> tuple[float, Retriever, float]:
    catalogue, plain = Catalogue.fit(past), Ranker.untrained()
    tried = []
    for regularisation in REGULARISATIONS:
        retriever = Retriever.fit(past, regularisation=regularisation, catalogue=catalogue)
        scores = evaluate(recommender(retriever, plain, interactions, diversity=0.0), relevant, len(catalogue))
        tried.append((scores.ndcg, regularisation, retriever))
    quality, regularisation, retriever = max(tried, key=lambda one: one[0])
    return regularisation, retriever, quality


def _cases(future: Events, relevant: Mapping[str, set[str]], seed: int) -> list[Case]:
    """For each user: everything used next, and what was used next at some hours of the day."""
    random = np.random.default_rng(seed)
    hours: dict[str, dict[int, set[str]]] = {user: {} for user in relevant}
    stamps = (future.timestamp // 3600 % HOURS).astype(int).tolist()
    for user, item, hour in zip(future.user.tolist(), future.item.tolist(), stamps, strict=True):
        if item in relevant.get(user, ()):
            hours[user].setdefault(hour, set()).add(item)
    cases = []
    for user in random.permutation(sorted(relevant)).tolist():
        cases.append(Case(user, None, frozenset(relevant[user])))
        picked = random.permutation(sorted(hours[user]))[:MOMENTS].tolist()
        cases += [Case(user, hour, frozenset(hours[user][hour])) for hour in picked]
    return cases


def _learn_ranker(retriever: Retriever, interactions: Interactions, cases: list[Case], seed: int) -> Ranker | None:
    """A ranker learnt from the first two thirds of the users, if it orders the others' candidates better."""
    features, labels, filled = _examples(retriever, interactions, cases)
    cut = cases[2 * len(cases) // 3].user
    first = np.arange(len(cases)) < [case.user for case in cases].index(cut)
    if not labels[first].any():
        return None
    trial = Ranker.fit(features[first][filled[first]], labels[first][filled[first]], seed=seed)
    sizes = [len(case.used) for case in cases]
    quality = [
        _mean_ndcg(ranker.score(features[~first]), labels[~first], np.array(sizes)[~first])
        for ranker in (trial, Ranker.untrained())
    ]
    return trial if quality[0] > quality[1] else None


def _examples(
    retriever: Retriever, interactions: Interactions, cases: Sequence[Case]
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Features (cases, n, F) of what would have been retrieved, whether each was used next, whether it is no filler."""
    catalogue = retriever.catalogue
    histories = [encode(catalogue, interactions[case.user]) for case in cases]
    known = [[item for item, _ in interactions[case.user] if item in catalogue.position] for case in cases]
    seen = [[catalogue.position[item] for item in items] for items in known]
    positions, scores = retriever.candidates(histories, seen, CANDIDATES)
    features = candidate_features(retriever, histories, [case.hour for case in cases], positions, scores)
    names = np.array(catalogue.items)[positions].tolist()
    labels = np.array([[item in case.used for item in row] for case, row in zip(cases, names, strict=True)])
    return features, labels, np.isfinite(scores)


def _mean_ndcg(scores: Floats, labels: NDArray[np.bool_], sizes: NDArray[np.intp], k: int = 10) -> float:
    hits = np.take_along_axis(labels, np.argsort(-scores, axis=1, kind="stable")[:, :k], axis=1)
    return float(np.mean([ndcg(row, size, k) for row, size in zip(hits.tolist(), sizes.tolist(), strict=True)]))
