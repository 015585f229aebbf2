"""A real cluster is used only when it is named. No cluster runs here: a stand-in for kubectl notes its arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.__main__ import main

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: recsys, namespace: shop}
spec:
  selector: {matchLabels: {app: recsys}}
  template:
    metadata: {labels: {app: recsys}}
    spec: {containers: [{name: recsys, image: recsys, ports: [{name: http, containerPort: 8080}]}]}
"""
KUBECTL = """#!/bin/sh
case "$*" in
  "config get-contexts --output=name") [ -z "$CONTEXTS" ] || printf '%s\\n' $CONTEXTS ;;
  "config current-context") echo somewhere ;;
  *) echo "$*" >> "$NOTED"; [ "$FAILS" != "$3" ] ;;
esac
"""


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stand-in notes what it was asked to do."""
    (tmp_path / "bin").mkdir()
    program, noted = tmp_path / "bin" / "kubectl", tmp_path / "noted"
    program.write_text(KUBECTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("NOTED", str(noted))
    monkeypatch.setenv("CONTEXTS", "somewhere kind-recsys")
    (tmp_path / "recsys.yaml").write_text(MANIFEST)
    return noted


def rehearse(noted: Path, *options: str) -> int:
    return main(["rehearse", str(noted.with_name("recsys.yaml")), "--cluster", *options])


def test_nothing_is_applied_to_a_cluster_that_was_not_named(noted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse(noted) == 2
    said = capsys.readouterr().err
    assert "current context is somewhere" in said
    assert "--context NAME (somewhere, kind-recsys)" in said
    assert not noted.exists()


def test_a_context_that_does_not_exist_is_refused(noted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse(noted, "--context", "prod") == 2
    assert "no context 'prod'" in capsys.readouterr().err
    assert not noted.exists()


def test_it_is_applied_and_waited_for(noted: Path) -> None:
    assert rehearse(noted, "--context", "kind-recsys") == 0
    assert noted.read_text().splitlines() == [
        f"--context kind-recsys apply -f {noted.with_name('recsys.yaml')}",
        "--context kind-recsys --namespace shop rollout status deployment/recsys --timeout=300s",
    ]


def test_updated_and_deleted_where_that_is_asked_for(noted: Path) -> None:
    assert rehearse(noted, "--context", "kind-recsys", "--update", "--delete") == 0
    verbs = [line.split("kind-recsys ")[1].replace("--namespace shop ", "") for line in noted.read_text().splitlines()]
    assert [verb.rsplit(" ", 1)[0] for verb in verbs][2:] == [
        "rollout restart",
        "rollout status deployment/recsys",
        "delete -f",
    ]


def test_a_failure_ends_it(noted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILS", "apply")
    assert rehearse(noted, "--context", "kind-recsys", "--delete") == 1
    assert len(noted.read_text().splitlines()) == 1


def test_a_kubeconfig_without_contexts(
    noted: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTEXTS", "")
    assert rehearse(noted, "--context", "kind-recsys") == 2
    assert "names no cluster" in capsys.readouterr().err


def test_without_kubectl(noted: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert rehearse(noted, "--context", "kind-recsys") == 2
    assert "kubectl is not installed" in capsys.readouterr().err
