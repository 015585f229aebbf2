"""ConfigMaps, Secrets, claims and accounts that pods refer to by name, and the keys that they take from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from recsys.manifests.finding import Finding
from recsys.manifests.inventory import Inventory
from recsys.manifests.resource import Keys, Resource, dig
from recsys.manifests.workload import Container, Workload


class Reference(NamedTuple):
    """A name, the keys that are needed of it, and where that is written."""

    kind: str
    name: str
    wanted: tuple[tuple[str, Keys], ...]
    place: Keys


def missing_reference(inventory: Inventory) -> Iterator[Finding]:
    """The pod waits for what does not exist: CreateContainerConfigError, or ContainerCreating without end."""
    for workload in inventory.workloads:
        for reference in _references(workload):
            if not _found(reference.kind, reference.name, workload, inventory):
                yield _missing(workload.resource, reference)


def missing_key(inventory: Inventory) -> Iterator[Finding]:
    """The ConfigMap or Secret exists but lacks the key."""
    for workload in inventory.workloads:
        for reference in _references(workload):
            for source in _found(reference.kind, reference.name, workload, inventory):
                keys = provided(source)
                for wanted, place in reference.wanted:
                    if wanted not in keys:
                        yield workload.resource.finding(
                            "missing-key", place, f"{reference.kind} {reference.name!r} has no key {wanted!r}",
                            f"It has {', '.join(sorted(keys)) or 'none'}",
                        )  # fmt: skip


def provided(source: Resource) -> set[str]:
    """The keys of a ConfigMap or Secret, or those that an ExternalSecret will write into its Secret."""
    if source.kind == "ExternalSecret":
        written = {str(one.get("secretKey")) for one in source.items("spec", "data")}
        return written | set(source.get("spec", "target", "template", "data") or {})
    return {str(key) for name in ("data", "stringData", "binaryData") for key in source.get(name) or {}}


def _found(kind: str, name: str, workload: Workload, inventory: Inventory) -> list[Resource]:
    """Who provides a reference: the resource itself, or an ExternalSecret that creates it."""
    namespace = workload.resource.namespace
    own = inventory.find(kind, name, namespace)
    created = [
        one
        for one in inventory.kind("ExternalSecret")
        if kind == "Secret" and one.namespace == namespace and (one.get("spec", "target", "name") or one.name) == name
    ]
    return created or ([own] if own else [])


def _missing(resource: Resource, reference: Reference) -> Finding:
    """Secrets do not belong in version control: one that is not here may well be made elsewhere."""
    what = f"{reference.kind} {reference.name!r}"
    if reference.kind == "Secret":
        return resource.finding(
            "missing-reference", reference.place, f"{what} is not among these manifests",
            "Create it outside of version control before you apply, or add an ExternalSecret", "warning",
        )  # fmt: skip
    return resource.finding(
        "missing-reference", reference.place, f"{what} does not exist", "Create it or correct the name"
    )


def _references(workload: Workload) -> Iterator[Reference]:
    """Everything that is not optional."""
    account = workload.get("serviceAccountName")
    if account and account != "default":
        yield Reference("ServiceAccount", account, (), (*workload.spec, "serviceAccountName"))
    for position, volume in enumerate(workload.get("volumes") or []):
        yield from _of_volume(volume, (*workload.spec, "volumes", position))
    for container in workload.every_container():
        yield from _of_environment(container)


def _of_volume(volume: dict[str, object], place: Keys) -> Iterator[Reference]:
    if claim := dig(volume, "persistentVolumeClaim", "claimName"):
        yield Reference("PersistentVolumeClaim", claim, (), (*place, "persistentVolumeClaim", "claimName"))
    sources: list[tuple[object, Keys]] = [(volume, place)]
    projected = dig(volume, "projected", "sources") or []
    sources += [(source, (*place, "projected", "sources", number)) for number, source in enumerate(projected)]
    for source, keys in sources:
        for field, kind, naming in (
            ("configMap", "ConfigMap", ("name",)),
            ("secret", "Secret", ("secretName", "name")),
        ):
            name = next((found for key in naming if (found := dig(source, field, key))), None)
            if name and not dig(source, field, "optional"):
                items = dig(source, field, "items") or []
                wanted = tuple(
                    (str(one["key"]), (*keys, field, "items", number, "key")) for number, one in enumerate(items)
                )
                yield Reference(kind, name, wanted, (*keys, field))


def _of_environment(container: Container) -> Iterator[Reference]:
    for position, entry in enumerate(container.items("env")):
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            chosen = dig(entry, "valueFrom", field)
            if chosen and not chosen.get("optional"):
                place = (*container.keys, "env", position, "valueFrom", field)
                yield Reference(kind, chosen.get("name"), ((str(chosen.get("key")), (*place, "key")),), place)
    for position, entry in enumerate(container.items("envFrom")):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if (chosen := entry.get(field)) and not chosen.get("optional"):
                yield Reference(kind, chosen.get("name"), (), (*container.keys, "envFrom", position, field))


RULES = (missing_reference, missing_key)
