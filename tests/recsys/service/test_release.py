"""A release for real: two versions of the service as processes behind the splitter, and visitors who come and go."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from running import until

from recsys.bundle import registry_of
from recsys.data import write_events
from recsys.evaluation import split_by_time
from recsys.events import Events
from recsys.generator import World, generate
from recsys.pipeline import main
from recsys.rollout import AuditTrail, Entry

WORLD = World(users=200, items=120, events=12_000, topics=6)
QUICK = (
    "--rate", "60", "--steps", "0.5", "--window", "1", "--min-requests", "60",
    "--latency-factor", "10", "--quality-loss", "0.2",  # a busy machine is no fault of the canary
)  # fmt: skip


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("events") / "events.parquet"
    write_events(generate(3, ("acme",), WORLD), path)
    return path


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory whose champion knows the first half of the events."""
    folder = tmp_path_factory.mktemp("released")
    write_events(split_by_time(generate(3, ("acme",), WORLD), 0.5)[0], folder / "early.parquet")
    for name in ("train", "promote"):
        assert step(name, folder / "early.parquet", folder / "state") == 0
    return folder / "state"


@pytest.fixture
def state(released: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(released, tmp_path / "state"))


def step(name: str, events: Path, state: Path, *more: str) -> int:
    return main([name, "--events", str(events), "--state", str(state), "--max-age", "1e6", *more])


def champion(state: Path) -> int:
    return registry_of(state / "models", "acme").resolve("champion").number


def trail(state: Path) -> list[Entry]:
    return AuditTrail(state / "audit.jsonl").entries()


def lists(output: str) -> dict[str, int]:
    """Answers to requests for a list, by status."""
    found: dict[str, int] = json.loads(output.partition("answers by status: ")[2].partition("\n")[0])["lists"]
    return found


def test_a_good_candidate_goes_through_every_gate_and_is_promoted(
    events: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert step("release", events, state, *QUICK, "--steps", "0.3,0.5") == 0
    assert champion(state) == 2
    assert set(lists(capsys.readouterr().out)) == {"200"}
    entries = trail(state)[2:]
    assert [entry.action for entry in entries] == [
        "gate validate", "gate train", "gate evaluate", "step", "step", "promote", "gate canary",
    ]  # fmt: skip
    evidence = str(entries[5].details["evidence"])
    assert all(f"{check} pass" in evidence for check in ("errors", "latency", "quality"))
    assert registry_of(state / "models", "acme").history("champion")[-1].reason == "release"
    assert not list((state / "journal").glob("*")), "what simulated visitors did must not be learnt from"


@pytest.fixture
def wrong(state: Path, tmp_path: Path) -> Path:
    """The state with a challenger that has every item's name wrong."""
    good = generate(3, ("acme",), WORLD)
    names, rows = np.unique(good.item, return_inverse=True)
    shuffled = np.random.default_rng(0).permutation(names)[rows]
    write_events(Events(good.tenant, good.user, shuffled, good.event, good.timestamp), tmp_path / "wrong.parquet")
    assert step("train", tmp_path / "wrong.parquet", state) == 0
    return state


def test_a_model_that_names_the_wrong_items_is_rolled_back_for_its_quality(
    events: Path, wrong: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert step("canary", events, wrong, *QUICK, "--quality-loss", "0.05") == 1
    output = capsys.readouterr()
    assert "canary: quality fail" in output.err
    assert set(lists(output.out)) == {"200"}
    assert champion(wrong) == 1
    assert [entry.action for entry in trail(wrong)[-2:]] == ["rollback", "gate canary"]


def test_a_shadow_with_the_wrong_items_is_turned_down_and_nobody_saw_them(
    events: Path, wrong: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert step("shadow", events, wrong, *QUICK) == 1
    output = capsys.readouterr()
    assert "shadow: agreement fail" in output.err
    assert set(lists(output.out)) == {"200"}
    assert champion(wrong) == 1
    assert [entry.action for entry in trail(wrong)[-3:]] == ["mirror", "rollback", "gate shadow"]


@pytest.mark.parametrize(
    ("strategy", "actions"), [("shadow", ["mirror", "promote"]), ("blue-green", ["baseline", "switch", "promote"])]
)
def test_the_other_strategies_promote_a_good_candidate_after_the_same_gates(
    events: Path, state: Path, strategy: str, actions: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert step("release", events, state, *QUICK, "--strategy", strategy) == 0
    assert champion(state) == 2
    assert set(lists(capsys.readouterr().out)) == {"200"}
    assert [entry.action for entry in trail(state)[2:]] == [
        "gate validate", "gate train", "gate evaluate", *actions, f"gate {strategy}",
    ]  # fmt: skip
    evidence = str(trail(state)[-2].details["evidence"])
    assert "errors pass" in evidence
    assert ("agreement pass" if strategy == "shadow" else "quality pass") in evidence


@contextlib.contextmanager
def killer_of(replica: str) -> Iterator[None]:
    """Kills the process of one version as soon as it has answered a request."""
    ended = threading.Event()

    def log_of(process: psutil.Process) -> str:
        line = process.cmdline()
        return line[line.index("--log-file") + 1] if replica in line and "--log-file" in line else ""

    def answered() -> psutil.Process | bool:
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error, OSError, ValueError):
                if (log := log_of(child)) and '"request"' in Path(log).read_text():
                    return child
        return ended.is_set()

    def kill() -> None:
        if isinstance(victim := until(answered, "the canary to answer"), psutil.Process):
            victim.kill()

    thread = threading.Thread(target=kill)
    thread.start()
    yield
    ended.set()
    thread.join()


def test_a_version_that_dies_is_rolled_back_and_nobody_misses_a_list(
    events: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert step("train", events, state) == 0
    with killer_of("canary"):
        assert step("canary", events, state, *QUICK) == 1
    output = capsys.readouterr()
    assert "canary: errors fail" in output.err
    assert set(lists(output.out)) == {"200"}
    assert champion(state) == 1
    assert trail(state)[-2].action == "rollback"


def test_after_a_switch_a_version_that_dies_loses_everybody_again_at_once(
    events: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert step("train", events, state) == 0
    with killer_of("canary"):
        assert step("blue-green", events, state, *QUICK, "--window", "2") == 1
    output = capsys.readouterr()
    assert "blue-green: errors fail" in output.err
    found = lists(output.out)
    assert found["502"] < found["200"]
    assert champion(state) == 1
    assert [entry.action for entry in trail(state)[-4:]] == ["baseline", "switch", "rollback", "gate blue-green"]
