"""Predict, then run: what the learner's recommender does on a generated workspace, whose users' tastes drift."""

import statistics
import uuid
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from recsys.catalogue import Catalogue, Floats, Indices
from recsys.diversity import diversify
from recsys.evaluation import evaluate, relevant_items, split_by_time
from recsys.events import Events
from recsys.generator import generate_tenant
from recsys.history import Interaction, by_user, encode
from recsys.model import DIMENSIONS, Retriever, ease_weights, interaction_matrix
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client

REGULARISATION = 100.0
K, STRANGERS, DONE = 10, 50, 5
Histories = Mapping[str, Sequence[Interaction]]
Relevant = Mapping[str, set[str]]


def random_split(service: Client) -> Outcome:
    """Where NDCG@10 of the same model goes when the split is at random and not by time."""
    by_time, random = _ndcg(split_by_time), _ndcg(_split_at_random)
    direction = "same" if abs(random - by_time) < 0.05 * by_time else "up" if random > by_time else "down"
    return Outcome(direction, {"NDCG@10 split by time, at random": [by_time, random]})


def recall_ceiling(service: Client) -> Outcome:
    """The share of what users went on to use that is among 100 candidates, in percent; the curve over candidates."""
    past, future = split_by_time(_events())
    retriever, relevant, histories = _fitted(past), relevant_items(past, future), by_user(past)
    found = [100 * _recall(retriever, relevant, histories, count) for count in (10, 25, 50, 100, 200)]
    return Outcome(found[3], {"recall at 10, 25, 50, 100, 200 candidates": found}, "%")


def catalogue_doubles(service: Client) -> Outcome:
    """How many times the memory EASE's weights take for a catalogue of twice the items; megabytes by items."""
    random, sizes = np.random.default_rng(0), (250, 500, 1000)
    taken = [ease_weights((random.random((50, size)) < 0.05).astype(np.float32), 10.0).nbytes for size in sizes]
    return Outcome(taken[2] / taken[1], {"MB at 250, 500, 1000 items": [each / 1e6 for each in taken]}, "times")


def price_of_diversity(service: Client) -> Outcome:
    """How NDCG@10 changes with a weight of 1, in percent; likeness within a list and NDCG by weight."""
    past, future = split_by_time(_events())
    retriever, relevant, histories = _fitted(past), relevant_items(past, future), by_user(past)
    measured = [_diversified(retriever, relevant, histories, weight) for weight in (0.0, 0.3, 1.0, 3.0)]
    ndcg, alike = zip(*measured, strict=True)
    series = {"likeness at weight 0, 0.3, 1, 3": alike, "NDCG@10 at weight 0, 0.3, 1, 3": ndcg}
    return Outcome(100 * (ndcg[2] / ndcg[0] - 1), series, "%")


def strangers(service: Client) -> Outcome:
    """How many different items fifty strangers are shown in all by the running service; beside fifty known users."""
    run = uuid.uuid4().hex[:8]
    unknown = _shown(service, [f"{run}-{number}" for number in range(STRANGERS)])
    known = _shown(service, [f"u{number}" for number in range(STRANGERS)])
    return Outcome(len(unknown), {"different items: strangers, known users": [len(unknown), len(known)]}, "items")


def five_things(service: Client) -> Outcome:
    """How many of a stranger's ten items are new after five things done, on the running service; by things done."""
    user, changed = f"new-{uuid.uuid4().hex[:8]}", []
    first = _items(service, user)
    wanted = sorted(item for item in _shown(service, ["u0"], k=50) if item not in first)[:DONE]
    for item in wanted:
        sent = {"events": [{"user": user, "item": item, "event": "done"}]}
        service.request("POST", "/v1/events", sent, next(iter(service.keys)))
        changed.append(len(set(_items(service, user)) - set(first)))
    return Outcome(changed[-1], {"items that changed after 1, 2, 3, 4, 5 things done": changed}, "items")


def _items(service: Client, user: str, k: int = K) -> list[str]:
    return [each["item"] for each in service.recommend(user, k=k).json["items"]]


def _shown(service: Client, users: Sequence[str], k: int = K) -> set[str]:
    return {item for user in users for item in _items(service, user, k)}


def _events() -> Events:
    return generate_tenant(7, "acme")[0]


def _split_at_random(events: Events) -> tuple[Events, Events]:
    chosen = np.random.default_rng(0).random(len(events)) < 0.8
    return events.select(chosen), events.select(~chosen)


def _fitted(past: Events) -> Retriever:
    """Retrieval alone, with embeddings as the service has them: the first directions of the matrix of uses."""
    catalogue = Catalogue.fit(past)
    uses = interaction_matrix(past, catalogue)
    vectors = np.linalg.svd(uses, full_matrices=False)[2][:DIMENSIONS].T
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return Retriever(catalogue, ease_weights(uses, REGULARISATION), np.ascontiguousarray(vectors))


def _candidates(retriever: Retriever, histories: Histories, users: Sequence[str], count: int) -> tuple[Indices, Floats]:
    """The best for each user, without what they met before."""
    position = retriever.catalogue.position
    seen = [[position[item] for item, _ in histories[user] if item in position] for user in users]
    return retriever.candidates([encode(retriever.catalogue, histories[user]) for user in users], seen, count)


def _named(retriever: Retriever, positions: Indices) -> list[list[str]]:
    return [[retriever.catalogue.items[position] for position in row] for row in positions.tolist()]


def _ndcg(split: Callable[[Events], tuple[Events, Events]]) -> float:
    past, future = split(_events())
    retriever, relevant, histories = _fitted(past), relevant_items(past, future), by_user(past)

    def recommend(users: Sequence[str]) -> list[list[str]]:
        return _named(retriever, _candidates(retriever, histories, users, K)[0])

    return evaluate(recommend, relevant, len(retriever.catalogue)).ndcg


def _recall(retriever: Retriever, relevant: Relevant, histories: Histories, count: int) -> float:
    users = sorted(relevant)
    found = _named(retriever, _candidates(retriever, histories, users, count)[0])
    return statistics.mean(
        len(relevant[user] & set(items)) / len(relevant[user]) for user, items in zip(users, found, strict=True)
    )


def _diversified(retriever: Retriever, relevant: Relevant, histories: Histories, weight: float) -> tuple[float, float]:
    """NDCG@10, and the mean cosine of two items of a list."""
    alike: list[float] = []

    def recommend(users: Sequence[str]) -> list[list[str]]:
        positions, scores = _candidates(retriever, histories, users, 100)
        columns = diversify(scores, positions, retriever.embeddings, K, weight)
        shown = np.take_along_axis(positions, columns, axis=1)
        for row in shown:
            vectors = retriever.embeddings[row]
            alike.append(float((vectors @ vectors.T).sum() - K) / (K * (K - 1)))
        return _named(retriever, shown)

    return evaluate(recommend, relevant, len(retriever.catalogue)).ndcg, statistics.mean(alike)
