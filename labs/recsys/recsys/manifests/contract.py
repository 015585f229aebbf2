"""What the recommender answers, as far as manifests depend on it: its port, its address, its paths."""

from __future__ import annotations

import shlex

from recsys.manifests.workload import Container
from recsys.metrics import ROUTES

IMAGE = "recsys"
PORT = 8080
"""Where the image listens unless its arguments say otherwise (the Dockerfile's CMD)."""
ADDRESS = "0.0.0.0"  # noqa: S104 - inside a pod: the kubelet's probes do not come from loopback
PATHS = frozenset(route for route in ROUTES if not route.startswith("/v1/"))
LIVENESS = "/health/live"
READINESS = "/health/ready"


def is_service(container: Container) -> bool:
    """Whether a container runs the recommender: its image says so, and its arguments ask for nothing else."""
    repository = container.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    words = arguments(container)
    return repository == IMAGE and (not words or "serve" in words)


def arguments(container: Container) -> list[str]:
    """Command and arguments, word by word; a shell's `-c` line is taken apart as well."""
    words = [str(word) for word in [*container.items("command"), *container.items("args")]]
    try:
        return [part for word in words for part in (shlex.split(word) or [word])]
    except ValueError:
        return words


def option(container: Container, name: str, default: str) -> str | None:
    """The value of `--name value` or `--name=value`; `default` without arguments, None where it is not given."""
    words = arguments(container)
    if not words:
        return default
    for position, word in enumerate(words):
        if word.startswith(f"--{name}="):
            return word.partition("=")[2]
        if word == f"--{name}" and position + 1 < len(words):
            return words[position + 1]
    return None


def listens_on(container: Container) -> int | None:
    """The port that the recommender's arguments make it listen on; None where that cannot be known from them."""
    value = option(container, "port", str(PORT))
    return int(value) if value is not None and value.isdigit() else None
