"""Step 6: six alerts on how fast the budget burns, each over a long window and a short one."""

import re
from pathlib import Path

import pytest

PAIRS = (("Fast", "page"), ("Slow", "page"), ("Steady", "ticket"))
NAMES = [f"Recsys{kind}Burn{pace}" for kind in ("Error", "Latency") for pace, _ in PAIRS]
FILES = ("rules.yaml", "alerts-slo.yaml")


def burning(percent, intervals):
    """Requests of which so many percent fail, in promtool's notation."""
    bad = round(percent * 100)
    return f"0+{10_000 - bad}x{intervals}", f"0+{bad}x{intervals}"


@pytest.fixture(scope="module")
def played(ask):
    """What fires in each of several scenarios, played at once as services of their own: NAME severity, by scenario."""

    def play(scenarios, times, interval):
        asked = [(f'ALERTS{{alertstate="firing", job="{name}"}}', times[name]) for name in scenarios]
        series = {each: values for one in scenarios.values() for each, values in one.items()}
        answers = ask(series, *asked, interval=interval, files=FILES)
        return {
            name: sorted(f"{one.labels['alertname']} {one.labels.get('severity', 'nobody')}" for one in found)
            for name, found in zip(scenarios, answers, strict=True)
        }

    return play


@pytest.fixture(scope="module")
def hour(played, requests, durations):
    """Scenarios of about an hour."""
    blip = "0+10000x60 600000+9800x10", "0+0x60 0+200x10"
    over = "0+9800x60 588000+10000x20", "0+200x60 12000+0x20"
    scenarios = {
        "2%": requests(*burning(2, 70), job="2%"),
        "1.6%": requests(*burning(1.6, 70), job="1.6%"),
        "1.3%": requests(*burning(1.3, 70), job="1.3%"),
        "blip": requests(*blip, job="blip"),
        "over": requests(*over, job="over"),
        "20% slow": durations({"0.1": 800, "+Inf": 1000}, 70, job="20% slow"),
        "13% slow": durations({"0.1": 870, "+Inf": 1000}, 70, job="13% slow"),
    }
    times = {name: "68m" if name in ("blip", "over") else "65m" for name in scenarios}
    return played(scenarios, times, "1m")


@pytest.fixture(scope="module")
def day(played, requests):
    """Scenarios of seven hours."""
    scenarios = {name: requests(*burning(float(name[:-1]), 90), job=name) for name in ("0.8%", "0.5%")}
    return played(scenarios, dict.fromkeys(scenarios, "7h"), "5m")


@pytest.fixture(scope="module")
def days(played, requests):
    """Scenarios of three days."""
    scenarios = {name: requests(*burning(float(name[:-1]), 160), job=name) for name in ("0.2%", "0.09%")}
    return played(scenarios, dict.fromkeys(scenarios, "74h"), "30m")


def fast(found):
    """Those of the fast burn."""
    return [each for each in found if "BurnFast" in each]


def test_two_percent_for_an_hour_wakes_somebody(hour):
    found = fast(hour["2%"])
    assert found == ["RecsysErrorBurnFast page"], "2 % errors for 65 minutes, 20 times the 0.1 % of the objective"


def test_a_blip_wakes_nobody(hour):
    assert fast(hour["blip"]) == [], "8 minutes of 2 % after an hour without errors: the hour's budget hardly noticed"


def test_what_is_over_stops_paging(hour):
    assert fast(hour["over"]) == [], "an hour of 2 % that ended 8 minutes ago: the last 5 minutes are clean"


@pytest.mark.parametrize(("percent", "expected"), [("1.3%", []), ("1.6%", ["RecsysErrorBurnFast page"])])
def test_the_fast_threshold(hour, percent, expected):
    said = f"{percent} errors for 65 minutes, {10 * float(percent[:-1]):g} times the objective; the threshold is 14.4"
    assert fast(hour[percent]) == expected, said


@pytest.mark.parametrize(("slow", "expected"), [("20% slow", ["RecsysLatencyBurnFast page"]), ("13% slow", [])])
def test_slow_answers_have_a_budget_of_their_own(hour, slow, expected):
    assert fast(hour[slow]) == expected, f"{slow} for 65 minutes, where 1 % may take more than 100 ms"


def test_a_slower_burn_pages_later(day):
    assert "RecsysErrorBurnSlow page" in day["0.8%"], (
        f"0.8 % errors for 7 hours, 8 times too fast; what fires: {day['0.8%']}"
    )
    assert fast(day["0.8%"]) == [], "8 times too fast is below 14.4"
    slow = [each for each in day["0.5%"] if "BurnSlow" in each]
    assert slow == [], "0.5 % errors for 7 hours, 5 times too fast, is below 6"


def test_a_steady_burn_is_a_ticket(days):
    assert days["0.2%"] == ["RecsysErrorBurnSteady ticket"], (
        "0.2 % errors for 3 days, twice too fast: a ticket, no page"
    )


def test_within_the_objective_nothing_fires(days):
    assert days["0.09%"] == [], "0.09 % errors for 3 days, within the objective of 99.9 %"


def test_each_alert_is_there_and_says_what_to_do(alerts):
    missing = [name for name in NAMES if name not in alerts]
    assert missing == [], "burn-rate alerts that are missing"
    runbook = Path("deploy/README.md").read_text("utf-8")
    for name in NAMES:
        rule, notes = alerts[name], alerts[name].get("annotations") or {}
        assert "for" in rule, f"{name} has a `for`: one bad evaluation is no reason"
        assert notes.get("summary"), f"{name} has a summary"
        anchor = str(notes.get("runbook_url", "")).partition("#")[2]
        assert f"### {anchor}\n" in runbook, (
            f"{name}'s runbook_url ends in a heading of deploy/README.md: it is `{anchor}`"
        )


@pytest.mark.parametrize(("kind", "record"), [("Error", "errors"), ("Latency", "slow")])
def test_the_windows_are_those_of_the_workbook(alerts, kind, record):
    for pace, windows in (("Fast", {"1h", "5m"}), ("Slow", {"6h", "30m"}), ("Steady", {"3d", "6h"})):
        name = f"Recsys{kind}Burn{pace}"
        used = set(re.findall(rf"job:recsys_{record}:ratio_rate(\w+)", str(alerts.get(name, {}).get("expr"))))
        assert used == windows, f"the recorded windows that {name} looks at"
