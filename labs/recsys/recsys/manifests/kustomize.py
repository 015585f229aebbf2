"""Directories that kustomize assembles: rendered by kubectl where it is there, with findings traced to the files.

Without kubectl the resources that a kustomization names are read as they are, without patches and name changes: enough
for a base, too little for most overlays, and said so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from recsys.manifests.resource import Keys, Resource, parse, read

FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
UNRENDERED = "kubectl is not installed: read without patches, generators simplified"


class RenderError(ValueError):
    """Kustomize refused; carries what it said."""


def kustomization(directory: Path) -> Path | None:
    """The kustomization file of a directory, if there is one."""
    return next((directory / name for name in FILES if (directory / name).is_file()), None)


def render(directory: Path) -> list[Resource]:
    """The resources that `kubectl kustomize` makes of a directory, each knowing its sources. Raises RenderError."""
    command = ["kubectl", "kustomize", str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RenderError(_cause(done.stderr.strip().removeprefix("error: ")))
    written = list(sources(directory))
    return [
        replace(resource, sources=tuple(one for one in written if _made(one, resource)))
        for resource in parse(done.stdout, f"{directory} (rendered)")
    ]


def can_render() -> bool:
    """Whether kubectl is installed."""
    return shutil.which("kubectl") is not None


def sources(directory: Path, *, patches: bool = True) -> Iterator[Resource]:
    """What a kustomization is made from: its patches, then its resources and components with theirs."""
    file = kustomization(directory)
    if file is None:
        return
    for document in read(file):
        for patch in document.items("patches") if patches else ():
            if isinstance(patch, dict) and "path" in patch:
                yield from read(directory / patch["path"])
        yield from _generated(document)
        for name in (*document.items("components"), *document.items("resources")):
            path = Path(os.path.normpath(directory / str(name)))
            yield from sources(path, patches=patches) if path.is_dir() else read(path)


def _cause(said: str) -> str:
    """The innermost of nested errors: the file that is at fault, and why."""
    found = re.findall(r"accumulating resources from '([^']*)': ((?:(?!accumulat).)*?)'?: must build", said)
    return ": ".join(found[-1]) if found else said


def _generated(document: Resource) -> Iterator[Resource]:
    """ConfigMaps and Secrets that the kustomization makes of literals and files."""
    for field, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for position, one in enumerate(document.items(field)):
            data = dict(str(literal).partition("=")[::2] for literal in one.get("literals") or [])
            data |= {str(file).partition("=")[0].rpartition("/")[2]: "" for file in one.get("files") or []}
            place: dict[Keys, int] = {(): document.lines.get((field, position), 1)}
            yield Resource(document.file, _resource(kind, one, data), place)


def _resource(kind: str, one: dict[str, Any], data: dict[str, str]) -> dict[str, Any]:
    metadata = {"name": one.get("name"), "namespace": one.get("namespace", "default")}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "data": data}


def _made(source: Resource, rendered: Resource) -> bool:
    """Whether a source went into a rendered resource: same kind, same name but for prefix and suffix."""
    return source.kind == rendered.kind and bool(source.name) and source.name in rendered.name
