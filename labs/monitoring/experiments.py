"""Predict, then run: what buckets hide, how soon a page comes and goes, what a scanner costs."""

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from recsys.observe import Series, evaluate
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client
from studyapp.runner.metrics import Snapshot, quantile

DEFAULT = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)  # of prometheus_client
RULES = [Path("deploy/prometheus") / name for name in ("rules.yaml", "alerts-slo.yaml")]
FAST = 'ALERTS{alertname="RecsysErrorBurnFast", alertstate="firing"}'
LONG = "job:recsys_errors:ratio_rate1h > 14.4 * 0.001"
REQUESTS = 400
PATHS = 300


def default_buckets(service: Client) -> Outcome:
    """The median of cached answers, in milliseconds, as default buckets show it; beside it what yours show."""
    user = f"user-{uuid.uuid4().hex[:8]}"
    service.recommend(user)
    before = service.metrics()
    for _ in range(REQUESTS):
        service.recommend(user)
    yours = _grown(before, service.metrics())
    shown = 1000 * (quantile(0.5, _rebinned(yours)) or 0.0)
    own = 1000 * (quantile(0.5, yours) or 0.0)
    return Outcome(shown, {"median of cached answers, ms: default buckets, yours": [shown, own]}, "ms")


def time_to_page(service: Client) -> Outcome:
    """Seconds from the beginning of a total outage, an hour into quiet traffic, until the page fires."""
    series = _outage(quiet=360, bad=60, after=0)
    fires = _first(series, [(FAST, 3600 + second) for second in range(0, 600, 10)], bool, interval="10s")
    condition = _first(series, [(LONG, 3600 + second) for second in range(0, 600, 10)], bool, interval="10s")
    said = {"seconds until the hour's share is above the limit, until it fires": [condition, fires]}
    return Outcome(fires, said, "s")


def time_to_silence(service: Client) -> Outcome:
    """Minutes from the end of an outage of ten until the page is over; and for the hour's window alone."""
    series = _outage(quiet=60, bad=10, after=90)
    over = [_first(series, [(asked, 60 * (70 + m)) for m in range(90)], _empty) / 60 for asked in (FAST, LONG)]
    return Outcome(over[0], {"minutes until it is over: both windows, the hour's alone": over}, "min")


def scanner(service: Client) -> Outcome:
    """Whether the service exposes more series after a scanner was there."""
    service.request("GET", f"/{uuid.uuid4().hex}")
    counts = [len(service.metrics().samples)]
    for number in range(PATHS):
        service.request("GET", f"/{uuid.uuid4().hex}/{number}")
        if number % 100 == 99:
            counts.append(len(service.metrics().samples))
    return Outcome("up" if counts[-1] > counts[0] + 5 else "same", {"series after 0, 100, 200, 300 paths": counts})


def _grown(before: Snapshot, after: Snapshot) -> dict[float, float]:
    """By how much each bucket of single recommendations grew, by upper bound in seconds."""

    def buckets(snapshot: Snapshot) -> dict[float, float]:
        found = snapshot.of("request_seconds_bucket")
        return {float(labels["le"]): n for labels, n in found if labels["route"] == "/v1/recommendations"}

    was = buckets(before)
    return {bound: count - was.get(bound, 0.0) for bound, count in buckets(after).items()}


def _rebinned(counts: dict[float, float]) -> dict[float, float]:
    """The same observations in the default buckets: below each bound what lay below the nearest one not above it."""
    bounds = sorted(counts)

    def below(limit: float) -> float:
        return max((counts[bound] for bound in bounds if bound <= limit), default=0.0)

    return {**{limit: below(limit) for limit in DEFAULT}, float("inf"): counts[bounds[-1]]}


def _outage(quiet: int, bad: int, after: int) -> list[Series]:
    """Requests at a steady rate; for `bad` intervals each of them fails."""
    labels = 'job="recsys", instance="a", route="/v1/recommendations"'
    ok = f"0+1000x{quiet} {1000 * quiet}+0x{bad}" + (f" {1000 * (quiet + 1)}+1000x{after}" if after else "")
    failed = f"0+0x{quiet} 1000+1000x{bad - 1}" + (f" {1000 * bad}+0x{after}" if after else "")
    return [
        Series(f'recsys_requests_total{{{labels}, status="200"}}', ok),
        Series(f'recsys_requests_total{{{labels}, status="503"}}', failed),
    ]


def _empty(found: Sequence[object]) -> bool:
    return not found


def _first(
    series: list[Series], asked: list[tuple[str, int]], holds: Callable[[Sequence[object]], bool], interval: str = "1m"
) -> float:
    """Seconds from the first question to the first whose answer holds. Raises ValueError where none does."""
    answers = evaluate(RULES, series, [(expression, f"{second}s") for expression, second in asked], interval=interval)
    for (_, second), found in zip(asked, answers, strict=True):
        if holds(found):
            return float(second - asked[0][1])
    raise ValueError(f"{asked[0][0]}: never in {asked[-1][1] - asked[0][1]} s; do the checks of burn-rate pass?")
