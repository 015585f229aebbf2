"""A fleet for real: processes that are killed, stopped and hung under load, and a front that clients do not notice."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from prometheus_client.parser import text_string_to_metric_families
from running import Load, Running, start, until
from test_robustness import all_applied, needs_redis, own_redis, url_of

READ = "/v1/recommendations"


@pytest.fixture
def fleet(state: Path, trained: tuple[Path, Mapping[str, str]], request: pytest.FixtureRequest) -> Iterator[Running]:
    """Two replicas, both ready, with the options of the test."""
    running = start(state, trained[1], *getattr(request, "param", ()), command="fleet")
    until(lambda: states(running) == {"0": "ready", "1": "ready"}, "both replicas to be ready")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared(trained: tuple[Path, Mapping[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A fleet for all tests that leave it as it was."""
    copy = tmp_path_factory.mktemp("fleet") / "state"
    shutil.copytree(trained[0], copy)
    running = start(copy, trained[1], command="fleet")
    until(lambda: states(running) == {"0": "ready", "1": "ready"}, "both replicas to be ready")
    yield running
    running.stop()


def replicas(fleet: Running, count: int | None = None) -> dict[str, dict[str, Any]]:
    """What the front says of its replicas, after it was asked for so many."""
    token = (fleet.state / "fleet.token").read_text()
    asked = {"body": {"count": count}} if count else {}
    answer = fleet.request(
        "POST" if count else "GET", "/fleet/replicas", tenant=None, authorization=f"Bearer {token}", **asked
    )
    assert answer.status == (202 if count else 200), answer.body
    return {one["name"]: one for one in answer.json["replicas"]}


def states(fleet: Running) -> dict[str, str]:
    return {name: one["state"] for name, one in replicas(fleet).items()}


def process(fleet: Running, name: str) -> psutil.Process:
    return psutil.Process(replicas(fleet)[name]["pid"])


def answered(fleet: Running, name: str) -> float:
    """Requests that one replica has answered."""
    text = fleet.request("GET", "/metrics", tenant=None).body.decode()
    counted = f'recsys_front_requests_total{{outcome="answered",replica="{name}"}} '
    return next((float(line.removeprefix(counted)) for line in text.splitlines() if line.startswith(counted)), 0.0)


class Reads(Load):
    """Nothing but reads, for each of which there must be an answer."""

    def _one(self, service: Running, tenant: str, serial: int) -> None:
        asked = {"user": f"u{serial % 50}", "exclude": [f"x:{serial}"] if serial % 2 else []}
        self._note(service.request("POST", "/v1/recommendations", asked, tenant), tenant)

    def check(self) -> None:
        super().check()
        assert self.unanswered == 0
        assert set(self.statuses) == {200}, self.statuses


def test_a_replica_is_killed_under_load_and_no_read_fails_and_no_event_is_lost(shared: Running) -> None:
    victim = process(shared, "1")
    with Load(shared) as load, Reads(shared) as reads:
        victim.kill()
        until(lambda: states(shared)["1"] != "ready", "its end to be noticed")
        reads.more()
        until(lambda: states(shared)["1"] == "ready", "it to be started again")
        more = answered(shared, "1") + 20
        until(lambda: answered(shared, "1") > more, "its successor to take traffic")
        load.more()
    load.check()
    reads.check()
    assert process(shared, "1").pid != victim.pid
    assert len(load.acknowledged) > 10
    assert load.statuses[503] <= load.threads  # events that were on their way to it, which nobody may send again
    until(lambda: all_applied(load, url_of(shared)), "every acknowledged event to be applied")


def test_a_replica_that_hangs_leaves_the_rotation_and_comes_back(shared: Running) -> None:
    stuck = process(shared, "0")
    with Reads(shared) as reads:
        stuck.suspend()
        try:
            until(lambda: states(shared)["0"] != "ready", "the hang to be noticed")
            reads.more()
        finally:
            stuck.resume()
        until(lambda: states(shared)["0"] == "ready", "it to be back")
        reads.more()
    reads.check()


@needs_redis
def test_more_and_fewer_replicas_lose_neither_an_answer_nor_an_event(shared: Running) -> None:
    with Load(shared) as load, Reads(shared) as reads:
        assert list(replicas(shared, 3)) == ["0", "1", "2"]
        until(lambda: states(shared).get("2") == "ready", "the third to be ready")
        until(lambda: answered(shared, "2") > 20, "it to take traffic")
        assert list(replicas(shared, 1)) == ["0"]
        reads.more()
        load.more()
    load.check()
    reads.check()
    assert load.statuses[503] == 0
    # what the two that left had acknowledged is in their journals alone, and the store forgets
    own_redis(shared).kill()
    until(lambda: all_applied_again(load, url_of(shared)), "the events of those that left to be applied again")
    until(lambda: shared.recommend("u1", exclude=["x:1"])["strategy"] == "personal", "histories to be back")
    replicas(shared, 2)
    until(lambda: states(shared) == {"0": "ready", "1": "ready"}, "both replicas to be ready again")


def all_applied_again(load: Load, url: str) -> bool:
    try:
        return all_applied(load, url)
    except redis.RedisError:
        return False


