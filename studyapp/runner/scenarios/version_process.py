"""Publishes a model version that is slow or broken on purpose, takes it back, or lists what the champions know.

A program of its own, run in a workspace: `python -P version_process.py MODELS publish TENANT KIND NAME`, `... restore
TENANT`, `... catalogues TENANT...`. It prints one line of JSON.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from recsys.bundle import Model, label, load, publish, registry_of
from recsys.ranking import FEATURES, Ranker
from recsys.registry import Lineage

CODE = "a scenario"  # the lineage of a version that is slow or broken on purpose
SLOW_SECONDS = 0.45  # to score one user's candidates: beyond the 0.3 s after which the service answers without
CANDIDATES = 100
MOST_UNITS = 200_000  # 80 MB for the candidates of one user
TINY = 1e-41  # subnormal in 32 bits: adds nothing to a score, and costs most processors many times as much


def main(models: str, action: str, *asked: str) -> int:
    """Do one thing and say what came of it."""
    root = Path(models)
    said: dict[str, object]
    if action == "publish":
        said = _publish(root, *asked)
    elif action == "restore":
        said = {"version": _restore(root, *asked)}
    else:
        said = {tenant: list(_champion(root, tenant).retriever.catalogue.items) for tenant in asked}
    print(json.dumps(said))
    return 0


def _publish(root: Path, tenant: str, kind: str, name: str) -> dict[str, object]:
    """Register a version made from the champion, and let it be the champion."""
    champion = _champion(root, tenant)
    model = _slow(champion) if kind == "slow" else _broken(champion)
    version = publish(root, model, Lineage(f"{kind}, on purpose: {name}", CODE), {})
    registry_of(root, tenant).set_alias("champion", version, reason=f"a scenario: {kind} on purpose")
    return {"version": label(version), "seconds": _seconds(model.ranker) if kind == "slow" else 0.0}


def _restore(root: Path, tenant: str) -> str:
    """Roll the champion back to the version before, if it is one of ours; the champion then."""
    registry = registry_of(root, tenant)
    version = registry.resolve("champion")
    if version.manifest.lineage.code == CODE:
        version = registry.rollback("champion", reason="the scenario is over")
    return label(version)


def _champion(root: Path, tenant: str) -> Model:
    return load(registry_of(root, tenant).resolve("champion"), tenant)


def _broken(model: Model) -> Model:
    """The same with weights that are no numbers: as a diverged training leaves them."""
    output = model.ranker.output
    return replace(model, ranker=replace(model.ranker, output=output * output.dtype.type("nan")))


def _slow(model: Model) -> Model:
    """The same scores from a hidden layer so wide that one answer takes too long."""
    units = 2_000
    ranker = _padded(model.ranker, units)
    while (seconds := _seconds(ranker)) < SLOW_SECONDS and units < MOST_UNITS:
        units = min(MOST_UNITS, int(units * min(4.0, max(1.2, 1.1 * SLOW_SECONDS / seconds))))
        ranker = _padded(model.ranker, units)
    return replace(model, ranker=ranker)


def _padded(ranker: Ranker, units: int) -> Ranker:
    """More hidden units, with weights so small that what they add is rounded away."""
    width = ranker.hidden.shape[1]
    repeats = [1] * (width - 1) + [units]
    hidden = ranker.hidden.repeat(repeats, axis=1)
    hidden[:, width:] = TINY
    output = ranker.output.repeat([*repeats, 1])
    output[width:-1] = TINY
    return Ranker(ranker.mean, ranker.scale, hidden, output)


def _seconds(ranker: Ranker) -> float:
    """How long one user's candidates take; the faster of two, since the first one fetches memory."""
    candidates = ranker.hidden[:-1, :1].repeat(CANDIDATES, axis=1).T * 0 + 1
    assert candidates.shape == (CANDIDATES, len(FEATURES))
    taken = []
    for _ in range(2):
        begun = time.perf_counter()
        ranker.score(candidates)
        taken.append(time.perf_counter() - begun)
    return min(taken)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
