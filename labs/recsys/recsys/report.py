"""The evaluation that `python -m recsys evaluate` prints: every tenant, every model, one time-based split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recsys import baselines
from recsys.evaluation import Scores, as_json, evaluate, relevant_items, split_by_time
from recsys.events import Events
from recsys.history import by_user
from recsys.ranking import Ranker
from recsys.training import recommender, train

MODELS = ("two_stage", "retrieval", "ease", "item_knn", "popularity")


def evaluate_events(events: Events, *, k: int = 10, share: float = 0.8, seed: int = 0) -> dict[str, Any]:
    """Scores by tenant and model, and their mean over all judged users. Raises ValueError for too few events."""
    tenants = {tenant: evaluate_tenant(events.of_tenant(tenant), k, share, seed) for tenant in events.tenants()}
    return {"k": k, "split": share, "tenants": tenants, "overall": _overall(tenants)}


def evaluate_tenant(events: Events, k: int, share: float, seed: int) -> dict[str, Any]:
    """Scores by model of one tenant; all of them learn from the same past and are judged on the same users."""
    past, future = split_by_time(events, share)
    relevant = relevant_items(past, future)
    trained, interactions = train(past, seed=seed), by_user(past)
    items = len(trained.retriever.catalogue)
    models = {
        "two_stage": recommender(trained.retriever, trained.ranker, interactions, k=k),
        "retrieval": recommender(trained.retriever, Ranker.untrained(), interactions, k=k, diversity=0.0),
        "ease": baselines.ease(past, k),
        "item_knn": baselines.item_knn(past, k),
        "popularity": baselines.popularity(past, k),
    }
    scores: dict[str, Scores] = {name: evaluate(model, relevant, items, k) for name, model in models.items()}
    return {"users": len(relevant), "items": items, "models": as_json(scores)}


def table(report: Mapping[str, Any]) -> str:
    """The overall scores as text."""
    metrics = ("ndcg", "recall", "map", "coverage")
    lines = [f"{'model':<12}" + "".join(f"{name + '@' + str(report['k']):>13}" for name in metrics)]
    for model, scores in report["overall"].items():
        lines.append(f"{model:<12}" + "".join(f"{scores[name]:>13.4f}" for name in metrics))
    users = sum(tenant["users"] for tenant in report["tenants"].values())
    return "\n".join(
        [*lines, f"{users} users of {len(report['tenants'])} tenants, split at {report['split']:.0%} of the time"]
    )


def _overall(tenants: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Means over users: a tenant counts by how many of its users are judged."""
    users = sum(tenant["users"] for tenant in tenants.values())
    names = ("recall", "ndcg", "map", "coverage")
    return {
        model: {
            name: round(sum(one["users"] * one["models"][model][name] for one in tenants.values()) / users, 5)
            for name in names
        }
        for model in MODELS
    }
