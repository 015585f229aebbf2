"""Endpoints, termination, back-off and the clock: no process, time moved by hand."""

from __future__ import annotations

import itertools

from recsys.cluster.endpoints import Endpoints
from recsys.cluster.termination import BackOff, Termination
from recsys.cluster.timeline import Clock, Event, Timeline


def test_proxies_learn_of_a_pod_a_moment_after_it_is_ready_and_forget_it_a_moment_after_it_is_not() -> None:
    endpoints, known = Endpoints(lag=1.0), []
    for tenth in range(40):
        now = tenth / 10
        endpoints.update({"a": 1} | ({"b": 2} if 1.0 <= now < 2.0 else {}), now)
        known.append((now, dict(endpoints.known)))
    assert next(now for now, pods in known if "a" in pods) == 1.0
    assert [now for now, pods in known if "b" in pods] == [2.0 + tenth / 10 for tenth in range(10)]


def test_changes_arrive_in_order() -> None:
    endpoints = Endpoints(lag=1.0)
    endpoints.update({"a": 1}, 0.0)
    endpoints.update({}, 0.1)
    endpoints.update({"b": 2}, 5.0)
    assert endpoints.known == ()
    endpoints.update({"b": 2}, 6.0)
    assert endpoints.known == (("b", 2),)


def test_term_comes_after_the_hook_and_kill_after_the_grace_period_that_began_with_it() -> None:
    assert (Termination(5, 30).term, Termination(5, 30).kill) == (5, 30)
    assert (Termination(0, 30).term, Termination(0, 30).kill) == (0, 30)


def test_a_hook_that_outlives_the_grace_period_gets_two_seconds_more() -> None:
    # kubernetes.io "Pod Lifecycle", termination of Pods: "a small, one-off grace period extension of 2 seconds"
    assert (Termination(40, 30).term, Termination(40, 30).kill) == (30, 32)


def test_back_off_doubles_from_10_to_300_seconds_after_an_immediate_restart() -> None:
    # kubernetes.io "Pod Lifecycle", how Pods handle problems with containers
    back_off = BackOff()
    assert [back_off.wait(1.0) for _ in range(8)] == [0, 10, 20, 40, 80, 160, 300, 300]
    assert back_off.wait(600.0) == 0, "ten minutes without a problem reset it"
    assert back_off.wait(1.0) == 10


def test_a_quicker_clock_counts_its_own_seconds() -> None:
    real = itertools.count(100.0, 2.0)
    clock = Clock(speed=5.0, source=lambda: next(real))
    assert [clock(), clock()] == [10.0, 20.0]


def test_a_timeline_tells_and_finds() -> None:
    told: list[Event] = []
    timeline = Timeline(lambda: 3.14159, told.append)
    timeline.add("recsys-1-1", "Ready", "because")
    assert timeline.when("Ready") == timeline.when("Ready", "recsys-1-1") == [3.14]
    assert timeline.when("Ready", "another") == []
    assert str(told[0]).split(maxsplit=4) == ["3.1", "s", "recsys-1-1", "Ready", "because"]
