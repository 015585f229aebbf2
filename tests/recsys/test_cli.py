"""`python -m recsys`: help, training and evaluation of any file, errors in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from recsys.__main__ import main
from recsys.data import write_events
from recsys.generator import World, generate

ROOT = Path(__file__).resolve().parents[2] / "labs" / "recsys"
SMALL = World(users=40, items=40, events=1_000, topics=4)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    write_events(generate(1, ["acme", "globex"], SMALL), path)
    return path


@pytest.mark.parametrize("command", ["", "serve", "fleet", "worker", "train", "evaluate", "keys", "release"])
def test_help_explains_every_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    assert "--state" in capsys.readouterr().out or not command


def test_evaluate_prints_json_and_a_table(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--events", str(events), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report["tenants"]) == {"acme", "globex"}
    assert set(report["overall"]["two_stage"]) == {"recall", "ndcg", "map", "coverage"}
    assert main(["evaluate", "--events", str(events)]) == 0
    assert "popularity" in capsys.readouterr().out


def test_train_registers_a_version_a_tenant_and_the_next_follows_it(events: Path, tmp_path: Path) -> None:
    from recsys.bundle import load, registry_of

    for _ in range(2):
        assert main(["train", "--events", str(events), "--state", str(tmp_path / "state"), "--seed", "1"]) == 0
    registry = registry_of(tmp_path / "state" / "models", "acme")
    version = registry.resolve("champion")
    assert version.manifest.lineage.parent == 1
    model = load(version, "acme")
    assert model.retriever.retrieve([], 3)[0]
    assert model.profile is not None or len(model.retriever.catalogue) < 50


def test_keys_are_issued_listed_and_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ["--state", str(tmp_path)]
    assert main(["keys", "issue", "acme", *state]) == 0
    assert capsys.readouterr().out.startswith("rk_")
    assert main(["keys", "list", *state]) == 0
    assert capsys.readouterr().out == "acme\n"
    assert main(["keys", "revoke", "acme", *state]) == 0
    assert main(["keys", "issue", *state]) == 1


@pytest.mark.parametrize("arguments", [["evaluate", "--events", "no.csv"], ["train", "--events", "no.csv"]])
def test_an_error_is_one_line_in_words(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert "no such file" in error
    assert error.count("\n") == 1


def test_a_redis_that_is_named_and_dead_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from recsys.backend import free_port

    write_events(generate(1, ["acme"], SMALL), tmp_path / "events.parquet")
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    assert main(["serve", "--state", str(tmp_path)]) == 1
    assert "unset REDIS_URL" in capsys.readouterr().err


def test_help_and_serving_do_not_import_scikit_learn() -> None:
    heavy = "{'sklearn', 'scipy.stats', 'pandas', 'pyarrow'}"
    check = f"import sys, recsys.server, recsys.__main__; print({heavy} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", check], cwd=ROOT, text=True).strip() == "set()"
