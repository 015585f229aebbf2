"""Children start, become ready, and end with all that they started, however the app ends."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from studyapp.runner import orphans
from studyapp.runner.processes import ProcessError, Supervisor
from tests.runner.conftest import until

SLEEP = "import time; print('up', flush=True); time.sleep(600)"
# a child that will not hear TERM, and a grandchild that left its group, its session, its parent and its environment
STUBBORN = f"""
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
subprocess.Popen(["sh", "-c", "sleep 601 & sleep 602"], start_new_session=True, env={{"PATH": os.environ["PATH"]}})
print("up", flush=True)
time.sleep(600)
"""
APP = Path(__file__).with_name("living_app.py")


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path, grace=0.5) as supervisor:
        yield supervisor


def printed(supervisor: Supervisor) -> bool:
    return any(path.read_text().strip() for path in supervisor.logs.glob("*.log"))


def below(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def test_a_child_runs_in_a_group_of_its_own_until_it_is_stopped(supervisor: Supervisor, tmp_path: Path) -> None:
    child = supervisor.start(
        "sleeper", [sys.executable, "-c", SLEEP], tmp_path, os.environ, lambda: printed(supervisor)
    )
    assert child.running
    assert os.getpgid(child.pid) == child.pid != os.getpgrp()
    assert child.tail() == ["up"]
    assert [process.pid for process in orphans.left_below(tmp_path)].count(child.pid) == 1
    supervisor.stop()
    assert not child.running
    assert child.status == 128 + signal.SIGTERM
    assert orphans.left_below(tmp_path) == []
    assert list(supervisor.records.iterdir()) == []


def test_what_a_child_started_ends_with_it_however_it_hides(supervisor: Supervisor, tmp_path: Path) -> None:
    child = supervisor.start(
        "family", [sys.executable, "-c", STUBBORN], tmp_path, os.environ, lambda: printed(supervisor)
    )
    assert until(lambda: len(below(child._guardian.pid)) >= 5)
    pids = [process.pid for process in below(child._guardian.pid)]
    child.stop()
    assert alive(pids) == []
    assert child.status == 128 + signal.SIGKILL


def test_a_child_that_ends_by_itself_takes_what_it_started_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    code = "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True); raise SystemExit(7)"
    child = supervisor.start("short", [sys.executable, "-c", code], tmp_path, os.environ)
    assert child.wait(20) == 7
    assert orphans.left_below(tmp_path) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('no port'); raise SystemExit(3)", r"ended with status 3 while starting(.|\n)*no port"),
        ("import time; time.sleep(600)", "was not ready after 0 s; it printed nothing"),
    ],
)
def test_a_child_that_does_not_become_ready_is_not_left_running(
    supervisor: Supervisor, tmp_path: Path, code: str, said: str
) -> None:
    seconds = 0.4 if "sleep" in code else 30
    with pytest.raises(ProcessError, match=said):
        supervisor.start("service", [sys.executable, "-c", code], tmp_path, os.environ, lambda: False, seconds=seconds)
    assert orphans.left_below(tmp_path) == []
    assert supervisor.children == []


def test_a_program_that_is_not_there_is_named(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match=r"redis cannot be started: No such file or directory.*no-such-server"):
        supervisor.start("redis", ["no-such-server"], tmp_path, os.environ)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ProcessError, match=r"cannot be started: .*data/run: Not a directory"):
        Supervisor(tmp_path / "data").start("x", ["true"], tmp_path, os.environ)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder; whatever a failing test left there is ended."""
    yield tmp_path
    for process in orphans.left_below(tmp_path):
        process.kill()


def app(data: Path, code: str, *more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, str(APP), str(data), code, *more], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("code", [SLEEP, STUBBORN])
def test_nothing_is_left_after_sigkill_of_the_app(data: Path, code: str) -> None:
    with app(data, code) as running:
        assert running.stdout is not None
        child, guardian = map(int, running.stdout.readline().split())
        assert until(lambda: len(below(guardian)) >= (5 if code == STUBBORN else 1))
        pids = [child, guardian, *(process.pid for process in below(guardian))]
        running.kill()
    assert until(lambda: not alive(pids)), alive(pids)
    assert orphans.left_below(data) == []


def test_nothing_is_left_whenever_in_its_start_the_app_is_killed(data: Path) -> None:
    rng = random.Random(3)
    for _ in range(6):
        with app(data, SLEEP) as starting:
            time.sleep(rng.uniform(0, 0.4))  # the moment is the point: any of them must do
            starting.kill()
    assert until(lambda: not orphans.left_below(data)), orphans.left_below(data)


def test_nothing_is_left_when_the_app_forgets_to_stop(data: Path) -> None:
    with app(data, SLEEP, "leaves") as running:
        assert running.wait(20) == 0
    assert until(lambda: not orphans.left_below(data))


def test_a_sweep_ends_what_lost_its_guardian_too(data: Path) -> None:
    with app(data, SLEEP) as running:
        assert running.stdout is not None
        child, guardian = map(int, running.stdout.readline().split())
        os.kill(guardian, signal.SIGKILL)
        running.kill()
    assert until(lambda: not alive([guardian]))
    assert alive([child]) == [child]
    assert len(Supervisor(data).sweep()) == 1
    assert alive([child]) == []
    assert Supervisor(data).sweep() == []


def test_two_apps_leave_each_others_children_alone(data: Path) -> None:
    with app(data, SLEEP) as other, Supervisor(data) as mine:
        assert other.stdout is not None
        theirs = int(other.stdout.readline().split()[0])
        own = mine.start("own", [sys.executable, "-c", SLEEP], data, os.environ)
        assert mine.sweep() == []
        mine.stop()
        assert alive([theirs, own.pid]) == [theirs]
        other.kill()
    assert until(lambda: not alive([theirs]))


def test_old_logs_go_and_a_huge_one_is_read_from_its_end(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.logs.mkdir()
    for number in range(40):
        (supervisor.logs / f"old-{number:02}.log").write_text("old")
    code = "print('x' * 300_000); print('last')"
    child = supervisor.start("talker", [sys.executable, "-c", code], tmp_path, os.environ)
    child.wait(20)
    assert child.tail(1) == ["last"]
    assert len(list(supervisor.logs.iterdir())) <= 21
