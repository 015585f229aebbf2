"""`studyapp fit`: both figures, adoption, taking back, and what stands in the way."""

import json
import random
from pathlib import Path

from studyapp.cli import fit as command
from studyapp.store import transfer
from studyapp.store.progress import Progress
from studyapp.study import fitting
from tests.cli.conftest import Run
from tests.study.test_fitting import DEFAULT, MODEL, history, needs_optimizer


@needs_optimizer
def test_the_command_adopts_shows_and_takes_back(run: Run, data: Path) -> None:
    progress = Progress.open(data / "progress.db", MODEL, random.Random(1))
    transfer.bring_in(progress, list(history(1)))
    progress.close()
    shown = json.loads(run("fit", "--json").out)
    assert shown["adopted"]
    assert shown["log_loss_after"] < shown["log_loss_before"]
    assert "Not adopted" in run("fit").out  # the same again is no better
    assert "Back to" in run("fit", "--undo").out
    assert "Adopted" in run("fit").out


def test_the_command_says_why_it_cannot(run: Run) -> None:
    ran = run("fit")
    assert ran.status == 1
    assert "There are 0 reviews" in ran.err
    assert "nothing to take back" in run("fit", "--undo").out
    assert json.loads(run("fit", "--undo", "--json").out) == {"undone": False}


def test_the_command_shows_both_figures() -> None:
    better, worse = (fitting.Fit(1200, 240, 0.31, after, DEFAULT) for after in (0.29, 0.33))
    assert "0.3100 as it was, 0.2900 fitted" in command._said(better)
    assert "--undo" in command._said(better)
    assert "Not adopted" in command._said(worse)
    assert command.as_json(worse)["adopted"] is False
