"""Step 7: silence, fallbacks and models that grow stale, which no error rate shows."""

from pathlib import Path

import pytest

MINE = ("RecsysAbsent", "RecsysStoreDown", "RecsysDegraded", "RecsysDrift", "RecsysCoverageLow")


def up(**instances):
    return {f'up{{job="recsys", instance="{name}"}}': values for name, values in instances.items()}


def test_targets_that_do_not_answer(firing):
    found = firing(up(a="1x10 0x10", b="1x10 0x10"), "15m", "RecsysAbsent")
    assert found == ["RecsysAbsent page"], "both replicas stopped answering 5 minutes ago: one page, not one a replica"


def test_targets_that_are_gone(firing):
    found = firing(up(a="1x10 _x20"), "25m", "RecsysAbsent")
    assert found == ["RecsysAbsent page"], (
        "the targets vanished from the configuration 15 minutes ago: `up` has no series"
    )


def test_one_replica_of_two_wakes_nobody(firing):
    found = firing(up(a="0x30", b="1x30"), "25m", "Recsys(Absent|ReplicaDown)")
    assert found == ["RecsysReplicaDown ticket"], "one of two replicas is down: the other carries its load"


def test_a_restart_is_no_outage(firing):
    found = firing(up(a="1x10 0x1 1x10"), "11m", "RecsysAbsent")
    assert found == [], "the only replica missed one scrape a moment ago"


def store(**instances):
    return {f'recsys_store_up{{job="recsys", instance="{name}"}}': values for name, values in instances.items()}


def test_the_store_is_down_when_nobody_reaches_it(firing):
    one = firing(store(a="0x30", b="1x30"), "20m", "RecsysStoreDown")
    assert one == [], "one of two replicas does not reach Redis: that replica's trouble"
    both = firing(store(a="0x30", b="0x30"), "20m", "RecsysStoreDown")
    assert both == ["RecsysStoreDown page"], "no replica has reached Redis for 20 minutes: one page for both"


def answered(degraded):
    return {
        'recsys_answers_total{job="recsys", strategy="personal", variant="none"}': "0+1000x60",
        'recsys_degraded_total{job="recsys", reason="store"}': f"0+{degraded}x60",
    }


@pytest.mark.parametrize(("degraded", "expected"), [(100, ["RecsysDegraded ticket"]), (20, [])])
def test_fallbacks_are_seen(firing, degraded, expected):
    found = firing(answered(degraded), "30m", "RecsysDegraded")
    assert found == expected, f"{degraded / 10:g} % of the answers lack something, for half an hour; 5 % may"


def drift(**features):
    return {
        f'recsys_drift_score{{job="recsys", instance="{instance}", feature="{name}"}}': values
        for name, values in features.items()
        for instance in "ab"
    }


def test_drift_has_to_last(firing):
    series = drift(top_score="0.1x6 0.4x18", spread="0.2x24")
    assert firing(series, "60m", "RecsysDrift", "5m") == [], "top_score has had a PSI of 0.40 for half an hour"
    found = firing(series, "100m", "RecsysDrift", "5m")
    assert found == ["RecsysDrift ticket"], (
        "top_score has had a PSI of 0.40 for 70 minutes, spread one of 0.2, on two replicas"
    )


def covered(share, rate):
    return {
        'recsys_catalogue_coverage{job="recsys", instance="a"}': f"{share}x24",
        'recsys_catalogue_coverage{job="recsys", instance="b"}': "0.6x24",
        'recsys_requests_total{job="recsys", route="/v1/recommendations", status="200"}': f"0+{300 * rate}x24",
    }


@pytest.mark.parametrize(
    ("share", "rate", "expected", "done"),
    [
        (0.02, 50, ["RecsysCoverageLow ticket"], "2 % of the catalogue on one replica, at 50 requests a second"),
        (0.3, 50, [], "30 % of the catalogue"),
        (0.02, 0, [], "2 % of the catalogue, while nobody asks: it says nothing about the model"),
    ],
)
def test_coverage_says_something_under_traffic(firing, share, rate, expected, done):
    assert firing(covered(share, rate), "100m", "RecsysCoverageLow", "5m") == expected, f"{done}, for 100 minutes"


def test_each_alert_says_what_to_do(alerts):
    runbook = Path("deploy/README.md").read_text("utf-8")
    missing = [name for name in MINE if name not in alerts]
    assert missing == [], "alerts that are missing"
    for name in MINE:
        rule, notes = alerts[name], alerts[name].get("annotations") or {}
        assert "for" in rule, f"{name} has a `for`"
        assert notes.get("summary"), f"{name} has a summary"
        anchor = str(notes.get("runbook_url", "")).partition("#")[2]
        assert f"### {anchor}\n" in runbook, (
            f"{name}'s runbook_url ends in a heading of deploy/README.md: it is `{anchor}`"
        )
