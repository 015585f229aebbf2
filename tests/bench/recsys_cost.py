"""What each way to spend less brings and what it costs, before and after, in one run.

Ratios above 1 mean faster than before; a ratio below 1 is said as well: quantised scores on NumPy are slower.
"""

import asyncio
import functools
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[2] / "labs" / "recsys"))

from recsys import scale_to_zero, spot
from recsys.batching import MicroBatcher
from recsys.cheap_first import calibrated
from recsys.cost import Prices, bill, cost_per_thousand
from recsys.distil import distil, parameters, prune_units, prune_weights
from recsys.evaluation import ndcg, relevant_items, split_by_time
from recsys.generator import World, generate_tenant
from recsys.history import by_user
from recsys.quantise import Embeddings, Precision, quantise, recall
from recsys.ranking import Ranker
from recsys.recommend import Query, recommend
from recsys.routing import Cascade, calibrate
from recsys.scale_to_zero import IdlePolicy
from recsys.spot import Fleet
from recsys.training import train

ROUNDS = 9
DAY = 86_400.0


def seconds(work: Callable[[], object]) -> float:
    """Median time of one call."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def vectors(rng: np.random.Generator, n: int) -> np.ndarray:
    """Unit vectors around a hundred centres, as item embeddings are, (n, 64)."""
    points = np.random.default_rng(0).normal(size=(100, 64))[rng.integers(0, 100, n)] + 0.7 * rng.normal(size=(n, 64))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def precisions(rng: np.random.Generator) -> None:
    """Bytes, recall and time of 32, 16 and 8 bits over 50,000 items; the three take turns."""
    items, queries = vectors(rng, 50_000), vectors(rng, 64)
    exact = queries @ items.T
    stored: dict[Precision, Embeddings] = {"fp32": quantise(items, "fp32")}
    stored |= {"fp16": quantise(items, "fp16"), "int8": quantise(items, "int8")}
    times: dict[tuple[Precision, int], list[float]] = {(name, batch): [] for name in stored for batch in (1, 64)}
    for _ in range(ROUNDS):
        for (name, batch), samples in times.items():
            start = time.perf_counter()
            stored[name].scores(queries[:batch])
            samples.append(time.perf_counter() - start)
    for name, embeddings in stored.items():
        found = recall(exact, embeddings.scores(queries), 10)
        line = f"{name}  {embeddings.nbytes / 1e6:5.1f} MB  recall@10 {found:.4f}"
        for batch in (1, 64):
            took, before = (statistics.median(times[which, batch]) for which in (name, "fp32"))
            line += f"  batch {batch}: {1e3 * took / batch:6.3f} ms a query ({before / took:.2f}x)"
        print(line)


def candidates(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 8) and clicks that depend on them in a way no linear model can learn."""
    features = rng.normal(size=(n, 8)).astype(np.float32)
    odds = features[:, 0] + np.abs(features[:, 1]) + 0.8 * features[:, 2] * features[:, 3]
    return features, rng.random(n) < 1 / (1 + np.exp(-odds))


def rankers(rng: np.random.Generator) -> None:
    """A large ranker pruned and distilled: weights, time for 100 candidates of 64 users, order kept on unseen rows."""
    train, seen = candidates(rng, 20_000)
    teacher = Ranker.fit(train, seen, units=256)
    held_out = candidates(rng, 6_400)[0]
    variants = {
        "teacher, 256 units": teacher,
        "90 % of weights to zero": prune_weights(teacher, 0.9),
        "75 % of units removed": prune_units(teacher, 0.75, train),
        "student, 8 units": distil(teacher.score, train, units=8),
    }
    before = seconds(lambda: teacher.score(held_out))
    for name, ranker in variants.items():
        took = seconds(lambda ranker=ranker: ranker.score(held_out))  # type: ignore[misc]
        kept = stats.spearmanr(teacher.score(held_out), ranker.score(held_out)).statistic
        print(f"{name:24s} {parameters(ranker):6d} weights  {before / took:5.1f}x  rank correlation {kept:.3f}")


async def answer(queries: np.ndarray, items: np.ndarray, batch: int) -> tuple[float, float]:
    """Requests a second and median latency in ms, with 64 callers that ask again as soon as they are answered."""

    async def run(rows: Sequence[np.ndarray]) -> list[int | Exception]:
        return (np.stack(rows) @ items.T).argmax(axis=1).tolist()

    waits: list[float] = []

    async def caller(batcher: MicroBatcher[np.ndarray, int], mine: np.ndarray) -> None:
        for row in mine:
            start = time.perf_counter()
            await batcher.submit(row)
            waits.append(time.perf_counter() - start)

    start = time.perf_counter()
    async with MicroBatcher(run, max_batch=batch) as batcher:
        await asyncio.gather(*(caller(batcher, part) for part in np.array_split(queries, 64)))
    return len(queries) / (time.perf_counter() - start), 1e3 * statistics.median(waits)


