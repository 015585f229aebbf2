"""Step 10, measured: two replicas behind your balancer; one hangs and dies under load, and no read is lost."""

import http.client
import json
import os
import signal
import threading
import time
from collections import Counter
from contextlib import closing

import pytest

START_SECONDS = 40.0  # until a replica serves: a Python, its libraries and three models
HANGS = 0.4  # seconds between the moment it stops answering and its death
RATE, LASTS = 50, 3.0


class Fleet:
    """A running fleet of two, and what it says of its replicas."""

    def __init__(self, served):
        self.served, self.client = served, served.client

    def replicas(self):
        """Name, pid and state of each, as the fleet tells whoever has its token."""
        token = (self.served.state / "fleet.token").read_text()
        connection = http.client.HTTPConnection("127.0.0.1", self.client.port, timeout=10)
        connection.request("GET", "/fleet/replicas", headers={"authorization": f"Bearer {token}"})
        with closing(connection):
            return json.load(connection.getresponse())["replicas"]

    def ready(self):
        """Names of those in rotation."""
        return sorted(one["name"] for one in self.replicas() if one["state"] == "ready")

    def both(self):
        """Who is ready once both are, or at the end of the time that a start may take."""
        deadline = time.monotonic() + START_SECONDS
        while len(self.ready()) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.ready()

    def served_by(self, requests):
        """How many of some requests, one after the other, each replica answered."""
        answers = [self.client.recommend(f"u{number}") for number in range(requests)]
        return Counter(answer.headers.get("x-served-by") for answer in answers if answer.status == 200)

    def lose(self, name):
        """Let a replica hang with whatever it is sent, then die."""
        pid = next(one["pid"] for one in self.replicas() if one["name"] == name)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(HANGS)
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def fleet(launch):
    return Fleet(launch("--replicas", "2", command="fleet"))


def test_both_replicas_serve(fleet):
    assert fleet.both() == ["0", "1"], "a fleet of two is started: replicas that are ready"
    shares = fleet.served_by(100)
    assert sum(shares.values()) == 100, "100 reads, one after the other: answered"
    assert min(shares["0"], shares["1"]) >= 20, f"100 reads went to replicas {dict(shares)}: those of the less used one"


def test_no_read_is_lost_with_a_replica(fleet):
    fault = threading.Timer(1.0, fleet.lose, ["0"])
    fault.start()
    tally = fleet.served.load(RATE, LASTS)
    fault.join()
    lost = (tally.failed, tally.refused, tally.dropped)
    assert lost == (0, 0, 0), f"{RATE} reads a second, a replica hangs and is killed: reads (failed, refused, not sent)"
    assert tally.answered >= 0.6 * RATE * LASTS, f"{RATE} reads a second for {LASTS:g} s: answered"


def test_its_successor_serves(fleet):
    assert fleet.both() == ["0", "1"], "after a replica was killed and started again: replicas that are ready"
    shares = fleet.served_by(60)
    assert shares["0"] >= 8, "the killed one was started again: reads of 60 that it answers"
