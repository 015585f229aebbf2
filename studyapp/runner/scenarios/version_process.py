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
from recsys.model import Retriever
from recsys.quantise import Embeddings
from recsys.ranking import Ranker
from recsys.recommend import Query, recommend
from recsys.registry import Lineage

CODE = "a scenario"  # the lineage of a version that is slow or broken on purpose
SLOW_SECONDS = 0.45  # for one user's list: beyond the 0.3 s after which the service answers without
SIZES = ((10_000, 0), (20_000, 0), (40_000, 0), (40_000, 50_000), (40_000, 200_000))  # dimensions, hidden units
TINY = 1e-21  # products of two are subnormal: they add nothing to a likeness, and cost many processors 20 times as much
FAINT = 1e-9  # adds nothing to a score


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
    return {"version": label(version), "seconds": _seconds(model) if kind == "slow" else 0.0}


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
    """The same lists from embeddings so long, and if need be a hidden layer so wide, that one takes too long.

    80 MB of memory for each user of a batch are the most that it takes.
    """
    for dimensions, units in SIZES:
        slow = replace(model, retriever=_longer(model.retriever, dimensions), ranker=_wider(model.ranker, units))
        if _seconds(slow) >= SLOW_SECONDS:
            break
    return slow


def _longer(retriever: Retriever, dimensions: int) -> Retriever:
    """Embeddings with more dimensions, in which all items are alike and nearly 0."""
    embeddings = retriever.embeddings
    assert not isinstance(embeddings, Embeddings)
    width = embeddings.shape[1]
    longer = embeddings.repeat([1] * (width - 1) + [1 + dimensions], axis=1)
    longer[:, width:] = TINY
    return replace(retriever, embeddings=longer)


def _wider(ranker: Ranker, units: int) -> Ranker:
    """More hidden units, with weights so small that what they add is rounded away."""
    width = ranker.hidden.shape[1]
    repeats = [1] * (width - 1) + [1 + units]
    hidden, output = ranker.hidden.repeat(repeats, axis=1), ranker.output.repeat([*repeats, 1])
    hidden[:, width:] = FAINT
    output[width:-1] = FAINT
    return replace(ranker, hidden=hidden, output=output)


def _seconds(model: Model) -> float:
    """How long one list takes; the faster of two, since the first one fetches memory."""
    history = [(item, "view") for item in model.retriever.catalogue.items[:3]]
    taken = []
    for _ in range(2):
        begun = time.perf_counter()
        recommend(model.retriever, model.ranker, [Query(history)])
        taken.append(time.perf_counter() - begun)
    return min(taken)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
