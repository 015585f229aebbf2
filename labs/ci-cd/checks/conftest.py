"""What the checks share: an audit trail, small models to register, what a version showed."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def audit(tmp_path: Path):
    """An audit trail of its own; imported when it is asked for, so that a broken file is one step's trouble."""
    from recsys.rollout.audit import AuditTrail

    return AuditTrail(tmp_path / "audit.jsonl", clock=lambda: 1000.0)


@pytest.fixture
def model(tmp_path: Path) -> Callable[[float], Path]:
    """Makes the folder of a small model; equal weights are equal content."""

    def make(weight: float = 1.0) -> Path:
        folder = tmp_path / f"model-{weight}"
        (folder / "retrieval").mkdir(parents=True, exist_ok=True)
        np.savez(folder / "retrieval" / "items.npz", embeddings=np.full((4, 2), weight))
        (folder / "model.json").write_text(json.dumps({"factors": 2}))
        return folder

    return make


@pytest.fixture
def measured() -> Callable[..., object]:
    """What a version showed: log-normal latencies, quality around a mean."""
    from recsys.rollout.measurement import Measurements

    def make(seed=1, requests=2000, errors=10, slower=1.0, quality=0.3):
        rng = np.random.default_rng(seed)
        latencies = slower * rng.lognormal(-4, 0.5, requests - errors)
        return Measurements(requests, errors, latencies, rng.normal(quality, 0.1, requests))

    return make
