"""Starts the service of a pod as a process here: what its manifest's arguments and environment come to.

Not everything of a container exists on one machine. The image is this code; its port is a free one on loopback; its
volumes are one state directory that borrows the models; Redis is one that all pods share. Where the manifest would not
let a container run at all (a ConfigMap's key that is missing), neither does this. A process ends with its parent, even
where that is killed: it reads the end of its standard input.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from recsys.backend import LOOPBACK, free_port
from recsys.cluster.spec import Spec
from recsys.manifests.contract import arguments

CODE = Path(__file__).parents[2]
OURS = ("host", "port", "state", "log-file")
"""Options of `serve` that are about the container's own files and network."""
TAIL = 400


class ConfigError(Exception):
    """The container cannot be made: CreateContainerConfigError, and why."""


@dataclass(frozen=True)
class Runtime:
    """Makes processes of a Deployment's pods, on one state directory and one Redis."""

    spec: Spec
    state: Path
    redis: str

    def start(self, pod: str) -> tuple[subprocess.Popen[bytes], int]:
        """Start the container of a pod: its process, and its port on loopback. Raises ConfigError."""
        environment = dict(self._environment(pod))
        port = free_port()
        own = [f"--host={LOOPBACK}", f"--port={port}", f"--state={self.state}", f"--log-file={self.state / pod}.log"]
        command = [sys.executable, "-m", "recsys", "serve", "--with-parent", *self._options(environment), *own]
        with self.output(pod).open("ab") as output:
            process = subprocess.Popen(
                command, cwd=CODE, stdin=subprocess.PIPE, stdout=output, stderr=output,
                env=os.environ | environment | {"REDIS_URL": self.redis, "REDIS_PASSWORD_FILE": ""},
            )  # fmt: skip
        return process, port

    def output(self, pod: str) -> Path:
        """What the containers of a pod printed."""
        return self.state / f"{pod}.out"

    def last_words(self, pod: str) -> str:
        """The last line that a pod printed, for a person to read."""
        try:
            lines = self.output(pod).read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1][:TAIL] if lines else ""

    def _options(self, environment: Mapping[str, str]) -> Iterator[str]:
        """The manifest's options of `serve`, references to variables filled in, without what is ours."""
        words = arguments(self.spec.container)
        following = iter(words[words.index("serve") + 1 :] if "serve" in words else [])
        for word in following:
            name, equals, _ = word.removeprefix("--").partition("=")
            if name not in OURS:
                yield expanded(word, environment)
            elif not equals:
                next(following, None)

    def _environment(self, pod: str) -> Iterator[tuple[str, str]]:
        """The variables of the container that are known here: values, those of ConfigMaps, the pod's name."""
        for number, entry in enumerate(self.spec.container.items("env")):
            name, source = str(entry.get("name")), entry.get("valueFrom") or {}
            if "value" in entry:
                yield name, str(entry["value"])
            elif "configMapKeyRef" in source:
                yield name, self._configured(number, **source["configMapKeyRef"])
            elif (source.get("fieldRef") or {}).get("fieldPath") == "metadata.name":
                yield name, pod

    def _configured(self, number: int, name: str = "", key: str = "", optional: bool = False) -> str:
        resource = self.spec.resource
        found = self.spec.inventory.find("ConfigMap", name, resource.namespace)
        value = found.get("data", key) if found else None
        if value is None and not optional:
            file, line = resource.place((*self.spec.container.keys, "env", number, "valueFrom", "configMapKeyRef"))
            raise ConfigError(f"{file}:{line}: there is no key {key!r} in a ConfigMap {name!r}")
        return "" if value is None else str(value)


def expanded(text: str, environment: Mapping[str, str]) -> str:
    """`$(NAME)` by the variable's value, where there is one, as Kubernetes expands arguments."""
    return re.sub(r"\$\(([A-Za-z_][\w.-]*)\)", lambda found: environment.get(found[1], found[0]), text)
