"""The manifest of a version: what it consists of, where it came from, how good it was; one digest over all of it.

Lineage answers "which models learnt from that broken day of data?" and "can we build this one again?": the
digest of the training data, the version of the code, the parameters, the parent. It is part of the digest, so
it cannot be edited afterwards without being noticed.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a model came from: digest of the data, version of the code, parameters, and the version it follows."""

    data: str
    code: str
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Checksums by file, lineage and evaluation metrics; equal content has an equal digest everywhere."""

    files: Mapping[str, str]
    lineage: Lineage
    metrics: Mapping[str, float]

    def __post_init__(self) -> None:
        if bad := [name for name, value in self.metrics.items() if not math.isfinite(value)]:
            raise ValueError(f"metrics that are not finite numbers: {', '.join(bad)}")

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, no NaN."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """The manifest that `to_json` wrote."""
        fields = json.loads(text)
        return cls(fields["files"], Lineage(**fields["lineage"]), fields["metrics"])

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: the identity of the version."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()
