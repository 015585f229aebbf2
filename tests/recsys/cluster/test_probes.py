"""The probes' state machine, with the thresholds and defaults of Kubernetes' documentation and no process."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.cluster.probes import Health, Kind, Probe, Streak

# kubernetes.io "Configure Liveness, Readiness and Startup Probes", "Configure Probes"
DOCUMENTED = {"initial_delay": 0, "period": 10, "timeout": 1, "failures": 3, "successes": 1}
# the same page, "Protect slow starting containers with startup probes": 30 * 10 = 300 s to finish its startup
STARTUP = {"httpGet": {"path": "/healthz", "port": 8080}, "failureThreshold": 30, "periodSeconds": 10}


def health(since: float = 0.0, **probes: dict[str, Any]) -> Health:
    named: dict[Kind, Probe] = {kind: Probe.of(kind, data) for kind, data in probes.items()}  # type: ignore[misc,arg-type]
    return Health(named, since)


def asked(one: Health, now: float) -> set[str]:
    return {probe.kind for probe in one.due(now)}


def test_defaults_are_those_of_the_documentation() -> None:
    probe = Probe.of("liveness", {"httpGet": {"path": "/"}})
    assert {name: getattr(probe, name) for name in DOCUMENTED} == DOCUMENTED
    assert probe.handler == {"httpGet": {"path": "/"}}


def test_a_container_without_probes_is_ready_as_soon_as_it_runs() -> None:
    assert health().ready


def test_with_a_readiness_probe_it_is_not_ready_until_that_passes() -> None:
    one = health(readiness={"periodSeconds": 5})
    assert not one.ready
    assert asked(one, 0.0) == {"readiness"}
    assert one.record("readiness", True, 0.1) == "ready"
    assert one.ready


def test_a_probe_waits_for_its_initial_delay_then_for_its_period_and_for_its_own_answer() -> None:
    one = health(100.0, readiness={"initialDelaySeconds": 7, "periodSeconds": 5})
    assert asked(one, 106.9) == set()
    assert asked(one, 107.0) == {"readiness"}
    assert asked(one, 113.0) == set(), "the answer has not come yet"
    one.record("readiness", True, 113.0)
    assert asked(one, 113.0) == {"readiness"}, "a period has passed while it waited"


def test_nothing_else_is_asked_before_the_startup_probe_has_passed() -> None:
    one = health(startup=STARTUP, readiness={"periodSeconds": 5}, liveness={"initialDelaySeconds": 3})
    assert asked(one, 0.0) == {"startup"}
    assert one.record("startup", False, 0.1) is None
    assert asked(one, 10.0) == {"startup"}
    assert one.record("startup", True, 10.1) == "started"
    assert asked(one, 10.1) == {"readiness", "liveness"}, "the other two begin at once"
    assert not one.ready
    assert asked(one, 30.0) == set()


def test_the_documented_startup_probe_gives_300_seconds() -> None:
    one = health(startup=STARTUP)
    answers = [(now, one.record(probe.kind, False, now)) for now in range(301) for probe in one.due(now)]
    first = next(number for number, (_, change) in enumerate(answers, 1) if change == "restart")
    assert (first, answers[first - 1][0]) == (30, 290), "the 30th failure; the first was at 0"


def test_liveness_restarts_after_as_many_failures_in_a_row_as_it_says() -> None:
    one = health(liveness={"failureThreshold": 3, "periodSeconds": 10})
    changes = [one.record("liveness", passed, at * 10.0) for at, passed in enumerate((0, 0, 1, 0, 0, 0))]
    assert changes == [None, None, None, None, None, "restart"], "a success in between starts the count anew"


@pytest.mark.parametrize("kind", ["startup", "liveness"])
def test_a_container_that_is_to_be_restarted_cannot_recover(kind: Kind) -> None:
    one = health(**{kind: {"failureThreshold": 1, "periodSeconds": 1}})
    assert one.record(kind, False, 0.0) == "restart"
    assert asked(one, 5.0) == set()
    assert one.record(kind, True, 5.0) is None, "an answer that was under way"
    assert one.ready is (kind == "liveness"), "what never started is not ready"


def test_readiness_is_lost_and_won_by_its_thresholds() -> None:
    one = health(readiness={"failureThreshold": 2, "successThreshold": 2})
    changes = [one.record("readiness", bool(passed), float(at)) for at, passed in enumerate((1, 1, 0, 1, 0, 0, 1, 1))]
    assert changes == [None, "ready", None, None, None, "unready", None, "ready"]


def test_a_readiness_probe_never_restarts() -> None:
    one = health(readiness={})
    assert {one.record("readiness", False, float(at)) for at in range(50)} == {None}


@given(st.lists(st.booleans()), st.integers(1, 5), st.integers(1, 5))
def test_a_verdict_is_given_exactly_when_so_many_answers_were_alike(
    answers: list[bool], failures: int, wins: int
) -> None:
    streak = Streak(Probe("readiness", {}, failures=failures, successes=wins))
    for number, passed in enumerate(answers):
        needed = wins if passed else failures
        alike = answers[max(0, number + 1 - needed) : number + 1]
        enough = len(alike) == needed and set(alike) == {passed}
        assert streak.record(passed) is (passed if enough else None)


@pytest.mark.parametrize("kind", ["startup", "readiness", "liveness"])
def test_a_restarted_container_begins_anew(kind: Kind) -> None:
    first = health(**{kind: {"failureThreshold": 2}})
    first.record(kind, False, 0.0)
    second = health(20.0, **{kind: {"failureThreshold": 2}})
    assert second.record(kind, False, 20.0) is None
