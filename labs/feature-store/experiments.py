"""Predict, then run: what the learner's feature store does to a model that trusts it."""

import time
import uuid
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from recsys import backend
from recsys.features import Event, Feature, FeatureView, OnlineStore, SlidingCounts, point_in_time_join
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client

HOUR, DAY = 3600.0, 86_400.0
CLICKS = FeatureView("user_clicks", "user", (Feature("clicks", "clicks so far"),), ttl=30 * DAY, owner="growth")
USERS, LABELLED_AT = 4000, 20 * DAY
BATCH = 64


def leaky_join(service: Client) -> Outcome:
    """The AUC, in percent, of clicks so far for a label that is a coin toss: joined a day later, and as of it."""
    random = np.random.default_rng(1)
    before, clicked = random.integers(0, 3, USERS), random.random(USERS) < 0.5
    rows = _clicks(before, clicked)
    plainly, honestly = (_auc(_joined(rows, moment), clicked) for moment in (LABELLED_AT + DAY, LABELLED_AT))
    return Outcome(plainly, {"AUC joined with today's features, with those of the moment": [plainly, honestly]}, "%")


def ttl_gap(service: Client) -> Outcome:
    """The share of a day in which the online features are missing, in percent, at a time to live of 24 h; by ttl."""
    missing = [_missing(ttl * HOUR) for ttl in (24, 25, 26, 27)]
    return Outcome(missing[0], {"missing at a ttl of 24, 25, 26, 27 h": missing}, "%")


def lateness(service: Client) -> Outcome:
    """Events refused as late, in percent, at a lateness of an hour; the curve over lateness."""
    refused = [_refused(minutes * 60.0) for minutes in (20, 40, 60, 120)]
    return Outcome(refused[2], {"refused at 20, 40, 60, 120 min": refused}, "%")


def one_fetch(service: Client) -> Outcome:
    """How often the running service fetches features for one batch of 64 users; beside 64 requests of one."""
    run = uuid.uuid4().hex[:8]
    begun = _fetches(service)
    users = [f"{run}-{number}" for number in range(BATCH)]
    service.request(
        "POST", "/v1/recommendations/batch", {"requests": [{"user": user} for user in users]}, _first(service)
    )
    together = _fetches(service) - begun
    for user in users:
        service.recommend(f"{user}-alone")
    alone = _fetches(service) - begun - together
    return Outcome(together, {"fetches of a batch of 64, of 64 requests": [together, alone]}, "fetches")


def _first(service: Client) -> str:
    return next(iter(service.keys))


def _fetches(service: Client) -> float:
    samples = service.metrics().of("stage_seconds_count")
    return sum(count for labels, count in samples if labels.get("stage") == "features")


def _clicks(before: Sequence[int], clicked: Sequence[bool]) -> pa.Table:
    """A row after each day of clicks before the label, and one within the hour after it where the user clicked."""
    rows = [(f"u{user}", 10 * DAY, float(count)) for user, count in enumerate(before)]
    rows += [(f"u{user}", LABELLED_AT + HOUR, before[user] + 1.0) for user in np.flatnonzero(clicked).tolist()]
    users, moments, clicks = zip(*rows, strict=True)
    return _table(users, moments).append_column("clicks", pa.array(clicks, pa.float32()))


def _table(users: Sequence[str], moments: Sequence[float]) -> pa.Table:
    stamps = pa.array([round(moment * 1e6) for moment in moments], pa.int64()).cast(pa.timestamp("us", "UTC"))
    return pa.table({"tenant": ["acme"] * len(users), "user": list(users), "event_time": stamps})


def _joined(rows: pa.Table, moment: float) -> np.ndarray:
    asked = _table([f"u{user}" for user in range(USERS)], [moment] * USERS)
    found = point_in_time_join(asked, [(CLICKS, rows)])["user_clicks__clicks"]
    return np.array([-1.0 if value is None else value for value in found.to_pylist()])


def _auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """The share of pairs of a positive and a negative in which the positive has the higher score, in percent."""
    high, low = scores[positive][:, None], scores[~positive][None, :]
    return 100 * float((high > low).mean() + 0.5 * (high == low).mean())


def _missing(ttl: float) -> float:
    """A loader brings midnight's values at 02:00, every day; the store is asked every quarter of an hour."""
    view = FeatureView("daily", "user", (Feature("opens", "opens of the day before"),), ttl=ttl, owner="growth")
    start, asked = backend.start(), []
    now = midnight = time.time() // DAY * DAY
    store = OnlineStore(start.client(timeout=2.0), f"gap-{ttl:g}:", clock=lambda: now)
    try:
        for quarter in range(8, 96 + 8):  # from 02:00 to 02:00 of the next day
            if quarter == 8:
                now = midnight + 2 * HOUR
                store.write("acme", view, "ann", {"opens": 1.0}, midnight)
            now = midnight + quarter * 900.0 + 1
            asked.append(not store.read("acme", view, ["ann"]).fresh[0])
    finally:
        start.stop()
    return 100 * float(np.mean(asked))


def _refused(allowed: float) -> float:
    """An event each second, whose way takes 20 minutes on average, most much less and a few much more."""
    random, count = np.random.default_rng(5), 40_000
    happened = np.arange(count, dtype=np.float64)
    arrives = np.argsort(happened + random.exponential(1200.0, count))
    counts = SlidingCounts({"hour": HOUR}, lateness=allowed)
    settled = arrives[len(arrives) // 4 :]  # once the first have come
    for number in arrives[: len(arrives) // 4].tolist():
        counts.add(Event(str(number), "acme", "board:1", happened[number]))
    late = [
        counts.add(Event(str(number), "acme", "board:1", happened[number])) == "late" for number in settled.tolist()
    ]
    return 100 * float(np.mean(late))
