"""A process that is killed in the middle of a session has saved each card it graded."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from studyapp.domain.schedule import MemoryModel
from studyapp.store import log
from studyapp.store.database import check
from studyapp.store.progress import Progress
from tests.content import write_pack

KILLS = 12


def test_every_graded_card_survives_sigkill(tmp_path: Path) -> None:
    content = write_pack(tmp_path / "content", tuple(f"topic-{n}" for n in range(8)))
    data = tmp_path / "data"
    rng = random.Random(11)
    said: list[str] = []
    for _ in range(KILLS):
        said += _session_killed_after(rng.randint(0, 3), content, data)
    progress = Progress.open(data / "progress.db", MemoryModel(), random.Random(1))
    assert len(said) >= 10
    assert [id_ for id_ in said if log.get(progress.connection, id_) is None] == []
    assert check(progress.connection) == ""
    progress.close()


def _session_killed_after(cards: int, content: Path, data: Path) -> list[str]:
    """The ids that a session said to have graded before it was killed."""
    command = [sys.executable, str(Path(__file__).with_name("killed.py")), str(content), str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout is not None
        lines = [session.stdout.readline() for _ in range(cards)]
        os.kill(session.pid, signal.SIGKILL)
        lines += session.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")]
