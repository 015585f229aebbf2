"""`studyapp plan` as a person types it."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from studyapp.cli import main, parser
from studyapp.domain.clock import Clock
from tests.content import write_pack

Type = Callable[[str], tuple[int, str, str]]
LATER, SOON = (date.fromordinal(Clock().today() + days).isoformat() for days in (40, 3))


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that keeps the parsed content from test to test; each test begins without progress."""
    root = tmp_path_factory.mktemp("person")
    write_pack(root / "content")
    return root


@pytest.fixture
def typed(person: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Run a command: its exit status, output and errors."""
    for file in person.glob("progress.db*"):
        file.unlink()
    monkeypatch.setenv("STUDYAPP_HOME", str(person))
    monkeypatch.setenv("STUDYAPP_CONTENT", str(person / "content"))

    def run(arguments: str) -> tuple[int, str, str]:
        status = main(["plan", *arguments.split()])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def shown(typed: Type, arguments: str = "") -> dict[str, object]:
    status, out, err = typed(f"{arguments} --json")
    assert status == 0, err
    return dict(json.loads(out))


def test_a_plan_is_made_shown_changed_and_cleared(typed: Type) -> None:
    assert "no plan" in typed("")[1]
    assert "40 days" in typed(f"--date {LATER} --minutes 45 --morning --topics alpha,beta --weights beta=2")[1]
    body = shown(typed)["plan"]
    assert body == {
        "dates": [LATER],
        "minutes": 45,
        "morning": True,
        "topics": ["alpha", "beta"],
        "weights": {"beta": 2.0},
        "days_off": [],
    }
    moved = shown(typed, f"--date {SOON} --date {LATER} --no-morning --topics all --days-off sat 2030-01-01")["plan"]
    assert isinstance(moved, dict)
    assert moved["dates"] == [SOON, LATER]
    assert (moved["minutes"], moved["morning"], moved["topics"]) == (45, False, [])
    assert moved["days_off"] == ["sat", "2030-01-01"]
    assert "cleared" in typed("--clear")[1]
    assert json.loads(typed("--json")[1]) is None


def test_moving_the_date_keeps_the_morning_that_was_said(typed: Type) -> None:
    typed(f"--date {LATER} --morning")
    plan = shown(typed, f"--date {SOON}")["plan"]
    assert isinstance(plan, dict)
    assert plan["morning"] is True


def test_an_impossible_budget_is_said_plainly(typed: Type) -> None:
    out = typed(f"--date {SOON} --minutes 1")[1]
    assert "At 1 minute a day you will have seen" in out
    assert "would show all" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--date 10.12.2026", "write it as 2026-12-10"),
        ("--date 2020-01-01", "is over"),
        ("--minutes 20", "There is no plan"),
        (f"--date {LATER} --minutes 0", "0 minutes"),
        (f"--date {LATER} --topics gamma", "no topic `gamma`"),
        (f"--date {LATER} --weights alpha", "kubernetes=2"),
        (f"--date {LATER} --days-off someday", "not a date"),
        ("simulate --days 1", "--days lies between"),
    ],
)
def test_mistakes_are_said_in_a_line(typed: Type, arguments: str, said: str) -> None:
    status, _, err = typed(arguments)
    assert status == 1
    assert said in err


def test_a_simulation_gives_documented_figures_and_the_same_ones_again(typed: Type) -> None:
    arguments = "simulate --days 8 --minutes 20 --cards 2000 --learner weak --seed 4 --json"
    first, second = json.loads(typed(arguments)[1]), json.loads(typed(arguments)[1])
    assert first == second
    assert 0 < first["recall"] < first["seen"] < 1
    assert 0 < first["minutes"] <= 8 * 20.5
    assert -1 < first["gain_at_equal_minutes"] < 1
    assert first["learner"] == "weak"
    assert "points" in typed("simulate --days 5 --cards 4000")[1]


def test_only_the_simulation_loads_numpy() -> None:
    from studyapp.simulation.learners import LEARNERS

    assert tuple(LEARNERS) == parser.LEARNERS
    code = "import sys, studyapp.cli.plan; print({'numpy', 'textual', 'studyapp.simulation'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
