"""The front's parts on stand-in replicas: who is asked, how often, and what is held against whom."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import pytest
from prometheus_client.parser import text_string_to_metric_families

from recsys.balance import NoReplicaError, Replica, RoundRobin
from recsys.fleet.delivery import Delivery, Request, UndeliveredError
from recsys.fleet.metrics import FrontMetrics, merge
from recsys.fleet.rotation import Rotation
from recsys.fleet.upstream import NotSentError, Upstream
from recsys.hedging import Hedger
from recsys.settings import Policy

READ = Request("POST", "/v1/recommendations", body=b"{}")
EVENT = Request("POST", "/v1/events", body=b"{}")


@dataclass
class StandIn:
    """Answers every request alike: with a status, or by hanging up (0) or by silence (None); counts what it got."""

    status: int | None = 200
    seen: list[bytes] = field(default_factory=list)
    connections: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.seen.append(head + await reader.readexactly(length))
                if self.status is None:
                    await self.released.wait()
                    break
                if not self.status:
                    break
                writer.write(b"HTTP/1.1 %d X\r\nKeep-Alive: 5\r\nContent-Length: 2\r\n\r\nok" % self.status)
        writer.close()


@dataclass
class Setting:
    """A delivery to replicas by name."""

    rotation: Rotation
    delivery: Delivery
    metrics: FrontMetrics
    replicas: Mapping[str, Replica]

    def count(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"recsys_front_{name}_total", labels) or 0.0

    async def status(self, request: Request = READ) -> int:
        return (await self.delivery.deliver(request))[1].status


@contextlib.asynccontextmanager
async def serving(policy: Policy = "round-robin", *, hedge: bool = False, **stands: StandIn) -> AsyncIterator[Setting]:
    async with contextlib.AsyncExitStack() as stack:
        metrics, upstreams = FrontMetrics(), dict[str, Upstream]()
        rotation = Rotation(policy, lambda replica: metrics.ejections.labels(replica.name).inc())
        replicas = {name: Replica(name) for name in stands}
        for name, stand in stands.items():
            server = await asyncio.start_server(stand.serve, "127.0.0.1", 0)
            stack.callback(server.close)
            upstreams[name] = Upstream(server.sockets[0].getsockname()[1])
            stack.callback(stand.released.set)
            stack.callback(upstreams[name].close)
            rotation.add(replicas[name])
        yield Setting(rotation, Delivery(rotation, upstreams, metrics, hedge=hedge), metrics, replicas)


async def closed_port() -> int:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


@pytest.mark.parametrize("fault", [0, 500, 503], ids=["hangs up", "fails", "refuses"])
async def test_a_read_that_one_replica_fails_another_answers(fault: int) -> None:
    async with serving(a=StandIn(fault), b=StandIn()) as fleet:
        assert [await fleet.status() for _ in range(4)] == [200] * 4
        assert fleet.count("retries") > 0


@pytest.mark.parametrize("fault", [0, 500, 503], ids=["hangs up", "fails", "refuses"])
async def test_an_event_that_a_replica_may_have_seen_is_not_sent_again(fault: int) -> None:
    a, b = StandIn(fault), StandIn(fault)
    async with serving(a=a, b=b) as fleet:
        for _ in range(2):
            if fault:
                assert await fleet.status(EVENT) == fault
            else:
                with pytest.raises(UndeliveredError):
                    await fleet.status(EVENT)
        assert (len(a.seen), len(b.seen), fleet.count("retries")) == (1, 1, 0)


async def test_an_event_that_no_byte_was_sent_of_goes_to_another_replica() -> None:
    b = StandIn()
    async with serving(a=StandIn(), b=b) as fleet:
        fleet.delivery._upstreams["a"].port = await closed_port()  # type: ignore[index]
        assert [await fleet.status(EVENT) for _ in range(6)] == [200] * 6
        assert len(b.seen) == 6


async def test_a_read_is_tried_three_times_at_most_and_the_last_refusal_is_passed_on() -> None:
    stands = {name: StandIn(503) for name in "abcde"}
    async with serving(**stands) as fleet:
        assert await fleet.status() == 503
    assert sum(len(stand.seen) for stand in stands.values()) == 3


async def test_when_all_fails_the_budget_ends_the_retries() -> None:
    stands = {name: StandIn(503) for name in "abc"}
    async with serving(**stands) as fleet:
        for _ in range(200):
            with contextlib.suppress(NoReplicaError):
                await fleet.status()
        assert fleet.count("retries") <= 50 + 0.1 * 200


async def test_a_replica_that_keeps_failing_is_ejected_and_one_more_than_half_is_not() -> None:
    async with serving(a=StandIn(503), b=StandIn(503), c=StandIn(), d=StandIn()) as fleet:
        for _ in range(40):
            assert await fleet.status() == 200
        assert [name for name, one in fleet.replicas.items() if not one.available] == ["a", "b"]
        assert (fleet.count("ejections", replica="a"), fleet.count("ejections", replica="b")) == (1, 1)
        before = fleet.count("retries")
        assert [await fleet.status() for _ in range(10)] == [200] * 10
        assert fleet.count("retries") == before


async def test_a_replica_that_does_not_answer_is_left_alone_by_its_breaker() -> None:
    a = StandIn(0)
    async with serving(a=a) as fleet:
        for _ in range(20):
            with pytest.raises((UndeliveredError, NoReplicaError)):
                await fleet.status()
        assert len(a.seen) == 5  # the breaker's minimum; a single replica is never ejected
        assert fleet.replicas["a"].available


async def test_nobody_in_rotation_is_said_so() -> None:
    async with serving(a=StandIn()) as fleet:
        fleet.rotation.remove(fleet.replicas["a"])
        with pytest.raises(NoReplicaError, match="no replica is ready"):
            await fleet.status()


async def test_what_was_ejected_starts_with_a_clean_record_when_it_comes_back() -> None:
    async with serving(a=StandIn(503), b=StandIn()) as fleet:
        for _ in range(20):
            await fleet.status()
        assert not fleet.replicas["a"].available
        fleet.rotation.remove(fleet.replicas["a"])
        again = Replica("a")
        fleet.rotation.add(again)
        with fleet.rotation.lease("", {"b"}) as leased:
            assert leased is again


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_read_that_hangs_is_hedged() -> None:
    a, b = StandIn(None), StandIn()
    async with serving("hash", hedge=True, a=a, b=b) as fleet:
        key = next(str(n) for n in range(99) if owner(fleet, str(n)) == "a")
        assert await fleet.status(Request("POST", "/v1/recommendations", key=key)) == 200
        assert (len(a.seen), len(b.seen), fleet.count("hedges")) == (1, 1, 1)
        assert fleet.replicas["a"].in_flight == 0


async def test_an_event_that_hangs_is_not_hedged() -> None:
    a, b = StandIn(None), StandIn()
    async with serving("hash", hedge=True, a=a, b=b) as fleet:
        key = next(str(n) for n in range(99) if owner(fleet, str(n)) == "a")
        task = asyncio.create_task(fleet.status(Request("POST", "/v1/events", key=key)))
        await until(lambda: len(a.seen) == 1)
        await asyncio.wait({task}, timeout=5 * Hedger().delay)
        assert not task.done()
        assert (len(b.seen), fleet.count("hedges")) == (0, 0)
        task.cancel()


def owner(fleet: Setting, key: str) -> str:
    with fleet.rotation.lease(key, ()) as replica:
        fleet.rotation.record(replica, answered=True, ok=True)
        return replica.name


async def test_a_replica_that_every_hedge_has_to_rescue_is_left_alone() -> None:
    a = StandIn(None)
    async with serving("hash", hedge=True, a=a, b=StandIn()) as fleet:
        key = next(str(n) for n in range(99) if owner(fleet, str(n)) == "a")
        fleet.delivery._hedger.max_share = 1.0  # type: ignore[union-attr]
        for _ in range(12):
            assert await fleet.status(Request("GET", "/docs", key=key)) == 200
        assert 3 <= len(a.seen) <= 5
        assert fleet.count("requests", replica="a", outcome="given up") == len(a.seen)


async def test_connections_are_kept_and_those_that_the_replica_closed_are_not_used() -> None:
    a = StandIn()
    async with serving(a=a) as fleet:
        for _ in range(5):
            assert await fleet.status() == 200
        assert a.connections == 1
        upstream = fleet.delivery._upstreams["a"]
        upstream._idle[0].transport.write(b"junk that nobody asked for")
        a.status = 0
        with pytest.raises(UndeliveredError):
            await fleet.status()
        a.status = 200
        assert await fleet.status() == 200


async def test_a_head_and_a_204_have_no_body_to_wait_for() -> None:
    async with serving(a=StandIn()) as fleet:
        async with asyncio.timeout(5):
            _, answer = await fleet.delivery.deliver(Request("HEAD", "/docs"))
    assert (answer.status, answer.body, dict(answer.headers)["Content-Length"]) == (200, b"", "2")


async def test_nobody_listening_is_not_sent() -> None:
    with pytest.raises(NotSentError):
        await Upstream(await closed_port()).ask("GET", "/")


@pytest.mark.parametrize("policy", ["round-robin", "least", "two-choices", "hash"])
async def test_every_policy_spreads_requests(policy: Policy) -> None:
    stands = {name: StandIn() for name in "abc"}
    async with serving(policy, **stands) as fleet:
        for number in range(90):
            await fleet.status(Request("GET", "/", key=str(number)))
    assert all(len(stand.seen) > 10 for stand in stands.values())


def test_a_balancer_that_ignores_who_is_available_ends_in_an_error_and_not_in_a_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rotation = Rotation("round-robin")
    rotation.add(Replica("a"))
    for _ in range(5):
        with rotation.lease("", ()) as replica:
            rotation.record(replica, answered=False, ok=True)  # the breaker opens
    monkeypatch.setattr(RoundRobin, "available", lambda self: self.replicas)
    with pytest.raises(NoReplicaError, match="not available"), rotation.lease("", ()):
        pytest.fail("leased what the breaker refuses")


def test_merged_metrics_are_sound_and_name_each_replica() -> None:
    one = (
        '# HELP x_total So "many".\n# TYPE x_total counter\nx_total{a="1"} 3.0\nx_total{a="2"} 1.0\n'
        "# HELP y Now.\n# TYPE y gauge\ny 2.5\n"
    )
    merged = merge({"0": one, "1": one.replace("3.0", "4.0")})
    assert merged.count("# TYPE x_total counter") == 1
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(merged)
        for sample in family.samples
    }
    assert samples == {
        ("x_total", (("a", "1"), ("replica", "0"))): 3.0,
        ("x_total", (("a", "2"), ("replica", "0"))): 1.0,
        ("x_total", (("a", "1"), ("replica", "1"))): 4.0,
        ("x_total", (("a", "2"), ("replica", "1"))): 1.0,
        ("y", (("replica", "0"),)): 2.5,
        ("y", (("replica", "1"),)): 2.5,
    }
    lines = merged.splitlines()
    assert max(n for n, line in enumerate(lines) if line.startswith("x_total")) < lines.index("# HELP y Now.")
