"""What a service's `/metrics` says, as the figures of a time between two looks at it."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

PREFIX = "recsys_"
SERVED = "/v1/"  # routes that count as traffic: probes and scrapes do not
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every sample at one moment; `at` in seconds of a monotonic clock."""

    at: float
    samples: Mapping[tuple[str, tuple[tuple[str, str], ...]], float] = field(repr=False)

    def of(self, name: str) -> Iterator[tuple[Labels, float]]:
        """The samples of one metric, with their labels."""
        for (each, labels), value in self.samples.items():
            if each == PREFIX + name:
                yield dict(labels), value


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened between two snapshots; latencies in seconds, None where nothing happened that could tell."""

    requests_per_second: float
    p50: float | None
    p95: float | None
    p99: float | None
    error_rate: float | None  # share of 5xx
    hit_rate: float | None  # of the prediction cache
    strategies: Mapping[str, float]  # share of the computed answers by how they were made
    variants: Mapping[str, float]  # share of the answers by variant, where the service tells variants apart
    drift: Mapping[str, float]  # population stability index by feature, now; the worst of the replicas
    replicas: Mapping[str, int] = field(default_factory=dict)  # by state, where there is a front before several


def parse(text: str, at: float) -> Snapshot:
    """A snapshot from Prometheus' text format. Raises ValueError for text that is none."""
    from prometheus_client.parser import text_string_to_metric_families

    return Snapshot(
        at,
        {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        },
    )


def figures(before: Snapshot, after: Snapshot) -> Figures:
    """The figures of the time between two snapshots of one service; one that restarted counts from zero."""
    requests = [(labels, n) for labels, n in _grown(before, after, "requests_total") if _served(labels)]
    total = sum(n for _, n in requests)
    failed = sum(n for labels, n in requests if labels["status"].startswith("5"))
    looked = _by(_grown(before, after, "cache_total"), "result")
    answers = list(_grown(before, after, "answers_total"))
    seconds = after.at - before.at
    buckets = _by(_of_route(_grown(before, after, "request_seconds_bucket")), "le")
    p50, p95, p99 = (quantile(q, {float(bound): count for bound, count in buckets.items()}) for q in (0.5, 0.95, 0.99))
    return Figures(
        requests_per_second=total / seconds if seconds > 0 else 0.0,
        p50=p50,
        p95=p95,
        p99=p99,
        error_rate=failed / total if total else None,
        hit_rate=_shares(looked).get("hit", 0.0) if any(looked.values()) else None,
        strategies=_shares(_by(answers, "strategy")),
        variants=_shares(_by(answers, "variant")),
        drift=worst(after.of("drift_score"), "feature"),
        replicas={labels["state"]: round(value) for labels, value in after.of("front_replicas") if "state" in labels},
    )


def quantile(q: float, buckets: Mapping[float, float]) -> float | None:
    """A quantile of cumulative counts by upper bound, interpolated within its bucket as Prometheus does.

    The last finite bound where it lies above all of them; None for no observations.
    """
    bounds = sorted(buckets)
    if not bounds or not buckets[bounds[-1]]:
        return None
    rank, low, below = q * buckets[bounds[-1]], 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank:
            if math.isinf(bound):
                return low
            inside = buckets[bound] - below
            return low + (bound - low) * ((rank - below) / inside if inside else 0.0)
        low, below = bound, buckets[bound]
    return low


def _grown(before: Snapshot, after: Snapshot, name: str) -> Iterator[tuple[Labels, float]]:
    """By how much each counter of a name grew."""
    for (each, labels), value in after.samples.items():
        if each == PREFIX + name:
            was = before.samples.get((each, labels), 0.0)
            yield dict(labels), value - was if value >= was else value


def _served(labels: Labels) -> bool:
    return labels.get("route", "").startswith(SERVED)


def _of_route(samples: Iterator[tuple[Labels, float]]) -> Iterator[tuple[Labels, float]]:
    return ((labels, value) for labels, value in samples if _served(labels))


def _by(samples: Iterator[tuple[Labels, float]] | list[tuple[Labels, float]], label: str) -> dict[str, float]:
    """Sums by the value of one label, of the samples that have it."""
    sums: defaultdict[str, float] = defaultdict(float)
    for labels, value in samples:
        if label in labels:
            sums[labels[label]] += value
    return dict(sums)


def worst(samples: Iterator[tuple[Labels, float]], label: str) -> dict[str, float]:
    """The greatest value by the value of one label."""
    found: dict[str, float] = {}
    for labels, value in samples:
        found[labels[label]] = max(value, found.get(labels[label], value))
    return found


def _shares(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()} if total else {}