def batches(rng: np.random.Generator) -> None:
    """The same requests one by one and in micro-batches, 20,000 items."""
    items, queries = vectors(rng, 20_000), vectors(rng, 1024)
    before = 0.0
    for batch in (1, 8, 64):
        rate, wait = asyncio.run(answer(queries, items, batch))
        before = before or rate
        print(f"micro-batches of up to {batch:2d}   {rate:7.0f} a second ({rate / before:4.1f}x), median {wait:.1f} ms")


def cascade(rng: np.random.Generator) -> None:
    """A cheap model that knows when it is sure in front of one at ten times its cost."""
    confidence = rng.random(20_000)
    agrees = rng.random(20_000) < 0.7 + 0.3 * np.sqrt(confidence)
    threshold = calibrate(confidence[:10_000], agrees[:10_000], 0.95)
    right = np.ones(10_000, dtype=bool)
    rows = np.arange(10_000, 20_000)
    models = Cascade(lambda i: (agrees[i], confidence[i]), lambda i: (right[: len(i)], right[: len(i)]), threshold)
    answers = models.answer(rows)
    print(
        f"cheap first: {answers.passed_on.mean():.0%} passed on, {answers.cost(0.1, 1.0):.2f} of the large model's cost"
        f", the same answer in {answers.answers.mean():.1%}"
    )


def served(_: np.random.Generator) -> None:
    """What `serve --precision` and `serve --route cheap-first` bring, judged on the last fifth of a generated world."""
    events, _ = generate_tenant(1, "acme", World())
    past, future = split_by_time(events)
    relevant, histories = relevant_items(past, future), by_user(past)
    trained = train(past)
    ranker = trained.ranker
    users = sorted(relevant)
    sure = calibrated(trained.retriever, ranker, histories)
    whole: list[list[str]] = []
    for name, precision, threshold in (
        ("fp32", "fp32", math.inf), ("fp16", "fp16", math.inf), ("int8", "int8", math.inf),
        ("cheap first", "fp32", sure),
    ):  # fmt: skip
        retriever = trained.retriever.quantised(precision)  # type: ignore[arg-type]
        queries = [Query(histories[user], exclude=frozenset(item for item, _ in histories[user])) for user in users]
        answer = functools.partial(recommend, retriever, ranker, sure=threshold)
        lists = [one.items for one in answer(queries)]
        whole = whole or lists
        alike = np.mean([len({*one} & {*two}) / 10 for one, two in zip(lists, whole, strict=True)])
        quality = np.mean(
            [ndcg([i in relevant[user] for i in row], len(relevant[user]), 10)
             for user, row in zip(users, lists, strict=True)]
        )  # fmt: skip
        took = seconds(lambda answer=answer, few=queries[:100]: [answer([one]) for one in few]) / 100  # type: ignore[misc]
        print(
            f"served {name:12s} {retriever.nbytes / 1e6:5.1f} MB  NDCG@10 {quality:.4f}  same items {alike:.1%}"
            f"  {1e3 * took:.3f} ms a list"
        )


def capacity(rng: np.random.Generator) -> None:
    """A night's sleep, spot replicas, and the bill of a day with a peak of twice the mean."""
    times = np.sort(rng.uniform(8 * 3600, 18 * 3600, 200)).tolist()
    asleep = scale_to_zero.simulate(times, IdlePolicy(idle_after=600, cold_start=30), DAY)
    wait = asleep.waits.max()
    print(f"scale to zero: {asleep.saving:.0%} saved, {asleep.cold_starts} cold starts, longest wait {wait:.0f} s")
    for boot in (90, 600):
        report = spot.simulate(Fleet(3, 7, boot=boot), needed=8, seconds=30 * DAY, mean_life=DAY / 4, pools=3, seed=1)
        print(
            f"spot, boot {boot:3d} s: {report.interruptions} replicas lost in 30 days,"
            f" {report.seconds_short / 3600:.1f} h short of 8 replicas, never below {report.lowest}"
        )
    needed = np.round(10 + 10 * np.sin(np.linspace(0, 2 * np.pi, 24, endpoint=False))).clip(2)
    print(f"a plan for the floor     saves {bill(needed, Prices(1.0), committed=2).saving:.0%}")
    print(f"that and 70 % on spot    saves {bill(needed, Prices(1.0), committed=0.6, spot_share=0.7).saving:.0%}")
    ratio = cost_per_thousand(1, 100, 0.2) / cost_per_thousand(1, 100, 0.7)
    print(f"utilisation 20 % -> 70 % makes an answer {ratio:.1f}x cheaper")


def main() -> None:
    """Print everything."""
    rng = np.random.default_rng(1)
    for part in (precisions, rankers, served, batches, cascade, capacity):
        part(rng)


if __name__ == "__main__":
    main()
