"""What can be set from outside, with its unit and its default; nothing else in the service reads the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path

Precision = Literal["fp32", "fp16", "int8"]
Route = Literal["whole", "cheap-first"]
Policy = Literal["round-robin", "least", "two-choices", "hash"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths, limits and times of one service process; times in seconds, sizes in bytes."""

    state: Path = field(default_factory=lambda: user_cache_path("recsys"))
    host: str = "127.0.0.1"
    port: int = 0
    redis_url: str | None = None
    redis_password_file: Path | None = None
    own_store: bool = False  # whether `redis_url` was started for us: then generated data may be put into it again
    replica: str = "0"
    alias: str = "champion"
    log_file: Path | None = None
    precision: Precision = "fp32"
    route: Route = "whole"
    seed: int = 7
    # Limits: what a caller may ask for, and how much of it at once.
    max_body: int = 256 * 1024
    max_in_flight: int = 256
    tenant_rate: float = 0.0  # requests a second of one tenant, two seconds' worth at once; 0: as many as it likes
    # Time-outs, from the inside out: each is shorter than the one around it.
    redis_timeout: float = 0.1
    answer_timeout: float = 0.3
    request_timeout: float = 5.0
    header_timeout: float = 5.0
    keep_alive: int = 5
    shutdown_timeout: int = 10
    # Caches.
    l1_entries: int = 50_000
    l1_ttl: float = 30.0
    l2_ttl: float = 120.0
    reload_every: float = 1.0
    # How far back drift scores look: short, so that they rise and fall while somebody watches; an alert has its own
    # patience.
    drift_window: float = 60.0

    @property
    def models(self) -> Path:
        """One model registry a tenant."""
        return self.state / "models"

    @property
    def events(self) -> Path:
        """The events that models are trained from."""
        return self.state / "events.parquet"

    @property
    def generated(self) -> Path:
        """The fingerprint of events that were generated and not recorded; absent where all are real."""
        return self.state / "generated"

    @property
    def journals(self) -> Path:
        """Acknowledged events, one directory a replica."""
        return self.state / "journal"

    @property
    def keys(self) -> Path:
        """API keys, hashed."""
        return self.state / "keys.json"


def redis_url(environment: Mapping[str, str]) -> str | None:
    """REDIS_URL, where it is set and not empty."""
    return environment.get("REDIS_URL") or None


def redis_password_file(environment: Mapping[str, str]) -> Path | None:
    """REDIS_PASSWORD_FILE, where it is set and not empty."""
    return Path(name) if (name := environment.get("REDIS_PASSWORD_FILE")) else None
