"""A trained model as a directory of data files, registered under a version, and loaded only if it would serve well.

A bundle holds arrays (`.npz`), names (JSON) and `model.json`: tenant, schema, features. It is loaded completely,
checked and tried on a request before it replaces the model that serves, so a broken deploy is a log line and not an
outage.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recsys.drift import ReferenceProfile
from recsys.model import Retriever
from recsys.ranking import FEATURES, Ranker
from recsys.recommend import Query, recommend
from recsys.registry import Lineage, Registry, Version, describe, load_key, sign

SCHEMA = "1"
"""Changes when the features or the arrays do: a model of another schema is refused, cached answers are not reused."""


class BrokenModelError(ValueError):
    """A bundle that must not serve: which, and why."""


@dataclass(frozen=True)
class Model:
    """One tenant's model, ready to serve; `version` is unique to its content."""

    tenant: str
    version: str
    retriever: Retriever
    ranker: Ranker
    profile: ReferenceProfile | None = None
    sure: float = math.inf
    """The confidence from which retrieval's order may stand for the whole model's; see `cheap_first`."""


SIGNING_KEY = "signing.key"
"""Beside the folder of models, made on first use; who has it can sign, so no image and no build has it."""


def registry_of(models: Path, tenant: str) -> Registry:
    """The registry of one tenant's models, all signed: tenants share nothing, not even a database."""
    return Registry(models / tenant, key=_signing_key(models))


def _signing_key(models: Path) -> bytes:
    """The state's key; `models` may be a link, the key is beside what it points to."""
    folder = models.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    return load_key(folder / SIGNING_KEY)


def publish(models: Path, model: Model, lineage: Lineage, metrics: Mapping[str, float]) -> Version:
    """Register a model as its tenant's next version; which alias it gets is the caller's decision."""
    with tempfile.TemporaryDirectory(prefix="recsys-bundle-") as folder:
        save(Path(folder), model)
        return register(models, model.tenant, Path(folder), lineage, metrics)


def register(
    models: Path, tenant: str, bundle: Path, lineage: Lineage, metrics: Mapping[str, float] | None = None
) -> Version:
    """Sign a bundle with the state's key and register it as a tenant's next version."""
    signature = sign(describe(bundle, lineage, metrics or {}).digest, _signing_key(models))
    return registry_of(models, tenant).register(bundle, lineage, signature, metrics)


def save(directory: Path, model: Model) -> None:
    """Write a bundle into an empty directory; its version is given to it by the registry."""
    model.retriever.save(directory)
    model.ranker.save(directory)
    about: dict[str, object] = {"tenant": model.tenant, "schema": SCHEMA, "features": FEATURES}
    about |= {"sure": model.sure} if math.isfinite(model.sure) else {}
    (directory / "model.json").write_text(json.dumps(about))
    if model.profile is not None:
        (directory / "profile.json").write_text(model.profile.to_json())


def load(version: Version, tenant: str) -> Model:
    """A registered model, tried. Raises BrokenModelError for anything that would not serve `tenant` well."""
    try:
        about = json.loads((version.path / "model.json").read_text())
        _check_purpose(about, tenant)
        retriever, ranker = Retriever.load(version.path), Ranker.load(version.path)
        model = Model(tenant, label(version), retriever, ranker, _profile(version.path), _sure(about))
        _try(model)
    except Exception as error:  # a damaged file makes NumPy and JSON raise almost anything
        raise BrokenModelError(f"{tenant}'s version {version.number} must not serve: {error}") from error
    return model


def label(version: Version) -> str:
    """How responses, logs and cache keys name a version."""
    return f"{version.number}-{version.digest[:8]}"


def _check_purpose(about: Mapping[str, object], tenant: str) -> None:
    if about["tenant"] != tenant:
        raise ValueError(f"it learnt from tenant {about['tenant']!r}")
    if about["schema"] != SCHEMA or about["features"] != list(FEATURES):
        raise ValueError(f"its schema is {about['schema']!r}, this service reads {SCHEMA!r}: train again")


def _sure(about: Mapping[str, object]) -> float:
    value = about.get("sure", math.inf)
    if not isinstance(value, float) or math.isnan(value):
        raise ValueError(f"`sure` is a number, not {value!r}")
    return value


def _try(model: Model) -> None:
    """Ask for one recommendation from a real history; numbers that are not finite would poison every answer."""
    retriever, ranker = model.retriever, model.ranker
    catalogue = retriever.catalogue
    for array in (
        np.asarray(retriever.weights),
        np.asarray(retriever.embeddings),
        catalogue.popularity,
        ranker.hidden,
        ranker.output,
    ):
        if not np.isfinite(array).all():
            raise ValueError("an array has values that are not finite")
    answer, *_ = recommend(retriever, ranker, [Query([(item, "view") for item in catalogue.items[:3]])])
    if not answer.items:
        raise ValueError("it recommends nothing")


def _profile(directory: Path) -> ReferenceProfile | None:
    path = directory / "profile.json"
    return ReferenceProfile.from_json(path.read_text()) if path.exists() else None
