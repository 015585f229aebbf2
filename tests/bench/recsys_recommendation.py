"""Quality and speed of recommendations against EASE, item-kNN, truncated SVD and popularity on a MovieLens-like layout.

943 users, 1,682 items, 100,000 generated events; the first 80 % of each user's events train, the rest judges. EASE
and the SVD get the best of several settings as seen on the *test* part, an advantage that the service's model does
not have: it chooses on the training part alone.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the service does

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "labs" / "recsys"))

from recsys import baselines
from recsys.catalogue import Catalogue
from recsys.evaluation import Recommend, Scores, evaluate, relevant_items, split_each_user
from recsys.events import Events
from recsys.generator import MOVIELENS_LAYOUT, generate_tenant
from recsys.history import by_user, encode
from recsys.model import interaction_matrix
from recsys.ranking import Ranker
from recsys.recommend import Query, recommend
from recsys.training import Trained, recommender, train

SEEDS = (1, 2)


def truncated_svd(past: Events, k: int = 10, dimensions: int = 32) -> Recommend:
    """Scores of the reconstructed matrix of uses, by scikit-learn."""
    from sklearn.decomposition import TruncatedSVD

    matrix = (interaction_matrix(past, Catalogue.fit(past)) == 1.0).astype(np.float32)
    svd = TruncatedSVD(dimensions, random_state=0)
    return baselines.recommender(past, svd.inverse_transform(svd.fit_transform(matrix)).astype(np.float32), k)


def quality(seed: int) -> dict[str, Scores]:
    """Scores by model on one generated data set."""
    past, future = split_each_user(generate_tenant(seed, "movielens", MOVIELENS_LAYOUT)[0])
    relevant, interactions = relevant_items(past, future), by_user(past)
    trained = train(past)
    items = len(trained.retriever.catalogue)

    def best(make: Callable[[float], Recommend], settings: Sequence[float]) -> Scores:
        return max((evaluate(make(one), relevant, items) for one in settings), key=lambda scores: scores.ndcg)

    return {
        "popularity": evaluate(baselines.popularity(past), relevant, items),
        "item-kNN": evaluate(baselines.item_knn(past), relevant, items),
        "truncated SVD": best(lambda one: truncated_svd(past, dimensions=int(one)), (16, 32, 64)),
        "EASE": best(lambda one: baselines.ease(past, regularisation=one), (100, 200, 400, 800)),
        "ours, retrieval": evaluate(
            recommender(trained.retriever, Ranker.untrained(), interactions, diversity=0.0), relevant, items
        ),
        "ours, both stages": evaluate(recommender(trained.retriever, trained.ranker, interactions), relevant, items),
    }


def microseconds(call: Callable[[], object], users: int) -> float:
    """Median time a user of seven runs."""
    times = []
    for _ in range(7):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return 1e6 * statistics.median(times) / users


def speed(trained: Trained, histories: list[list[tuple[str, str]]]) -> None:
    """Print the time a user of retrieval and of both stages, alone and in batches."""
    retriever = trained.retriever
    encoded = [encode(retriever.catalogue, history) for history in histories]
    for size in (1, 64):
        parts = [range(start, start + size) for start in range(0, len(histories) - size + 1, size)]
        retrieval = microseconds(
            lambda parts=parts: [
                retriever.candidates([encoded[row] for row in part], [[]] * len(part), 100) for part in parts
            ],
            len(histories),
        )
        both = microseconds(
            lambda parts=parts: [
                recommend(retriever, trained.ranker, [Query(histories[row]) for row in part]) for part in parts
            ],
            len(histories),
        )
        print(f"{size:>2} at a time: retrieval {retrieval:.0f} us a user (goal 200), both stages {both:.0f} us")


def main() -> None:
    """Print NDCG@10 as ratios to EASE, then times."""
    runs = [quality(seed) for seed in SEEDS]
    for name in runs[0]:
        ratio = statistics.mean(run[name].ndcg / run["EASE"].ndcg for run in runs)
        ndcg, recall = (statistics.mean(getattr(run[name], metric) for run in runs) for metric in ("ndcg", "recall"))
        print(f"{name:<18} NDCG@10 {ndcg:.4f}, recall@10 {recall:.4f}: {ratio:.2f} of EASE (goal 1.00 for ours)")
    events, _ = generate_tenant(SEEDS[0], "movielens", MOVIELENS_LAYOUT)
    histories = list(by_user(events).values())[:512]
    speed(train(events), histories)


if __name__ == "__main__":
    main()
