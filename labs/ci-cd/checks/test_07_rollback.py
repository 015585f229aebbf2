"""Step 7: a canary steps up, is promoted or rolled back, and what protects users comes first."""

import contextlib
import errno

import pytest

from recsys.rollout.audit import AuditTrail
from recsys.rollout.canary import CanaryPolicy, Progress, advance
from recsys.rollout.measurement import Meter
from recsys.rollout.release import CanaryRelease
from recsys.rollout.traffic import CanarySplit

POLICY = CanaryPolicy(
    steps=(0.05, 0.25, 1.0), window=60, patience=600, min_requests=60, max_latency_factor=5, max_quality_loss=None
)


def run(states):
    """(step, outcome) after each minute's verdict."""
    progress, seen = Progress(0, 0.0), []
    for minute, state in enumerate(states, start=1):
        progress = advance(POLICY, progress, state, 60.0 * minute)
        seen.append((progress.step, progress.outcome))
    return seen


def test_it_steps_up_and_is_promoted():
    expected = [(1, "running"), (2, "running"), (2, "promoted")]
    assert run(["pass"] * 3) == expected, "three steps, each passes after its window of 60 s"


def test_a_pass_waits_for_the_window():
    early = advance(POLICY, Progress(0, 0.0), "pass", 59.9)
    assert early == Progress(0, 0.0), "pass after 59.9 s of a window of 60 s"
    assert advance(POLICY, Progress(0, 0.0), "pass", 60.0) == Progress(1, 60.0), (
        "pass after 60 s: the next step begins now"
    )


def test_a_failure_acts_at_once_and_for_good():
    assert advance(POLICY, Progress(1, 0.0), "fail", 1.0).outcome == "rolled back", "fail after 1 s of a window of 60 s"
    assert run(["fail", "pass", "pass"])[-1] == (0, "rolled back"), "fail, then pass: what is rolled back stays so"


def test_waiting_ends_with_patience():
    assert run(["wait"] * 9)[-1] == (0, "running"), "nine minutes without a verdict, ten are allowed"
    assert run(["wait"] * 10)[-1] == (0, "rolled back"), "ten minutes without a verdict: unproven is not good enough"


class Trail(AuditTrail):
    """Notes what the traffic was when an entry was made; may refuse entries, as a full disk does."""

    def __init__(self, path, split, refuse=""):
        super().__init__(path)
        self.split, self.refuse, self.weights = split, refuse, []

    def record(self, actor, action, **details):
        if action == self.refuse:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.weights.append((action, self.split.weight))
        return super().record(actor, action, **details)


class Canary:
    """A release over meters that are filled by hand, and its clock."""

    def __init__(self, path, refuse="", promotes=None):
        self.now, self.promoted = 0.0, []
        self.split = CanarySplit("v1", "v2")
        self.audit = Trail(path / "audit.jsonl", self.split, refuse)
        promote = promotes or (lambda: self.promoted.append([entry.action for entry in self.audit.entries()]))
        meters = Meter(), Meter()
        self.release = CanaryRelease(POLICY, self.split, meters, self.audit, lambda: self.now, promote)

    def minute(self, failed=False):
        """A minute of traffic, then a tick; the outcome."""
        for meter, fails in zip(self.release.meters, (False, failed), strict=True):
            for _ in range(100):
                meter.record(failed=fails, latency=0.01)
        self.now += 60.0
        return self.release.tick().outcome

    @property
    def actions(self):
        return [entry.action for entry in self.audit.entries()]


def test_a_good_version_goes_up_step_by_step(tmp_path):
    canary, weights = Canary(tmp_path), []
    for _ in range(3):
        weights.append(canary.split.weight)
        outcome = canary.minute()
    assert (weights, outcome) == ([0.05, 0.25, 1.0], "promoted"), "(weight of each step, outcome) of a good version"
    assert canary.actions == ["step", "step", "step", "promote"], "what the audit trail has of it"
    assert len(canary.promoted) == 1, "how often it was promoted"
    assert canary.split.weight == 1.0, "its share of traffic afterwards"


def test_each_step_is_judged_on_its_own_traffic(tmp_path):
    canary = Canary(tmp_path)
    canary.minute()
    requests = [meter.read().requests for meter in canary.release.meters]
    assert requests == [0, 0], "requests in the meters when the second step begins: windows are not pooled"


def test_a_bad_version_loses_its_traffic(tmp_path):
    canary = Canary(tmp_path)
    assert canary.minute(failed=True) == "rolled back", "the outcome for a version whose every request fails"
    assert canary.split.weight == 0.0, "its share of traffic afterwards"
    assert canary.promoted == [], "promotions of it"
    last = canary.audit.entries()[-1]
    assert last.action == "rollback", "the last entry of the audit trail"
    assert "errors fail" in str(last.details["evidence"]), (
        f"the evidence says `errors fail`: {last.details['evidence']}"
    )


def test_users_are_protected_before_it_is_written(tmp_path):
    canary = Canary(tmp_path, refuse="rollback")
    with contextlib.suppress(OSError):
        canary.minute(failed=True)
    assert canary.split.weight == 0.0, (
        "the share of a failing version, when the rollback cannot be recorded (full disk)"
    )


def test_risk_is_written_before_it_is_taken(tmp_path):
    canary = Canary(tmp_path)
    for _ in range(3):
        canary.minute()
    before = canary.promoted[0] if canary.promoted else None
    assert before == ["step", "step", "step", "promote"], "the trail's entries at the moment of the promotion"
    steps = [weight for action, weight in canary.audit.weights if action == "step"]
    assert steps == [0.0, 0.05, 0.25], "the share of traffic when each step was written: the one before it"


def test_what_cannot_be_recorded_is_not_promoted(tmp_path):
    canary = Canary(tmp_path, refuse="promote")
    for _ in range(3):
        with contextlib.suppress(OSError):
            canary.minute()
    assert canary.promoted == [], "promotions, when none can be recorded"
    assert canary.release.progress.outcome == "running", "the outcome then: the next tick tries again"


def test_a_promotion_that_fails_is_tried_again(tmp_path):
    tries = []

    def promote():
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("the registry does not answer")

    canary = Canary(tmp_path, promotes=promote)
    for _ in range(4):
        with contextlib.suppress(ConnectionError):
            canary.minute()
    said = "(tries, outcome) where the registry does not answer the first time, a tick later it does"
    assert (len(tries), canary.release.progress.outcome) == (2, "promoted"), said


@pytest.mark.parametrize("failed", [True, False])
def test_when_it_is_over_nothing_happens(tmp_path, failed):
    canary = Canary(tmp_path)
    while canary.release.progress.outcome == "running" and canary.now < 600:
        canary.minute(failed)
    entries = len(canary.actions)
    canary.minute(not failed)
    assert len(canary.actions) == entries, f"entries after a further tick, when it is {canary.release.progress.outcome}"
