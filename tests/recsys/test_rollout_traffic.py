"""Routing, the audit trail, shadow copies."""

import json
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from recsys.rollout import AuditTrail, BlueGreen, BrokenTrailError, CanarySplit, Shadow, overlap

KEYS = [f"user-{i}" for i in range(10_000)]


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_growing_canary_takes_keys_and_gives_none_back(key: str, one: float, other: float) -> None:
    small, large = (CanarySplit("v1", "v2", weight) for weight in sorted((one, other)))
    assert small.route(key) == ("v1",) or large.route(key) == ("v2", "v1")


def test_the_canary_gets_its_share_and_nothing_at_zero() -> None:
    split = CanarySplit("v1", "v2", 0.05)
    share = sum(split.route(key)[0] == "v2" for key in KEYS)
    assert stats.binomtest(share, len(KEYS), 0.05).pvalue > 0.001
    split.weight = 0.0
    assert {split.route(key) for key in KEYS} == {("v1",)}
    split.weight = 1.0
    assert {split.route(key) for key in KEYS} == {("v2", "v1")}


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_share_lies_between_none_and_all(weight: float) -> None:
    with pytest.raises(ValueError, match="share of traffic"):
        CanarySplit("v1", "v2", weight)


def test_blue_green_switches_only_to_a_healthy_version_and_back_without_asking() -> None:
    pair = BlueGreen("blue", "green")
    assert not pair.switch(lambda _: False)
    assert pair.route("anyone") == ("blue",)
    assert pair.switch(lambda name: name == "green")
    assert (pair.live, pair.idle) == ("green", "blue")
    pair.rollback()
    assert pair.live == "blue"


@pytest.fixture
def trail(tmp_path: Path) -> AuditTrail:
    trail = AuditTrail(tmp_path / "audit.jsonl", clock=lambda: 7.0)
    for step in range(3):
        trail.record("ci", "step", weight=step / 10)
    return trail


def test_the_trail_says_who_what_when_and_from_which_evidence(trail: AuditTrail, tmp_path: Path) -> None:
    last = trail.entries()[-1]
    assert (last.at, last.actor, last.action, last.details) == (7.0, "ci", "step", {"weight": 0.2})
    reopened = AuditTrail(tmp_path / "audit.jsonl", clock=lambda: 8.0)
    reopened.record("dana", "promote")
    assert len(reopened.entries()) == 4
    reopened.verify()


@pytest.mark.parametrize("damage", ["edit", "remove", "swap"])
def test_a_rewritten_past_is_found(trail: AuditTrail, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "audit.jsonl"
    lines = path.read_text().splitlines()
    if damage == "edit":
        lines[0] = lines[0].replace('"ci"', '"dana"')
    elif damage == "remove":
        del lines[1]
    else:
        lines[0], lines[1] = lines[1], lines[0]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(BrokenTrailError, match=r"audit\.jsonl:\d"):
        trail.verify()
    with pytest.raises(BrokenTrailError):
        AuditTrail(path)


def test_entries_from_many_threads_form_one_chain(trail: AuditTrail) -> None:
    threads = [threading.Thread(target=lambda: trail.record("ci", "tick")) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trail.verify()
    assert len(trail.entries()) == 19


def test_what_cannot_be_stored_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="audit"):
        AuditTrail(tmp_path / "missing" / "audit.jsonl").record("ci", "promote")


def compare(answer: str, other: str) -> float:
    return overlap(json.loads(answer), json.loads(other))


def test_shadow_compares_answers_nobody_waits_for() -> None:
    def challenger(request: str) -> str:
        if request == "crash":
            raise RuntimeError(request)
        return '["a", "b", "x", "y"]'

    with Shadow(challenger, compare) as shadow:
        assert shadow.mirror("ask", '["a", "b", "c", "d"]')
        assert shadow.mirror("crash", "[]")
    report = shadow.report()
    assert (report.compared, report.failed, report.dropped, report.agreement) == (1, 1, 0, 0.5)


def test_a_stuck_shadow_drops_copies_instead_of_holding_up_requests() -> None:
    release = threading.Event()

    def stuck(_: str) -> str:
        release.wait(timeout=30)
        return "[]"

    with Shadow(stuck, compare, threads=1, max_pending=3) as shadow:
        accepted = [shadow.mirror("ask", "[]") for _ in range(10)]
        release.set()
    assert accepted == [True] * 3 + [False] * 7
    assert (shadow.report().compared, shadow.report().dropped) == (3, 7)


def test_a_finished_copy_makes_room_for_the_next() -> None:
    def challenger(request: int) -> str:
        if request % 2:
            raise RuntimeError(request)
        return "[]"

    with Shadow(challenger, compare, max_pending=1) as shadow:
        for request in range(6):
            assert shadow.mirror(request, "[]")
            deadline = time.monotonic() + 10
            while shadow.report().pending:
                assert time.monotonic() < deadline
                time.sleep(0.001)
    assert (shadow.report().compared, shadow.report().failed) == (3, 3)


def test_overlap_is_the_share_in_common() -> None:
    assert overlap(["a", "b"], ["b", "a"]) == 1.0
    assert overlap(["a", "b"], ["c"]) == 0.0
    assert overlap([], []) == 1.0
