"""A process that is killed while an answer is typed has kept every word that it said to have kept."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from studyapp.domain.clock import Clock
from studyapp.places import Places
from studyapp.study import interviewing
from studyapp.study.study import Study


def test_a_draft_survives_sigkill(tmp_path: Path) -> None:
    for words in (1, 3, 9):
        said = _killed_after(words, tmp_path)
        study = Study.open(Places(tmp_path, tmp_path, tmp_path, tmp_path / "cache"), Clock(), random.Random(1))
        assert said >= words
        assert len(interviewing.draft(study, "some-interview").text.split()) in (said, said + 1)
        study.close()


def _killed_after(words: int, data: Path) -> int:
    """How many words a process said to have kept before it was killed."""
    command = [sys.executable, str(Path(__file__).with_name("drafting.py")), str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as typing:
        assert typing.stdout is not None
        lines = [typing.stdout.readline() for _ in range(words)]
        os.kill(typing.pid, signal.SIGKILL)
        lines += typing.stdout.readlines()
    return max(int(line) for line in lines if line.endswith("\n"))
