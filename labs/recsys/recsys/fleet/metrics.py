"""The front's own metrics, and those of all replicas in one text.

They have names of their own (`recsys_front_...`): a request is counted by the front and by the replica that answers it,
and whoever sums over `recsys_requests_total` must not count it twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from recsys.metrics import LATENCY, ROUTES

_SAMPLE = re.compile(r"(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{)?")


class FrontMetrics:
    """What the front does, in one registry; labels have a few known values: replicas are named by small numbers."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "recsys_front_requests", "Requests sent to replicas, hedges and retries included.",
            ("replica", "outcome"), registry=registry,
        )  # fmt: skip
        self.retries = Counter("recsys_front_retries", "Requests sent to another replica.", registry=registry)
        self.hedges = Counter("recsys_front_hedges", "Requests sent to a second replica meanwhile.", registry=registry)
        self.ejections = Counter("recsys_front_ejections", "Replicas ejected.", ("replica",), registry=registry)
        self.restarts = Counter("recsys_front_restarts", "Replicas started again.", ("replica",), registry=registry)
        self.replicas = Gauge(
            "recsys_front_replicas", "Replicas by what they are doing.", ("state",), registry=registry
        )
        self.answers = Counter("recsys_front_answers", "Answers to clients.", ("route", "status"), registry=registry)
        self.latency = Histogram(
            "recsys_front_answer_seconds", "Time until a client has its answer.", ("route",),
            buckets=LATENCY, registry=registry,
        )  # fmt: skip
        self.over_quota = Counter("recsys_front_over_quota", "Requests beyond a tenant's quota.", registry=registry)
        self.shed = Counter("recsys_front_shed", "Requests refused by the front.", ("reason",), registry=registry)

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count one answer to a client; unknown paths share a label."""
        route = path if path in ROUTES else "other"
        self.answers.labels(route, str(status)).inc()
        self.latency.labels(route).observe(seconds)

    def render(self, states: Mapping[str, int], replicas: Mapping[str, str]) -> bytes:
        """All metrics: the front's, then those of each replica's text, by its name."""
        for state, count in states.items():
            self.replicas.labels(state).set(count)
        return generate_latest(self.registry) + merge(replicas).encode()


def merge(texts: Mapping[str, str]) -> str:
    """Several expositions as one, each sample with a label `replica`; a family stands together, as the format wants."""
    families: dict[str, tuple[list[str], list[str]]] = {}
    for name, text in texts.items():
        for family, described, samples in _families(text):
            _, all_samples = families.setdefault(family, (described, []))
            all_samples += [_labelled(sample, name) for sample in samples]
    return "".join(f"{line}\n" for about, samples in families.values() for line in (*about, *samples))


def _families(text: str) -> Iterable[tuple[str, list[str], list[str]]]:
    """Name, HELP and TYPE lines, and samples of each family."""
    family, about, samples = "", list[str](), list[str]()
    for line in text.splitlines():
        if line.startswith("# HELP "):
            if family:
                yield family, about, samples
            family, about, samples = line.split(" ", 3)[2], [line], []
        elif line.startswith("#"):
            about.append(line)
        elif line:
            samples.append(line)
    if family:
        yield family, about, samples


def _labelled(sample: str, replica: str) -> str:
    return _SAMPLE.sub(lambda found: f'{found[1]}{{replica="{replica}"{"," if found[2] else "}"}', sample, count=1)
