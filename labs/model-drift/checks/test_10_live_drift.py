"""Step 10, measured: the running service says which signal drifts, soon, and pays next to nothing for knowing."""

import re
import time

import psutil
import pytest

from recsys.drift.profile import ReferenceProfile
from recsys.drift.windows import RollingWindow

REGULARS = [f"u{number}" for number in range(200)]  # those that the models were trained on
NEWCOMERS, UPDATES = 40, 20_000
MOST_PERCENT = 1.0
SCORE = re.compile(r'recsys_drift_score\{feature="(\w+)"\} (\S+)')


@pytest.fixture(scope="module")
def service(launch):
    """Looks back further than usual, so that a slow machine forgets nothing meanwhile."""
    return launch("--drift-window", "600")


def drift(service):
    """The drift score of each signal, of the tenant where it is worst."""
    text = service.client.request("GET", "/metrics").body.decode()
    return {feature: round(float(value), 2) for feature, value in SCORE.findall(text)}


def ask(service, tenant, users, **more):
    for user in users:
        assert service.client.recommend(user, tenant, **more).status == 200, "every request is answered"


def test_traffic_as_ever(service):
    ask(service, "acme", REGULARS)
    high = {feature: psi for feature, psi in drift(service).items() if psi >= 0.1}
    assert high == {}, (
        "signals with a PSI of 0.1 or more, after the 200 users of acme asked once each: they are the reference"
    )


def test_everybody_at_nine(service):
    ask(service, "globex", REGULARS, hour=9)
    scores = drift(service)
    said = "all 200 users of globex ask at nine in the morning"
    assert scores["first_kind"] > 0.25, f"PSI of the kind of the first item: {said}, and mornings have their own items"
    assert scores["known_items"] < 0.1, f"PSI of how much is known of them: {said}, and they are the same people"


def test_newcomers(service):
    ask(service, "initech", REGULARS)
    ask(service, "initech", [f"new-{number}" for number in range(NEWCOMERS)])
    said = f"PSI of how much is known of users: after 200 users of initech came {NEWCOMERS} of whom nothing is known"
    assert drift(service)["known_items"] > 0.25, said


def test_what_counting_costs(service):
    process = psutil.Process(service.pid)
    begun = sum(process.cpu_times()[:2])
    ask(service, "acme", REGULARS, exclude=["board:1"])  # another question, so that no cache answers
    request = (sum(process.cpu_times()[:2]) - begun) / len(REGULARS)
    percent = round(100 * seconds_of_an_update() / request, 2)
    assert percent <= MOST_PERCENT, "% of the processor time of a request that counting its answer takes"


def seconds_of_an_update():
    """Processor time of counting one answer in a window of an hour that has been running for an hour."""
    rows = [
        {"top_score": n % 17 / 4, "spread": n % 13 / 3, "known_items": float(n % 90), "first_kind": "board"}
        for n in range(1000)
    ]
    profile = ReferenceProfile.fit({name: [row[name] for row in rows] for name in rows[0]})
    now = 0.0
    window = RollingWindow(profile, clock=lambda: now)
    for minute in range(60):
        now = 60.0 * minute
        window.update(rows[minute])
    begun = time.process_time()
    for number in range(UPDATES):
        window.update(rows[number % len(rows)])
    return (time.process_time() - begun) / UPDATES
