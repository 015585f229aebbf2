"""Predict, then run: what eight bits, batches, sleep and spot bring, and what an answer of the service costs."""

import asyncio
import random
import time
import uuid
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np

from recsys.batching import MicroBatcher
from recsys.cost import cost_per_thousand
from recsys.quantise import Embeddings, quantise, recall
from recsys.scale_to_zero import IdlePolicy, simulate
from recsys.spot import Fleet
from recsys.spot import simulate as simulate_spot
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client

DAY = 86_400.0


def one_scale(service: Client) -> Outcome:
    """Where recall goes when all rows share one scale, for items whose vectors have very different lengths."""
    rng = np.random.default_rng(1)
    items = rng.normal(size=(3000, 32)) * np.exp(1.5 * rng.normal(size=(3000, 1)))
    vectors, queries = items.astype(np.float32), rng.normal(size=(200, 32)).astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1)
    by_row = 100 * recall(queries @ unit.T, quantise(vectors, "int8").scores(queries) / lengths, 10)
    by_all = 100 * recall(queries @ unit.T, _with_one_scale(vectors).scores(queries) / lengths, 10)
    direction = "down" if by_all < by_row - 1 else "up" if by_all > by_row + 1 else "same"
    return Outcome(direction, {"recall@10 in %, a scale for each row, one scale": [by_row, by_all]})


def lone_request(service: Client) -> Outcome:
    """Milliseconds until a lone caller has an answer of 8.25 ms, where the batcher waits up to 20 ms for others."""
    waits = [0.0, 0.005, 0.010, 0.020]
    taken = [asyncio.run(_alone(wait)) for wait in waits]
    return Outcome(taken[-1], {"ms, with max_wait of 0, 5, 10, 20 ms": taken}, "ms")


def asleep(service: Client) -> Outcome:
    """The share of a day's cost that is saved by sleeping, in percent, where 200 requests come in office hours."""
    rng = random.Random(1)
    arrivals = sorted(rng.uniform(8 * 3600, 18 * 3600) for _ in range(200))
    reports = [simulate(arrivals, IdlePolicy(idle, 30), DAY) for idle in (60, 300, 600, 1800)]
    series = {
        "% saved, idle after 1, 5, 10, 30 min": [100 * report.saving for report in reports],
        "requests that wait for a start": [float((report.waits > 0).sum()) for report in reports],
    }
    return Outcome(100 * reports[2].saving, series, "%")


def pool_lost(service: Client) -> Outcome:
    """The fewest replicas at any moment of 30 days, where seven of ten are on spot in one pool."""
    fleet = Fleet(on_demand=3, spot=7, boot=600)
    lowest = [
        float(simulate_spot(fleet, needed=8, seconds=30 * DAY, mean_life=DAY / 4, pools=pools, seed=1).lowest)
        for pools in (1, 2, 4, 7)
    ]
    return Outcome(lowest[0], {"fewest replicas with 1, 2, 4, 7 pools": lowest}, "replicas")


def idle_replica(service: Client) -> Outcome:
    """How many times as much an answer costs at 20 % utilisation as at 70, from what this service does here."""
    rate = 1 / _milliseconds(service, _single) * 1000
    costs = [cost_per_thousand(0.10, rate, share / 100) for share in (20, 40, 70, 90)]
    series = {"answers a second of one caller": [rate], "$ a million at 20, 40, 70, 90 %": [1000 * c for c in costs]}
    return Outcome(costs[0] / costs[2], series, "times")


def first_of_the_batch(service: Client) -> Outcome:
    """Where the wait of one user goes, who is answered with 63 others in one call instead of alone."""
    alone, batch = _milliseconds(service, _single), _milliseconds(service, _batch_of_64)
    direction = "up" if batch > 1.1 * alone else "down" if batch < 0.9 * alone else "same"
    series = {"ms until the answer, alone, with 63 others": [alone, batch], "ms for each list": [alone, batch / 64]}
    return Outcome(direction, series)


def _with_one_scale(vectors: np.ndarray) -> Embeddings:
    scale = float(np.abs(vectors).max()) / 127
    codes = np.clip(np.rint(vectors / scale), -127, 127).astype(np.int8)
    return Embeddings(codes, np.full(len(vectors), scale, dtype=np.float32))


async def _alone(max_wait: float) -> float:
    async def model(items: Sequence[int]) -> list[int | Exception]:
        await asyncio.sleep(0.008 + 0.00025 * len(items))
        return list(items)

    taken = []
    async with MicroBatcher(model, max_batch=32, max_wait=max_wait) as batcher:
        for number in range(15):
            begun = time.perf_counter()
            await batcher.submit(number)
            taken.append(1000 * (time.perf_counter() - begun))
    return min(taken)  # what else the machine does only adds to it


def _single(run: str, number: int) -> tuple[str, object]:
    return "/v1/recommendations", {"user": f"u{number}", "exclude": [run]}


def _batch_of_64(run: str, number: int) -> tuple[str, object]:
    asked = [{"user": f"u{user}", "exclude": [f"{run}-{number}"]} for user in range(64)]
    return "/v1/recommendations/batch", {"requests": asked}


def _milliseconds(service: Client, asked: Callable[[str, int], tuple[str, object]]) -> float:
    """Median until an answer that is in no cache: what is left out names the run, so that the key is new."""
    run, taken = uuid.uuid4().hex[:8], []
    for number in range(60):
        path, body = asked(run, number)
        begun = time.perf_counter()
        service.request("POST", path, body, next(iter(service.keys)))
        taken.append(1000 * (time.perf_counter() - begun))
    return median(taken)
