"""Step 8, measured: a real Prometheus with your rules watches your service through an overload and a crash.

All times of the rules are divided by 60: an hour's window is a minute, `for: 2m` are two seconds.
"""

import itertools
import shutil
import threading
from http.client import HTTPException
from pathlib import Path

import pytest

from recsys.observe import Prometheus, PrometheusError, Recorded, installed
from recsys.observe.command import FILES, written
from studyapp.runner.client import Client

FASTER = 60
EVERY = 0.5
CALLERS = 24
WAIT = 20.0
MISSING = "prometheus is not installed (apt or brew install prometheus)"
BATCH = 32  # users


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
    """More batches at once than there is room for, for as long as the block lasts."""

    def __init__(self, service):
        self.ended, self.statuses, self._numbers = threading.Event(), [], itertools.count()
        self._threads = [threading.Thread(target=self._ask, args=(service,), daemon=True) for _ in range(CALLERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self._threads:
            thread.join(10)

    def _batch(self):
        """Users whom no cache knows."""
        return {"requests": [{"user": f"new-{next(self._numbers)}", "hour": 9} for _ in range(BATCH)]}

    def _ask(self, service):
        client = Client(service.client.port, service.keys)
        while not self.ended.is_set():
            try:
                status = client.request("POST", "/v1/recommendations/batch", self._batch(), "acme").status
            except (OSError, HTTPException):
                client.close()
                status = 0
            self.statuses.append(status)
            if status == 503:
                self.ended.wait(0.05)
        client.close()


def test_an_overload_pages_while_it_lasts(service, prometheus):
    name, seen = "RecsysErrorBurnFast", []

    def follow():
        state = states(prometheus, name).get(name)
        if state and state not in seen:
            seen.append(state)
        return state == "firing"

    with Overload(service) as overload:
        fired = prometheus.until(follow, WAIT)
    refused = overload.statuses.count(503)
    assert refused > 0, f"of {len(overload.statuses)} batches from {CALLERS} callers your service refuses some with 503"
    share = recorded(prometheus, "job:recsys_errors:ratio_rate1h")
    said = (
        f"{name} fires within {WAIT:g} s of {refused} refusals; the hour's share is {share}, it was {seen or 'silent'}"
    )
    assert fired, said
    assert seen == ["pending", "firing"], "the states that it went through: `for` makes it pend first"


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
