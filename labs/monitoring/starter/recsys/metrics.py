"""The service's metrics: the four golden signals, where the time goes, and how the models do. Partly yours to write.

Names, labels and the methods' signatures are what the service relies on. As it stands requests are counted under whatever
path the caller sent, nobody knows how long they took, and the histograms have the bounds that somebody found.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LATENCY = (0.005, 0.01, 0.025, 0.05, 0.075, 0.25, 0.5, 0.75, 1.0)  # step 3: a hit, a timeout, and 100 ms exactly
STAGE = (0.005, 0.01, 0.025, 0.05, 0.075, 0.25, 0.5, 0.75, 1.0)  # step 3: stages take from 0.05 ms on
ROUTES = (
    "/v1/recommendations", "/v1/recommendations/batch", "/v1/events",
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

    requests: Counter
    latency: Histogram
    in_flight: Gauge
    limit: Gauge
    shed: Counter
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
        """Count one request; unknown paths share a label."""
        # step 1: one more of this route and status, and the time that it took, whatever came of it
        # step 2: a path that is none of ROUTES is the route `other`
        if status < 400:
            self.requests.labels(path, str(status)).inc()

    def answer(self, strategy: str, variant: str | None, count: int = 1) -> None:
        """Count answers that were given, out of a cache or not; a variant that is not in VARIANTS counts as none."""
        # step 2: variants come from an experiment's definition, which somebody will change
        self.answers.labels(strategy, variant or "none").inc(count)

    def observe_stage(self, stage: str, seconds: float) -> None:
        """Time of one stage: features, retrieve, rank."""
        self.stage.labels(stage).observe(seconds)

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)


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
