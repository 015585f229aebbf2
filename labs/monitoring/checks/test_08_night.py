"""Step 8, measured: a real Prometheus with your rules watches your service through an overload and a crash.

All times of the rules are divided by 60: an hour's window is a minute, `for: 2m` are two seconds.
"""

import contextlib
import itertools
import json
import shutil
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from recsys.observe import Prometheus, PrometheusError, Recorded, installed
from recsys.observe.command import FILES, written

FASTER = 60
EVERY = 0.5
CALLERS = 80
WAIT = 20.0
MISSING = "prometheus is not installed (apt or brew install prometheus)"
BATCH = 64  # users


@pytest.fixture(scope="module")
def prometheus(service, tmp_path_factory):
    """Prometheus beside the service, with your rules; without one promtool, on what the service itself exposes."""
    folder, target = Path("deploy/prometheus"), f"127.0.0.1:{service.client.port}"
    if installed() is None and shutil.which("promtool") is None:
        pytest.skip(f"{MISSING} and neither is promtool")
    if installed() is None:
        with Recorded([folder / name for name in FILES], target, every=EVERY, faster=FASTER) as recorded:
            yield recorded
        return
    place = tmp_path_factory.mktemp("prometheus")
    try:
        with Prometheus(place / "p", written(folder, place, FASTER), [target], every=EVERY) as started:
            yield started
    except PrometheusError as error:
        pytest.fail(str(error))


def states(prometheus, *names):
    """The state of each of some alerts that is pending or firing."""
    return {alert.name: alert.state for alert in prometheus.alerts() if alert.name in names}


def recorded(prometheus, name):
    found = prometheus.ask(name)
    return found[0].value if found else None


def test_it_is_scraped_and_quiet(service, prometheus):
    assert prometheus.until(lambda: recorded(prometheus, "up") == 1, WAIT), "your service is scraped"
    tally = service.load(20, 3)
    assert tally.answered > 20, "requests that your service answered in three quiet seconds, at 20 a second"
    assert prometheus.until(lambda: recorded(prometheus, "job:recsys_errors:ratio_rate5m") == 0, WAIT), (
        "job:recsys_errors:ratio_rate5m is 0 under quiet traffic; it is "
        f"{recorded(prometheus, 'job:recsys_errors:ratio_rate5m')}"
    )
    pages = [alert.name for alert in prometheus.alerts() if alert.labels.get("severity") == "page"]
    assert pages == [], "pages that are pending or firing under quiet traffic"


class Overload:
    """Bursts of batches for users whom no cache knows: all are sent before the first answer is read."""

    def __init__(self, service):
        self.statuses, self._numbers = [], itertools.count()
        self._headers = {"content-type": "application/json", "x-api-key": service.keys["acme"]}
        self._connections = [HTTPConnection("127.0.0.1", service.client.port, timeout=20) for _ in range(CALLERS)]

    def burst(self):
        for connection in self._connections:
            users = [{"user": f"new-{next(self._numbers)}", "hour": 9} for _ in range(BATCH)]
            body = json.dumps({"requests": users})
            with contextlib.suppress(OSError, HTTPException):
                connection.request("POST", "/v1/recommendations/batch", body, self._headers)
        for connection in self._connections:
            try:
                response = connection.getresponse()
                response.read()
                self.statuses.append(response.status)
            except (OSError, HTTPException):
                connection.close()

    def close(self):
        for connection in self._connections:
            connection.close()


def test_an_overload_pages_while_it_lasts(service, prometheus):
    name = "RecsysErrorBurnFast"

    def fires():
        overload.burst()
        return states(prometheus, name).get(name) == "firing"

    with contextlib.closing(Overload(service)) as overload:
        fired = prometheus.until(fires, WAIT)
    refused = overload.statuses.count(503)
    assert refused > 0, f"of {len(overload.statuses)} batches, {CALLERS} at once, your service refuses some with 503"
    share, now = recorded(prometheus, "job:recsys_errors:ratio_rate1h"), states(prometheus, name).get(name, "silent")
    assert fired, f"{name} fires within {WAIT:g} s of {refused} refusals; the hour's share is {share}, it is {now}"
    pended = prometheus.ask(f'count_over_time(ALERTS{{alertname="{name}", alertstate="pending"}}[1h])')
    assert pended, f"{name} was pending before it fired: a `for` lets one bad evaluation pass"


def test_it_ends_soon_after(service, prometheus):
    service.load(40, 3)
    over = prometheus.until(lambda: "RecsysErrorBurnFast" not in states(prometheus, "RecsysErrorBurnFast"), WAIT)
    long = recorded(prometheus, "job:recsys_errors:ratio_rate1h")
    assert over, (
        f"RecsysErrorBurnFast is over {WAIT:g} s (20 minutes of its time) after the overload: the short window is clean"
    )
    assert long is not None, "job:recsys_errors:ratio_rate1h is recorded"
    assert long > 14.4 * 0.001, f"while the hour's share still remembers it: {long:.3f} is above 1.44 %"


def test_a_crash_is_noticed(service, prometheus):
    service.kill()
    found = prometheus.until(lambda: states(prometheus, "RecsysAbsent").get("RecsysAbsent") == "firing", WAIT)
    now = states(prometheus, "RecsysAbsent", "RecsysReplicaDown")
    assert found, f"RecsysAbsent fires within {WAIT:g} s of your service's crash; what is pending or firing: {now}"


def test_who_looked():
    """Told beside the pass: without Prometheus, scrapes, storage and the evaluation in time were not its own."""
    if installed() is None:
        pytest.skip(f"{MISSING}: promtool evaluated your rules on series recorded from /metrics")
