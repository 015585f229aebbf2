"""An app that is to be killed in the midst of a scenario: its service runs under load, a broken model is champion."""

import random
import sys
import time
from pathlib import Path

from studyapp.runner.scenarios import SCENARIOS
from studyapp.runner.workspace import Workspace
from studyapp.study.lab_session import LabSession
from tests.runner.tiny_lab import read_lab

labs_root, data_root = map(Path, sys.argv[1:])
session = LabSession(Workspace(read_lab(labs_root), labs_root, data_root), random.Random(1))
session.launch(lambda line: None)
session.turn(4)


def say(line: str) -> None:
    """Once the broken version is champion, say so and go no further."""
    if "is champion" in line:
        print("broken", flush=True)
        time.sleep(600)


session.play(next(each for each in SCENARIOS if each.name == "bad-model"), say)
