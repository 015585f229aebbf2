"""A model registry: immutable versions with checksums, lineage and signatures, and aliases that move.

registry = Registry(folder, key=load_key(key_file))
manifest = describe(artefacts, lineage, metrics)
version = registry.register(artefacts, lineage, sign(manifest.digest, key), metrics)
registry.set_alias("champion", version, actor="ci", reason="won the canary")
registry.resolve("champion").path
"""

from recsys.registry.artefact import UnsafeArtefactError, checksums
from recsys.registry.manifest import Lineage, Manifest
from recsys.registry.registry import Event, Registry, TamperedError, UnknownVersionError, Version, describe
from recsys.registry.signing import SignatureError, load_key, sign

__all__ = [
    "Event",
    "Lineage",
    "Manifest",
    "Registry",
    "SignatureError",
    "TamperedError",
    "UnknownVersionError",
    "UnsafeArtefactError",
    "Version",
    "checksums",
    "describe",
    "load_key",
    "sign",
]
