"""Predict, then run: what a prediction is worth, and experiments on the real service."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.labs import Experiment, PredictionKind
from studyapp.domain.predictions import read_value, score
from studyapp.runner.experiment_proof import outcome_faults
from studyapp.runner.experiments import ExperimentError, run_experiment
from tests.runner.serving import Launched

pytestmark = pytest.mark.xdist_group("service")

NUMBER = Experiment(
    id="hits", ask="How many?", kind=PredictionKind.NUMBER, unit="%", tolerance=5.0, run="hits", explain="Half."
)
DIRECTION = Experiment(id="way", ask="Which way?", kind=PredictionKind.DIRECTION, run="way", explain="Up.")
EXPERIMENTS = """\
import time

from recsys.cache import LRUCache
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client
from studyapp.runner.metrics import figures


def hits(service: Client) -> Outcome:
    before, rates = service.metrics(), []
    for _ in range(2):
        for user in range(20):
            service.recommend(f"u{user}", "initech", hour=5)
        rates.append(100 * (figures(before, service.metrics()).hit_rate or 0))
    return Outcome(rates[-1], {"hit rate": rates})


def way(service: Client) -> Outcome:
    return Outcome("up" if LRUCache(2).stats().capacity == 2 else "down")


def large(service: Client) -> Outcome:
    return Outcome(1, {"many": [1.0] * 50_000})


def wrong(service: Client) -> float:
    return 1.0


def fails(service: Client) -> Outcome:
    return Outcome(1 / 0)


def endless(service: Client) -> Outcome:
    time.sleep(600)


more_room, less_room, same_room = hits, way, way
"""


@given(st.floats(-100, 100), st.floats(0.1, 20), st.floats(-5, 5))
def test_full_credit_within_the_tolerance_and_none_beyond_three_times_it(
    came: float, tolerance: float, off: float
) -> None:
    worth = score(replace(NUMBER, tolerance=tolerance), came + off * tolerance, came)
    if abs(off) <= 0.999:
        assert worth == 1.0
    elif abs(off) >= 3.001:
        assert worth == 0.0
    else:
        assert worth == pytest.approx(min(1, max(0, (3 - abs(off)) / 2)), abs=1e-6)


def test_a_direction_is_right_or_wrong() -> None:
    assert (score(DIRECTION, "up", "up"), score(DIRECTION, "up", "same")) == (1.0, 0.0)


@pytest.mark.parametrize(("text", "value"), [("40", 40.0), (" 40 %", 40.0), ("-1.5", -1.5), (7, 7.0)])
def test_numbers_are_read_with_or_without_their_unit(text: object, value: float) -> None:
    assert read_value(NUMBER, text) == value


@pytest.mark.parametrize(
    ("experiment", "text", "said"),
    [
        (NUMBER, "many", "hits asks for a number in %"),
        (NUMBER, "nan", "hits asks for a number in %"),
        (DIRECTION, "upwards", "way asks for a direction: up, down, same; not `upwards`"),
    ],
)
def test_what_is_no_prediction_is_told(experiment: Experiment, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_value(experiment, text)


@pytest.fixture(scope="module")
def lab(launched: Launched) -> Launched:
    """The running lab with these experiments."""
    (launched.labs_root / "alpha" / "experiments.py").write_text(EXPERIMENTS, "utf-8")
    return launched


def test_an_experiment_runs_on_the_service_with_the_code_of_the_workspace(lab: Launched) -> None:
    outcome = run_experiment(NUMBER, lab.service, lab.supervisor)
    assert (outcome.value, outcome.unit) == (50.0, "%")
    assert outcome.series == {"hit rate": [0.0, 50.0]}
    assert run_experiment(DIRECTION, lab.service, lab.supervisor).value == "up"
    assert lab.supervisor.children == [lab.service.child]


def test_a_long_series_comes_whole(lab: Launched) -> None:
    outcome = run_experiment(replace(NUMBER, run="large"), lab.service, lab.supervisor)
    assert len(outcome.series["many"]) == 50_000


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("wrong", "hits failed: TypeError: wrong gave float, and not an Outcome"),
        ("fails", "hits failed: ZeroDivisionError"),
        ("endless", "hits did not end within 2 s"),
        ("way", "did not come to what it is to: hits asks for a number in %"),
    ],
)
def test_an_experiment_that_comes_to_nothing_says_why(lab: Launched, run: str, said: str) -> None:
    with pytest.raises(ExperimentError, match=said):
        run_experiment(replace(NUMBER, run=run), lab.service, lab.supervisor, seconds=2 if run == "endless" else 60)
    assert lab.supervisor.children == [lab.service.child]
    assert not (lab.workspace.home / "outcome.json").exists()


TYPED = """
import sys
from pathlib import Path
from studyapp import places
from studyapp.cli import main
places.PACKAGE = Path(sys.argv[1]) / "studyapp"
sys.exit(main(sys.argv[2:]))
"""


def test_a_prediction_as_a_person_types_it(lab: Launched) -> None:
    """In a process of its own, while the service of the same workspace stands aside."""
    root = lab.labs_root.parent
    env = {**os.environ, "STUDYAPP_HOME": str(lab.data_root)}

    def typed(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", TYPED, str(root), *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)

    assert "is running already" in typed("lab", "predict", "alpha", "more-room", "52").stderr
    (root / "content").mkdir(exist_ok=True)
    lab.service.stop()
    try:
        done = typed("lab", "predict", "alpha", "more-room", "52")
        assert done.returncode == 0, done.stderr
        assert "you said 52 things, it came to 50 things: 50% of the marks\nRoom." in done.stdout
        assert "       50 │" in done.stdout
        assert "has no experiment `more`" in typed("lab", "predict", "alpha", "more", "1").stderr
        kept = [json.loads(line) for line in typed("export").stdout.splitlines() if "prediction" in line]
        assert [(event["subject"], event["value"]) for event in kept] == [("alpha/more-room", 0.5)]
        assert kept[0]["body"] == {"predicted": 52.0, "came": 50.0, "confidence": 2}
    finally:
        lab.restart()


def test_the_proof_names_what_comes_to_something_else_or_fails(launched: Launched) -> None:
    found = {
        expected: list(outcome_faults(replace(DIRECTION, expected=expected), launched.service, launched.supervisor))
        for expected in ("up", "down", "sideways")
    }
    assert found["up"] == []
    assert found["down"] == ["way comes to up, which is not the down that is expected"]
    assert "asks for a direction" in found["sideways"][0]
    failing = replace(NUMBER, run="fails", expected=1.0)
    assert "ZeroDivisionError" in next(outcome_faults(failing, launched.service, launched.supervisor))
