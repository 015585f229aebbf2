"""The service's metrics: the four golden signals, where the time goes, and how the models do.

Every label has a few known values. None is a tenant, a user or an item: a label that callers can grow costs the
monitoring system its memory, and /metrics is read by people who may not see who the customers are.
"""

from __future__ import annotations

from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LATENCY = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
STAGE = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25)
ROUTES = (
    "/v1/recommendations", "/v1/recommendations/batch", "/v1/events", "/v1/jobs",
    "/health/live", "/health/ready", "/health/startup", "/metrics",
)  # fmt: skip
STRATEGIES = ("personal", "popular", "starter")
VARIANTS = ("control", "treatment", "none")
"""Of the experiment that runs; none for who takes no part in it."""


class Metrics:
    """One service's metrics in one registry; several may live in one process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        for name, metric in _metrics(self.registry).items():
            setattr(self, name, metric)
        self.cache_hit, self.cache_miss = self.cache.labels("hit"), self.cache.labels("miss")
        self._answered = {pair: self.answers.labels(*pair) for pair in product(STRATEGIES, VARIANTS)}
        self._requests: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    requests: Counter
    latency: Histogram
    in_flight: Gauge
    limit: Gauge
    shed: Counter
    over_quota: Counter
    stage: Histogram
    cache: Counter
    answers: Counter
    degraded: Counter
    score: Histogram
    events: Counter
    store_up: Gauge
    lag: Gauge
    models: Gauge
    model_failures: Counter
    log_dropped: Gauge
    drift: Gauge
    coverage: Gauge

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count one request; unknown paths and odd statuses share a label."""
        children = self._requests.get((path, status)) or self._children(path, status)
        children[0].inc()
        children[1].observe(seconds)

    def answer(self, strategy: str, variant: str | None, count: int = 1) -> None:
        """Count answers that were given, out of a cache or not; a variant that is not in VARIANTS counts as none."""
        child = self._answered.get((strategy, variant or "none")) or self._answered[strategy, "none"]
        child.inc(count)

    def observe_stage(self, stage: str, seconds: float) -> None:
        """Time of one stage: features, retrieve, rank."""
        self.stage.labels(stage).observe(seconds)

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def _children(self, path: str, status: int) -> tuple[Counter, Histogram]:
        route = path if path in ROUTES else "other"
        children = self.requests.labels(route, str(status)), self.latency.labels(route)
        if route != "other":
            self._requests[path, status] = children
        return children


def _metrics(registry: CollectorRegistry) -> dict[str, Counter | Gauge | Histogram]:
    def counter(name: str, help: str, *labels: str) -> Counter:
        return Counter(f"recsys_{name}", help, labels, registry=registry)

    def gauge(name: str, help: str, *labels: str) -> Gauge:
        return Gauge(f"recsys_{name}", help, labels, registry=registry)

    def histogram(name: str, help: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"recsys_{name}", help, labels, buckets=buckets, registry=registry)

    return {
        "requests": counter("requests", "Requests answered.", "route", "status"),
        "latency": histogram("request_seconds", "Time from the request's head to the answer's.", LATENCY, "route"),
        "in_flight": gauge("requests_in_flight", "Requests being worked on."),
        "limit": gauge("requests_limit", "Requests that may be worked on at once, as the latency allows."),
        "shed": counter("shed", "Requests refused to protect the others.", "reason"),
        "over_quota": counter("over_quota", "Requests refused because their tenant sent too many."),
        "stage": histogram("stage_seconds", "Time of one stage of an answer (a batch counts once).", STAGE, "stage"),
        "cache": counter("cache", "Lookups of predictions.", "result"),
        "answers": counter("answers", "Recommendations by how they were made, for whom.", "strategy", "variant"),
        "degraded": counter("degraded", "Answers given without something that was missing.", "reason"),
        "score": histogram("top_score", "Score of the first item (log odds).", (-6, -5, -4, -3, -2, -1, 0, 1, 2, 4)),
        "events": counter("events", "Events acknowledged.", "kind"),
        "store_up": gauge("store_up", "1 while the store answers."),
        "lag": gauge("ingestion_lag_bytes", "Acknowledged bytes that the store does not have yet."),
        "models": gauge("models", "Models that serve."),
        "model_failures": counter("model_failures", "Models that were refused."),
        "log_dropped": gauge("log_dropped_lines", "Log lines lost, to a full disk for instance."),
        "drift": gauge("drift_score", "Greatest population stability index over tenants.", "feature"),
        "coverage": gauge("catalogue_coverage", "Share of all items recommended lately, the least over tenants."),
    }
