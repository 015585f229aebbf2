"""Step 9: nothing is paid while nobody asks, and everything that it costs is counted."""

import pytest

from recsys.scale_to_zero import IdlePolicy, simulate

DAY = 86_400.0


def test_what_to_do_now():
    policy = IdlePolicy(idle_after=300, cold_start=10)
    assert policy.decide(running=False, waiting=0, idle_for=9999) == "stay", "stopped, nobody waits"
    assert policy.decide(running=False, waiting=1, idle_for=9999) == "start", "stopped, somebody waits"
    assert policy.decide(running=True, waiting=0, idle_for=299) == "stay", "running, idle for 299 s of 300"
    assert policy.decide(running=True, waiting=0, idle_for=300) == "stop", "running, idle for 300 s of 300"
    assert policy.decide(running=True, waiting=1, idle_for=300) == "stay", (
        "running, the last ended 300 s ago, one is held"
    )


def test_a_trace_by_hand():
    report = simulate([100, 104, 150, 500], IdlePolicy(idle_after=60, cold_start=10), total=600)
    told = "requests at 100, 104, 150, 500, idle after 60, cold start 10"
    assert report.cold_starts == 2, f"{told}: cold starts"
    assert report.waits.tolist() == [10, 6, 0, 10], f"{told}: seconds that each waits"
    assert report.paid == pytest.approx(180), f"{told}: seconds paid, 100 to 210 and 500 to 570"
    assert report.saving == pytest.approx(0.7), f"{told}, 600 s in all: share saved"


def test_what_is_idle_counts_from_the_last_request():
    report = simulate([0, 50, 100, 150], IdlePolicy(idle_after=60, cold_start=1), total=1000)
    assert report.cold_starts == 1, "a request every 50 s, idle after 60: cold starts"
    assert report.paid == pytest.approx(210), "a request every 50 s until 150, idle after 60: seconds paid"


def test_nothing_is_paid_beyond_the_end():
    report = simulate([990], IdlePolicy(idle_after=300, cold_start=10), total=1000)
    assert report.paid == pytest.approx(10), "one request 10 s before the end: seconds paid"


def test_a_start_takes_time_before_the_idle_time_begins():
    report = simulate([0, 95], IdlePolicy(idle_after=60, cold_start=40), total=1000)
    assert report.cold_starts == 1, "cold start 40, idle after 60: it runs until 100, and a request at 95 meets it"
    assert report.paid == pytest.approx(155), "requests at 0 and 95, cold start 40, idle after 60: seconds paid"


def test_patience_costs_and_saves_starts():
    times = [number * 700.0 for number in range(100)]
    hasty, patient = (simulate(times, IdlePolicy(idle, 30), DAY) for idle in (600, 800))
    assert (hasty.cold_starts, patient.cold_starts) == (100, 1), (
        "a request every 700 s, idle after 600 and 800: cold starts"
    )
    assert hasty.paid < patient.paid, "a request every 700 s, idle after 600 against 800: seconds paid"


def test_nobody_ever_asks():
    report = simulate([], IdlePolicy(idle_after=60, cold_start=10), total=600)
    assert (report.paid, report.saving) == (0, 1), "nobody asks: (seconds paid, share saved)"
