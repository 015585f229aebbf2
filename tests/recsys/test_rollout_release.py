"""Two real versions behind the splitter: a good one is promoted, a bad one is rolled back, users notice neither."""

import errno
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from recsys.registry import Lineage, Registry
from recsys.rollout import AuditTrail, BlueGreen, CanaryPolicy, CanaryRelease, CanarySplit, Entry, Meter, Splitter

POLICY = CanaryPolicy(
    steps=(0.2, 0.5),
    window=10,
    patience=100,
    min_requests=60,
    max_latency_factor=5,  # a busy machine is no fault of the canary
    max_quality_loss=None,
)
READ = "/v1/recommendations"


class Version(ThreadingHTTPServer):
    """A stand-in for one version of the service: answers its name, or what it is told to."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, name: str, status: int = 200, delay: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.name, self.status, self.delay = name, status, delay
        self.asked: list[tuple[str, str, bytes, dict[str, str]]] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Version

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, body, dict(self.headers.items())))
        time.sleep(self.server.delay)
        answer = json.dumps({"version": self.server.name}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Keep-Alive", "timeout=5")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = _answer

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(*versions: Version) -> Iterator[dict[str, int]]:
    with ExitStack() as stack:
        for version in versions:
            threading.Thread(target=version.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            stack.callback(version.server_close)
            stack.callback(version.shutdown)
        yield {version.name: version.server_port for version in versions}


def send(
    splitter: Splitter, method: str = "POST", path: str = READ, body: bytes = b"{}", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", splitter.server_port, timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def load(splitter: Splitter, requests: int, start: int = 0) -> list[int]:
    return [send(splitter, X_User_Id=f"u{i}")[0] for i in range(start, start + requests)]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path / "registry")
    for number in (1, 2):
        folder = tmp_path / f"model-{number}"
        folder.mkdir()
        np.savez(folder / "items.npz", embeddings=np.full(3, float(number)))
        version = registry.register(folder, Lineage("data", f"code-{number}"))
        if number == 1:
            registry.set_alias("champion", version)
    return registry


def release(splitter: Splitter, split: CanarySplit, registry: Registry, audit: AuditTrail) -> tuple[str, list[int]]:
    """Drive a release with real requests and a clock of our own; its outcome and every status that users saw."""
    now = [0.0]
    meters = splitter.meters["v1"], splitter.meters["v2"]
    canary = CanaryRelease(
        POLICY, split, meters, audit, lambda: now[0], lambda: registry.set_alias("champion", registry.get(2))
    )
    statuses: list[int] = []
    while canary.progress.outcome == "running" and len(statuses) < 3000:
        statuses += load(splitter, 40, len(statuses))
        now[0] += 2.0
        canary.tick()
    return canary.progress.outcome, statuses


def test_a_good_version_is_promoted(registry: Registry, tmp_path: Path) -> None:
    audit = AuditTrail(tmp_path / "audit.jsonl")
    split = CanarySplit("v1", "v2")
    with serving(Version("v1"), Version("v2")) as ports, Splitter(split, ports) as splitter, splitter.running():
        outcome, statuses = release(splitter, split, registry, audit)
    assert outcome == "promoted"
    assert set(statuses) == {200}
    assert registry.resolve("champion").number == 2
    assert [entry.action for entry in audit.entries()] == ["step", "step", "promote"]
    assert split.weight == 1.0


def test_a_broken_version_is_rolled_back_and_users_see_no_error(registry: Registry, tmp_path: Path) -> None:
    audit = AuditTrail(tmp_path / "audit.jsonl")
    split = CanarySplit("v1", "v2")
    versions = Version("v1"), Version("v2", status=500)
    with serving(*versions) as ports, Splitter(split, ports) as splitter, splitter.running():
        outcome, statuses = release(splitter, split, registry, audit)
    assert outcome == "rolled back"
    assert set(statuses) == {200}
    assert len(statuses) <= 120
    assert registry.resolve("champion").number == 1
    assert split.weight == 0.0
    assert audit.entries()[-1].action == "rollback"
    assert "errors fail: 100.00%" in str(audit.entries()[-1].details["evidence"])


def test_a_version_that_refuses_sound_requests_is_rolled_back(registry: Registry, tmp_path: Path) -> None:
    split = CanarySplit("v1", "v2")
    versions = Version("v1"), Version("v2", status=401)
    with serving(*versions) as ports, Splitter(split, ports) as splitter, splitter.running():
        outcome, statuses = release(splitter, split, registry, AuditTrail(tmp_path / "audit.jsonl"))
    assert outcome == "rolled back"
    assert set(statuses) == {200, 401}  # a refusal is an answer: it is not asked for again elsewhere


def test_a_slow_version_is_rolled_back(registry: Registry, tmp_path: Path) -> None:
    split = CanarySplit("v1", "v2")
    audit = AuditTrail(tmp_path / "audit.jsonl")
    versions = Version("v1"), Version("v2", delay=0.05)
    with serving(*versions) as ports, Splitter(split, ports) as splitter, splitter.running():
        outcome, _ = release(splitter, split, registry, audit)
    assert outcome == "rolled back"
    assert "latency fail" in str(audit.entries()[-1].details["evidence"])


def silent(audit: AuditTrail, split: CanarySplit, promoted: list[bool]) -> tuple[CanaryRelease, list[float]]:
    """A release over meters that are filled by hand, and its clock."""
    now = [0.0]
    meters = Meter(), Meter()
    release = CanaryRelease(POLICY, split, meters, audit, lambda: now[0], lambda: promoted.append(True))
    return release, now


def fill(release: CanaryRelease, *, failed: bool) -> None:
    for meter, fails in zip(release.meters, (False, failed), strict=True):
        for _ in range(100):
            meter.record(failed=fails, latency=0.01)


def test_each_step_is_judged_on_its_own_traffic(tmp_path: Path) -> None:
    split = CanarySplit("v1", "v2")
    release, now = silent(AuditTrail(tmp_path / "audit.jsonl"), split, [])
    fill(release, failed=False)
    now[0] = 10.0
    assert release.tick().step == 1
    assert split.weight == 0.5
    assert [meter.read().requests for meter in release.meters] == [0, 0]


class FullDisk(AuditTrail):
    """A trail that takes its first entry and no more."""

    def record(self, actor: str, action: str, **details: object) -> Entry:
        if action != "step":
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().record(actor, action, **details)


def test_what_cannot_be_recorded_is_not_promoted_but_rolled_back_all_the_same(tmp_path: Path) -> None:
    promoted: list[bool] = []
    split = CanarySplit("v1", "v2")
    release, now = silent(FullDisk(tmp_path / "a.jsonl"), split, promoted)
    for _ in POLICY.steps[1:]:
        fill(release, failed=False)
        now[0] += 10.0
        release.tick()
    fill(release, failed=False)
    now[0] += 10.0
    with pytest.raises(OSError, match="No space"):
        release.tick()
    assert (promoted, release.progress.outcome) == ([], "running")
    assert split.weight == POLICY.steps[-1]
    bad = CanarySplit("v1", "v2")
    release, _ = silent(FullDisk(tmp_path / "b.jsonl"), bad, promoted)
    fill(release, failed=True)
    with pytest.raises(OSError, match="No space"):
        release.tick()
    assert bad.weight == 0.0


def test_a_dead_canary_costs_users_nothing_and_itself_its_place() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()[1]
    with serving(Version("v1")) as ports:
        splitter = Splitter(CanarySplit("v1", "v2", 1.0), {**ports, "v2": dead})
        with splitter.running():
            status, headers, _ = send(splitter)
    assert (status, headers["X-Served-By"]) == (200, "v1")
    assert splitter.meters["v2"].read().errors == 1


def test_a_write_is_never_sent_twice() -> None:
    old, new = Version("v1"), Version("v2", status=503)
    with serving(old, new) as ports, (splitter := Splitter(CanarySplit("v1", "v2", 1.0), ports)).running():
        assert send(splitter, path="/v1/events")[0] == 503
    assert (len(old.asked), len(new.asked)) == (0, 1)


def test_a_user_stays_on_one_version() -> None:
    split = CanarySplit("v1", "v2", 0.5)
    with serving(Version("v1"), Version("v2")) as ports, Splitter(split, ports) as splitter, splitter.running():
        served = {u: {send(splitter, X_User_Id=u)[1]["X-Served-By"] for _ in range(3)} for u in map(str, range(20))}
    assert all(len(versions) == 1 for versions in served.values())
    assert {version for versions in served.values() for version in versions} == {"v1", "v2"}


def test_blue_green_switches_everybody_at_once() -> None:
    pair = BlueGreen("v1", "v2")
    with serving(Version("v1"), Version("v2")) as ports, (splitter := Splitter(pair, ports)).running():
        assert json.loads(send(splitter)[2]) == {"version": "v1"}
        assert pair.switch(lambda _: True)
        assert json.loads(send(splitter)[2]) == {"version": "v2"}


def test_the_request_arrives_as_it_was_sent_without_what_belongs_to_one_hop() -> None:
    version = Version("v1")
    with serving(version) as ports, (splitter := Splitter(BlueGreen("v1", "v1"), ports)).running():
        status, headers, _ = send(
            splitter, path=f"{READ}?k=3", body=b'{"user": "\xc3\xa4"}', X_Trace="t1", Connection="X-Hop", X_Hop="1"
        )
        head = send(splitter, method="HEAD", path="/health/live")
    method, path, body, sent = version.asked[0]
    assert (status, method, path, body) == (200, "POST", f"{READ}?k=3", b'{"user": "\xc3\xa4"}')
    assert sent["X-Trace"] == "t1"
    assert "X-Hop" not in sent
    assert "Keep-Alive" not in headers
    assert head[1]["Content-Length"] == str(len('{"version": "v1"}'))
    assert head[2] == b""


def raw(splitter: Splitter, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", splitter.server_port), timeout=10) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n", b"413"),
        (b"POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"411"),
        (b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"GET /\x7f HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Bad: a\r\n b: c\r\n\r\n", b"400"),
    ],
)
def test_hostile_requests_are_refused_before_any_version_is_blamed(request_: bytes, status: bytes) -> None:
    version = Version("v1")
    with serving(version) as ports, (splitter := Splitter(BlueGreen("v1", "v1"), ports)).running():
        assert raw(splitter, request_).split()[1] == status
        assert send(splitter)[0] == 200
    assert len(version.asked) == 1
    assert splitter.meters["v1"].read().errors == 0


def test_a_version_that_hangs_is_given_up() -> None:
    versions, split = (Version("v1"), Version("v2", delay=30)), CanarySplit("v1", "v2", 1.0)
    with serving(*versions) as ports, Splitter(split, ports, timeout=0.2) as splitter, splitter.running():
        assert send(splitter)[1]["X-Served-By"] == "v1"
    assert splitter.meters["v2"].read().errors == 1
