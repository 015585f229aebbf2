"""Blue-green and shadow releases: nothing happens that was not recorded, checked or seen by the right people."""

from __future__ import annotations

import errno
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from recsys.rollout import NEW, OLD, AuditTrail, BlueGreen, BlueGreenRelease, CanaryPolicy, Meter, Terms, release_by

POLICY = CanaryPolicy(window=10, patience=100, min_requests=50, max_latency_factor=50, max_quality_loss=None)


class Setting:
    """A blue-green release, its clock, and what each version shows."""

    def __init__(self, audit: AuditTrail, policy: CanaryPolicy = POLICY) -> None:
        self.now, self.is_healthy, self.promoted = 0.0, True, 0
        self.pair, self.meters = BlueGreen("old", "new"), {"old": Meter(), "new": Meter()}
        self.release = BlueGreenRelease(
            policy, self.pair, self.meters, audit, lambda: self.now, self.promote, lambda name: self.is_healthy
        )

    def promote(self) -> None:
        self.promoted += 1

    def show(self, name: str, answers: int, failed: int = 0) -> None:
        for number in range(answers):
            self.meters[name].record(failed=number < failed, latency=0.01)

    def after(self, seconds: float) -> str:
        self.now += seconds
        return self.release.tick().outcome


@pytest.fixture
def audit(tmp_path: Path) -> AuditTrail:
    return AuditTrail(tmp_path / "audit.jsonl")


def actions(audit: AuditTrail) -> list[str]:
    return [entry.action for entry in audit.entries()]


def test_everybody_is_switched_after_a_baseline_and_promoted_after_a_window(audit: AuditTrail) -> None:
    fixture = Setting(audit)
    fixture.show("old", 60)
    assert (fixture.after(9), fixture.pair.live) == ("running", "old")
    assert (fixture.after(1), fixture.pair.live) == ("running", "new")
    fixture.show("new", 60)
    assert (fixture.after(9), fixture.promoted) == ("running", 0)
    assert (fixture.after(1), fixture.promoted, fixture.pair.live) == ("promoted", 1, "new")
    assert (fixture.after(99), fixture.promoted) == ("promoted", 1)
    assert actions(audit) == ["baseline", "switch", "promote"]


def test_a_fault_after_the_switch_brings_everybody_back_before_the_window_is_over(audit: AuditTrail) -> None:
    fixture = Setting(audit)
    fixture.show("old", 60)
    fixture.after(10)
    fixture.show("new", 20, failed=20)
    assert (fixture.after(0.1), fixture.pair.live, fixture.promoted) == ("rolled back", "old", 0)
    assert actions(audit) == ["baseline", "switch", "rollback"]
    assert "errors fail: 100.00% against 0.00%" in str(audit.entries()[-1].details["evidence"])


def test_nobody_is_switched_to_a_version_that_is_not_healthy(audit: AuditTrail) -> None:
    fixture = Setting(audit)
    fixture.is_healthy = False
    fixture.show("old", 60)
    assert (fixture.after(10), fixture.pair.live) == ("rolled back", "old")
    assert actions(audit) == ["baseline", "rollback"]


def test_without_enough_traffic_to_compare_with_there_is_no_switch(audit: AuditTrail) -> None:
    fixture = Setting(audit)
    fixture.show("old", 49)
    assert fixture.after(99) == "running"
    assert (fixture.after(1), fixture.pair.live) == ("rolled back", "old")
    assert "49 requests are too few" in str(audit.entries()[-1].details["evidence"])


def test_a_new_version_that_nobody_asks_is_not_promoted(audit: AuditTrail) -> None:
    fixture = Setting(audit)
    fixture.show("old", 60)
    fixture.after(10)
    assert (fixture.after(99), fixture.after(1), fixture.pair.live) == ("running", "rolled back", "old")


def test_a_switch_that_cannot_be_recorded_does_not_happen(audit: AuditTrail, monkeypatch: pytest.MonkeyPatch) -> None:
    fixture = Setting(audit)
    fixture.show("old", 60)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", full)
        with pytest.raises(OSError, match="No space"):
            fixture.after(10)
        assert fixture.pair.live == "old"
    assert (fixture.after(1), fixture.pair.live) == ("running", "new")


class Version(ThreadingHTTPServer):
    """A stand-in for a version of the service that always recommends the same."""

    daemon_threads = True

    def __init__(self, items: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = json.dumps({"user": "u", "items": [{"item": item} for item in items]}).encode()
        self.status, self.asked = 200, 0


class _Handler(BaseHTTPRequestHandler):
    server: Version

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def versions() -> Iterator[dict[str, Version]]:
    """The new version agrees with the old one in half of its items."""
    found = {OLD: Version(["a", "b", "c", "d"]), NEW: Version(["a", "b", "x", "y"])}
    with ExitStack() as stack:
        for version in found.values():
            threading.Thread(target=version.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            stack.callback(version.server_close)
            stack.callback(version.shutdown)
        yield found


def ask(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", path, b'{"user": "u"}')
    with connection.getresponse() as response:
        return response.read()


def shadowed(versions: dict[str, Version], audit: AuditTrail, min_agreement: float) -> tuple[str, set[bytes]]:
    """How a shadow release under traffic ends, and what the users got."""
    policy = CanaryPolicy(window=0.1, patience=60, min_requests=30, max_latency_factor=1000, max_quality_loss=None)
    terms = Terms(policy, audit, lambda: None, lambda port: True, min_agreement)
    ports, seen = {name: version.server_port for name, version in versions.items()}, set[bytes]()
    with release_by("shadow", ports, terms) as (splitter, release):
        deadline = time.monotonic() + 60
        while (outcome := release.tick().outcome) == "running":
            assert time.monotonic() < deadline
            seen.add(ask(splitter.server_port, "/v1/recommendations"))
            seen.add(ask(splitter.server_port, "/v1/events"))
    return outcome, seen


@pytest.mark.parametrize(("limit", "outcome"), [(0.5, "promoted"), (0.51, "rolled back")])
def test_a_shadow_is_judged_by_agreement_and_no_user_sees_it(
    versions: dict[str, Version], audit: AuditTrail, limit: float, outcome: str
) -> None:
    assert shadowed(versions, audit, limit) == (outcome, {versions[OLD].answer})
    assert 30 <= versions[NEW].asked <= versions[OLD].asked / 2, "reads alone are mirrored"
    assert "50% of the items are in both lists" in str(audit.entries()[-1].details["evidence"])


def test_a_shadow_that_fails_is_turned_down_for_its_errors(versions: dict[str, Version], audit: AuditTrail) -> None:
    versions[NEW].status, versions[NEW].answer = 503, b"{}"
    assert shadowed(versions, audit, 0.1) == ("rolled back", {versions[OLD].answer})
    assert "errors fail" in str(audit.entries()[-1].details["evidence"])
