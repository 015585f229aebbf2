"""The same manifests on a real cluster, which has to be named: nothing is ever applied to whichever is current."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from recsys.cluster.spec import Spec, SpecError, read

SECONDS = 300
GET = "https://kubernetes.io/docs/tasks/tools/"


class NoClusterError(Exception):
    """There is no cluster to apply anything to; the message says why and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options about a real cluster to a parser."""
    parser.add_argument("--cluster", action="store_true", help="apply to the real cluster that --context names instead")
    parser.add_argument("--context", metavar="NAME", help="context of your kubeconfig to use with --cluster")
    parser.add_argument("--delete", action="store_true", help="with --cluster: afterwards, delete what was applied")


def run(options: argparse.Namespace) -> int:
    """Apply, wait for the rollout, restart it with --update, delete with --delete; the exit status."""
    try:
        context = chosen(options.context)
        spec, _ = read(options.path)
    except (NoClusterError, SpecError, OSError) as error:
        print(f"rehearse: {error}", file=sys.stderr)
        return 2
    for command in commands(context, options.path, spec, update=options.update, delete=options.delete):
        print("$", " ".join(command), flush=True)
        if status := subprocess.run(command, check=False).returncode:
            return status
    return 0


def chosen(name: str | None) -> str:
    """The context to use. Raises NoClusterError where there is none, or where none was named."""
    if shutil.which("kubectl") is None:
        raise NoClusterError(f"kubectl is not installed; {GET} says how, and deploy/kind.sh makes a cluster")
    contexts = _said("config", "get-contexts", "--output=name")
    if not contexts:
        raise NoClusterError("the kubeconfig names no cluster; deploy/kind.sh makes one on this machine")
    if name is None:
        current = " ".join(_said("config", "current-context")) or "none"
        there = ", ".join(contexts)
        raise NoClusterError(f"which cluster? The current context is {current}; name one: --context NAME ({there})")
    if name not in contexts:
        raise NoClusterError(f"the kubeconfig has no context {name!r}; it has {', '.join(contexts)}")
    return name


def commands(context: str, path: Path, spec: Spec, *, update: bool, delete: bool) -> Iterator[list[str]]:
    """What is run, in order; a failure ends it."""
    kubectl, what = ["kubectl", "--context", context], ["-k" if path.is_dir() else "-f", str(path)]
    own, deployment = [*kubectl, "--namespace", spec.resource.namespace], f"deployment/{spec.name}"
    status = [*own, "rollout", "status", deployment, f"--timeout={SECONDS}s"]
    yield [*kubectl, "apply", *what]
    yield status
    if update:
        yield [*own, "rollout", "restart", deployment]
        yield status
    if delete:
        yield [*kubectl, "delete", *what]


def _said(*words: str) -> list[str]:
    done = subprocess.run(["kubectl", *words], capture_output=True, text=True, check=False, timeout=30)
    return done.stdout.split() if done.returncode == 0 else []