def children(fleet: Running) -> list[psutil.Process]:
    found = psutil.Process(fleet.process.pid).children(recursive=True)
    assert len(found) >= 2
    return found


def test_it_drains_and_leaves_nothing(fleet: Running) -> None:
    left = children(fleet)
    with Reads(fleet) as reads:
        assert fleet.stop(signal.SIGINT) == 0
    assert set(reads.statuses) == {200}
    assert not [child for child in left if child.is_running()]
    assert (fleet.state / "fleet.token").read_text() == ""


def test_a_front_that_is_killed_takes_everything_with_it(fleet: Running) -> None:
    left = children(fleet)
    fleet.process.kill()
    fleet.process.wait()
    assert not psutil.wait_procs(left, timeout=20)[1]


@pytest.mark.parametrize("fleet", [("--policy", "hash")], indirect=True)
def test_with_hashing_a_user_stays_where_their_events_are(fleet: Running) -> None:
    for number in range(10):
        user, body = f"u{number}", {"user": f"u{number}"}
        served = {fleet.request("POST", "/v1/recommendations", body).headers["x-served-by"] for _ in range(4)}
        assert len(served) == 1
        first = fleet.recommend(user)["items"][0]["item"]
        sent = fleet.send(user, first)
        assert (sent.status, sent.headers["x-served-by"]) == (202, *served)
        assert first not in [one["item"] for one in fleet.recommend(user)["items"]]


def test_a_second_fleet_on_the_same_state_is_refused(shared: Running) -> None:
    with pytest.raises(AssertionError, match="ended with 1"):
        start(shared.state, shared.keys, command="fleet")
    assert shared.recommend("u1")["items"]


def test_replicas_that_cannot_start_end_the_fleet_with_their_reason(serve: Callable[..., Running]) -> None:
    alone = serve()  # has the journal of replica 0
    with pytest.raises(AssertionError, match="replica 0 ended with status 1 while starting"):
        start(alone.state, alone.keys, "--replicas", "1", command="fleet")
    assert alone.recommend("u1")["items"]


def counted(fleet: Running) -> dict[str, float]:
    """Requests for a list by replica, as the replicas count them."""
    text = fleet.request("GET", "/metrics", tenant=None).body.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    lists = [one for one in samples if one.name == "recsys_requests_total" and one.labels["route"] == READ]
    return {one.labels["replica"]: one.value for one in lists if one.labels["status"] == "200"}


def test_metrics_are_those_of_all_replicas_and_of_the_front(shared: Running) -> None:
    before, fronts = counted(shared), {name: answered(shared, name) for name in "01"}
    for number in range(30):
        shared.recommend(f"u{number}")
    grown = {name: count - before.get(name, 0) for name, count in counted(shared).items()}
    assert sum(grown.values()) == 30
    assert grown == {name: answered(shared, name) - fronts[name] for name in grown}
    families = list(text_string_to_metric_families(shared.request("GET", "/metrics", tenant=None).body.decode()))
    assert len({family.name for family in families}) == len(families)
    states = [sample for family in families for sample in family.samples if sample.name == "recsys_front_replicas"]
    assert {sample.labels["state"]: sample.value for sample in states if sample.value} == {"ready": 2}


def test_the_front_keeps_the_limits_of_the_service(shared: Running) -> None:
    assert shared.request("POST", "/v1/recommendations", {"user": "u1"}, tenant=None).status == 401
    assert shared.request("POST", "/v1/recommendations", b"x" * 300_000).status == 413
    assert shared.request("POST", "/v1/recommendations", {"users": 1}).status == 422
    assert shared.request("GET", "/nothing", tenant=None).status == 404
    head = shared.request("HEAD", "/docs", tenant=None)
    assert (head.status, head.body, int(head.headers["content-length"]) > 0) == (200, b"", True)
    given = shared.request("POST", "/v1/recommendations", {"user": "u1"}, **{"x-request-id": "mine"})
    assert given.headers["x-request-id"] == "mine"
    assert shared.request("GET", "/health/ready", tenant=None).json == {"status": "ok", "store": "up", "models": 3}


@pytest.mark.parametrize(
    ("token", "body", "status"),
    [("wrong", {"count": 3}, 403), ("", {"count": 3}, 403), ("right", {"count": 0}, 422), ("right", {"n": 2}, 422)],
)
def test_only_who_has_the_token_scales(shared: Running, token: str, body: object, status: int) -> None:
    path = shared.state / "fleet.token"
    assert path.stat().st_mode & 0o777 == 0o600
    given = path.read_text() if token == "right" else token
    answer = shared.request("POST", "/fleet/replicas", body, None, authorization=f"Bearer {given}")
    assert (answer.status, answer.json["status"]) == (status, status)
    assert list(replicas(shared)) == ["0", "1"]


@pytest.fixture
def document(shared: Running) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{shared.port}/openapi.json")


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(
    max_examples=8, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_operation_conforms_through_the_front(case: schemathesis.Case, shared: Running) -> None:
    case.call_and_validate(headers={"X-API-Key": shared.keys["acme"]})
