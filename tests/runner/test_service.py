"""The service of a workspace starts, says what it does, takes load, says why it does not start, and leaves nothing."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studyapp.runner import orphans
from studyapp.runner.breakage import faults, why
from studyapp.runner.client import Client
from studyapp.runner.processes import Supervisor
from studyapp.runner.service import REFERENCE, TENANTS, Service, ServiceError, reference
from studyapp.runner.traffic import Traffic
from studyapp.runner.workspace import Workspace, WorkspaceError
from tests.runner.conftest import until
from tests.runner.serving import LABS, Launched

pytestmark = pytest.mark.xdist_group("service")


def test_it_tells_how_far_it_is_and_then_answers_every_tenant(launched: Launched) -> None:
    service = launched.service
    said = "\n".join(launched.said)
    assert "trained acme: version 1" in said
    assert "store: " in said
    assert service.url.startswith("http://127.0.0.1:")
    for tenant in TENANTS:
        assert len(service.client.recommend("u1", tenant).json["items"]) == 10
    assert Client(service.client.port, {"acme": "rk_wrong"}).recommend("u1").status == 401
    assert not [key for key in service.keys.values() if key in service.child.log.read_text()]


def test_its_state_is_kept_with_the_workspace(launched: Launched) -> None:
    state = launched.workspace.home / "state"
    assert (state / "models" / "acme").is_dir()
    assert state.parent == launched.workspace.path.parent


def test_one_workspace_serves_once(launched: Launched) -> None:
    with pytest.raises(ServiceError, match="service of alpha is running already, in another studyapp; stop that one"):
        Service.launch(launched.workspace, launched.supervisor)
    assert launched.service.client.ready()


def test_load_keeps_its_rate_until_it_is_turned(launched: Launched) -> None:
    client = launched.service.client
    before = client.metrics()
    with Traffic(client, 0, seconds=60, rng=random.Random(1)) as traffic:
        assert not until(lambda: traffic.tally.answered > 0, 0.3)
        traffic.rate = 200
        assert until(lambda: traffic.tally.answered > 60)
        traffic.rate = 0
    assert not traffic.running
    grown = sum(n for labels, n in client.metrics().of("requests_total") if labels["route"] == "/v1/recommendations")
    grown -= sum(n for labels, n in before.of("requests_total") if labels["route"] == "/v1/recommendations")
    assert grown == traffic.tally.answered


def test_load_ends_by_itself(launched: Launched) -> None:
    with Traffic(launched.service.client, 50, seconds=0.3, rng=random.Random(1)) as traffic:
        assert until(lambda: not traffic.running)


def test_load_counts_the_time_that_requests_waited_to_be_sent(launched: Launched) -> None:
    """One sender, a service that stands still: all that fell due meanwhile were late, not only the one on its way."""
    client, pid = launched.service.client, launched.service.child.pid
    with Traffic(client, 100, seconds=60, rng=random.Random(1), senders=1) as traffic:
        assert until(lambda: traffic.tally.answered > 5)
        os.kill(pid, signal.SIGSTOP)
        try:
            waiting = traffic._due
            assert until(lambda: waiting.qsize() > 40)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert until(lambda: waiting.qsize() == 0)
    assert sum(seconds > 0.1 for seconds in traffic.tally.seconds) > 20


@pytest.fixture
def copy(launched: Launched, tmp_path: Path) -> Workspace:
    """A workspace of the reference, with models, to be broken."""
    place = reference(LABS, tmp_path)
    kept = launched.workspace.home / "state"
    shutil.copytree(kept, place.home / "state", ignore=shutil.ignore_patterns("journal", "keys.json"))
    return place


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path, grace=2) as supervisor:
        yield supervisor


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("recsys/cache.py", "x = 1\ndef get(:\n", r"does not start: recsys/cache.py:2: SyntaxError: invalid syntax"),
        ("recsys/tenancy.py", "import nowhere_to_be_found\n", r"package nowhere_to_be_found is not installed"),
    ],
)
def test_what_the_learner_broke_is_named(
    copy: Workspace, supervisor: Supervisor, file: str, text: str, said: str
) -> None:
    (copy.path / file).write_text(text, "utf-8")
    with pytest.raises(ServiceError, match=said):
        Service.launch(copy, supervisor)
    assert orphans.left_below(copy.data_root) == []


def test_what_fails_while_it_serves_is_read_from_its_log(copy: Workspace, supervisor: Supervisor) -> None:
    cache = copy.path / "recsys" / "cache.py"
    cache.write_text(
        cache.read_text("utf-8").replace("    def get(", "    def get(self, *_):\n        1 / 0\n\n    def _get(")
    )
    line = next(n for n, text in enumerate(cache.read_text("utf-8").splitlines(), 1) if "1 / 0" in text)
    with Service.launch(copy, supervisor) as service:
        assert service.client.recommend("u1").status == 503
        assert until(lambda: faults(service.child.tail()) == [f"ZeroDivisionError at cache.py:{line}"])


def test_a_port_that_is_taken_is_named(copy: Workspace, supervisor: Supervisor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ServiceError, match="the port is taken"):
        Service.launch(copy, supervisor, port=taken.getsockname()[1])
    assert orphans.left_below(copy.data_root) == []


def test_a_workspace_that_is_not_there_is_named(tmp_path: Path, supervisor: Supervisor) -> None:
    with pytest.raises(WorkspaceError, match="is not started"):
        Service.launch(Workspace(REFERENCE, LABS, tmp_path), supervisor)


def test_what_is_not_written_yet_is_told_with_its_line(tmp_path: Path) -> None:
    log = [
        "Traceback (most recent call last):",
        f'  File "{tmp_path}/recsys/cache.py", line 33, in put',
        '  File "/usr/lib/python3/somewhere.py", line 4, in call',
        "NotImplementedError: step 2: keep it",
    ]
    assert why(log, tmp_path) == "recsys/cache.py:33: not written yet: step 2: keep it"
    assert why(["recsys: REDIS_URL is set but does not answer"], tmp_path) == "REDIS_URL is set but does not answer"
    starter = tmp_path / "recsys" / "cache.py"
    starter.parent.mkdir()
    starter.write_text("def get():\n    raise NotImplementedError('step 1: look it up')\n", "utf-8")
    assert why(["recsys: step 1: look it up"], tmp_path) == "recsys/cache.py:2: not written yet: step 1: look it up"
    assert why(["all is well"], tmp_path) == ""


@pytest.mark.parametrize(
    ("awaited", "number", "status"),
    [("requests/s  p50", signal.SIGINT, 0), ("listens on http://127.0.0.1:", signal.SIGKILL, -signal.SIGKILL)],
)
def test_nothing_is_left_when_the_command_ends(
    copy: Workspace, awaited: str, number: signal.Signals, status: int
) -> None:
    data = copy.data_root
    scratch = data / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "studyapp", "lab", "launch", "--rate", "20"]
    env = {**os.environ, "STUDYAPP_HOME": str(data), "TMPDIR": str(scratch)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert any(awaited in line for line in running.stdout)
        assert len(orphans.left_below(data)) >= 2
        running.send_signal(number)
        assert running.wait(30) == status
    assert until(lambda: not orphans.left_below(data)), orphans.left_below(data)
    assert until(lambda: not list((data / "run").iterdir()))
    assert list(scratch.iterdir()) == []
