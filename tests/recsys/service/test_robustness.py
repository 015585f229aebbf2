"""What breaks in the night, with load running: no error but declared shedding, nothing acknowledged is lost."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest
from running import Load, Running, start, until

from recsys.backend import OwnServer, connect
from recsys.balance import NoReplicaError, Replica, RoundRobin
from recsys.bundle import register, registry_of
from recsys.ejection import Ejector
from recsys.registry import Lineage, Registry
from recsys.store import EventStore
from recsys.tenancy import KeyRing

REDIS = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(REDIS is None, reason="no redis-server on the path")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
Serve = Callable[..., Running]


@pytest.fixture
def redis_server() -> Iterator[OwnServer]:
    """A Redis of the test's own."""
    server = OwnServer(str(REDIS))
    server.start()
    yield server
    server.stop()


def own_redis(service: Running) -> psutil.Process:
    """The Redis that a service has started."""
    children = psutil.Process(service.process.pid).children()
    return next(child for child in children if "redis" in child.name())


def url_of(service: Running) -> str:
    """The address of the Redis that a service has started."""
    said = next(line for line in service.lines if line.startswith("store: "))
    return f"redis://127.0.0.1:{said.rpartition(' ')[2]}/0"


def all_applied(load: Load, url: str) -> bool:
    """Whether the store has every event that was acknowledged."""
    store = EventStore(connect(url, 5.0))
    for tenant in {tenant for tenant, _, _ in load.acknowledged}:
        users = sorted({user for owner, user, _ in load.acknowledged if owner == tenant})
        stored = dict(zip(users, store.histories(tenant, users), strict=True))
        expected = [(user, item) for owner, user, item in load.acknowledged if owner == tenant]
        if any((item, "done") not in stored[user] for user, item in expected):
            return False
    return True


@needs_redis
def test_redis_dies_and_comes_back_empty(serve: Serve) -> None:
    service = serve("--log-file", "/dev/null")
    with Load(service) as load:
        own_redis(service).send_signal(signal.SIGKILL)
        until(lambda: load.strategies["popular"] > 40, "answers without a store")
        until(service.ready, "the store to be back, without a restart")
        personal = load.strategies["personal"]
        until(lambda: load.strategies["personal"] > personal + 20, "personal answers again")
        load.more()
    load.check()
    assert load.statuses[503] == 0
    assert len(load.acknowledged) > 10
    until(lambda: all_applied(load, url_of(service)), "every acknowledged event to be applied again")


@needs_redis
def test_redis_hangs(serve: Serve, redis_server: OwnServer) -> None:
    service = serve(environment={"REDIS_URL": redis_server.url})
    process = next(one for one in psutil.Process().children() if str(redis_server.port) in " ".join(one.cmdline()))
    with Load(service) as load:
        process.suspend()
        try:
            until(lambda: not service.ready(), "the hang to be noticed")
            load.more(100)
        finally:
            process.resume()
        until(service.ready, "the store to answer again")
        load.more()
    load.check()
    until(lambda: all_applied(load, redis_server.url), "every acknowledged event to be applied")


@needs_redis
def test_a_replica_is_killed_behind_a_balancer(serve: Serve, redis_server: OwnServer) -> None:
    environment = {"REDIS_URL": redis_server.url}
    services = {name: serve("--replica", name, environment=environment) for name in ("a", "b")}
    balancer = RoundRobin([Replica(name) for name in services])
    ejector = Ejector(balancer.replicas, failures=1)
    failed = 0
    with Load(*services.values()) as load:
        services["b"].process.kill()
        for serial in range(50):
            failed += not answered(balancer, ejector, services, f"u{serial}")
        load.more()
    load.check()
    assert failed == 0
    assert load.unanswered > 0
    serve("--replica", "b", environment=environment)
    until(
        lambda: all_applied(load, redis_server.url), "the events of the killed replica to be applied by its successor"
    )


def answered(balancer: RoundRobin, ejector: Ejector, services: dict[str, Running], user: str) -> bool:
    """Whether some replica answers; one that does not is ejected and the next is asked."""
    for _ in services:
        try:
            replica = balancer.pick()
        except NoReplicaError:
            return False
        try:
            ok = services[replica.name].request("POST", "/v1/recommendations", {"user": user}).status == 200
        except OSError:
            ok = False
        ejector.record(replica, ok=ok)
        if ok:
            return True
    return False


@linux
def test_the_disk_of_the_journal_is_full_for_a_while(serve: Serve) -> None:
    service = serve()
    assert service.send("u1", "board:before").status == 202
    journal = next((service.state / "journal" / "0").glob("*.journal"))
    with Load(service) as load:
        # No file of the process may grow beyond a few bytes more: writes fail, some of them half-way through.
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (journal.stat().st_size + 1000, -1))
        until(lambda: load.statuses[503] > 20, "events to be refused")
        assert service.request("POST", "/v1/recommendations", {"user": "u1"}).status == 200
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (-1, -1))
        until(lambda: service.send("u1", "board:after").status == 202, "events to be accepted again")
        load.more()
    load.check()
    service.stop()
    again = serve()
    until(lambda: all_applied(load, url_of(again)), "what was acknowledged, and only that, to be in the journal")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_the_disk_of_the_log_is_full(serve: Serve) -> None:
    service = serve("--log-file", "/dev/full")
    with Load(service) as load:
        load.more()
        until(lambda: service.metric("recsys_log_dropped_lines") > 0, "lost lines to be counted")
    load.check()
    assert load.statuses[503] == 0


@pytest.mark.parametrize("damage", ["not finite", "foreign", "truncated", "empty", "forged"])
def test_a_broken_model_is_deployed(service: Running, damage: str, tmp_path: Path) -> None:
    before, failures = service.recommend("u1")["model_version"], service.metric("recsys_model_failures_total")
    registry = registry_of(service.state / "models", "acme")
    with Load(service) as load:
        bundle = broken(registry.resolve("champion").path, tmp_path / "bundle", damage)
        deploy(service.state / "models", bundle, damage)
        until(lambda: service.metric("recsys_model_failures_total") > failures, "the model to be refused")
        load.more()
        assert service.recommend("u8", exclude=[f"x:{failures}"])["model_version"] == before
        registry.rollback("champion", reason="it is broken")
        load.more()
    load.check()
    assert load.statuses[503] == 0


def deploy(models: Path, bundle: Path, damage: str) -> None:
    """Make a bundle the champion: as the pipeline does, or as somebody who can write to the disk and has no key."""
    registry = Registry(models / "acme") if damage == "forged" else registry_of(models, "acme")
    add = registry.register if damage == "forged" else partial(register, models, "acme")
    registry.set_alias("champion", add(bundle, Lineage(damage, "y")))


def broken(sound: Path, target: Path, damage: str) -> Path:
    """A copy of a bundle with one fault."""
    shutil.copytree(sound, target)
    if damage == "forged":
        return target
    for path in target.iterdir():
        path.chmod(0o644)
    if damage == "not finite":
        arrays = dict(np.load(target / "retriever.npz"))
        np.savez(target / "retriever.npz", **arrays | {"weights": arrays["weights"] * np.float32(np.nan)})
    elif damage == "foreign":
        about = json.loads((target / "model.json").read_text())
        (target / "model.json").write_text(json.dumps(about | {"tenant": "globex"}))
    elif damage == "truncated":
        (target / "ranker.npz").unlink()
    else:
        (target / "model.json").write_text("{}")
    return target


def test_a_model_whose_files_change_after_registration_does_not_serve(serve: Serve, state: Path) -> None:
    registry = registry_of(state / "models", "acme")
    path = registry.resolve("champion").path / "catalogue.json"
    path.chmod(0o644)
    path.write_text(path.read_text().replace("-acme", "-evil"))
    service = serve()
    assert service.recommend("u1")["strategy"] == "starter"
    assert service.recommend("u1", "globex")["strategy"] == "personal"
    assert service.metric("recsys_model_failures_total") == 1


def test_a_better_model_is_promoted_while_it_serves(service: Running, tmp_path: Path) -> None:
    registry = registry_of(service.state / "models", "acme")
    with Load(service) as load:
        before = service.recommend("u1")["model_version"]
        bundle = tmp_path / "bundle"
        shutil.copytree(registry.resolve("champion").path, bundle)
        registry.set_alias("champion", register(service.state / "models", "acme", bundle, Lineage("other data", "y")))
        until(lambda: service.recommend("u1")["model_version"] != before, "the new version to serve")
        load.more()
    load.check()
    assert load.statuses[503] == 0


def test_keys_follow_without_a_restart(service: Running) -> None:
    ring = KeyRing(service.state / "keys.json")
    service.keys = {**service.keys, "late": ring.issue("late")}

    def status() -> int:
        return service.request("POST", "/v1/recommendations", {"user": "u1"}, "late").status

    until(lambda: status() == 200, "the new key")
    ring.revoke("late")
    until(lambda: status() == 401, "its end")


@pytest.mark.parametrize(
    ("number", "options"),
    [(signal.SIGTERM, ()), (signal.SIGINT, ("--precision", "int8", "--route", "cheap-first"))],
    ids=["TERM", "INT, at low cost"],
)
def test_it_answers_stops_cleanly_and_leaves_no_child(serve: Serve, number: int, options: tuple[str, ...]) -> None:
    service = serve(*options)
    assert service.recommend("u1")["strategy"] == "personal"
    children = psutil.Process(service.process.pid).children(recursive=True)
    with Load(service) as load:
        assert service.stop(number) == 0
    load.check()
    assert service.lines[-1].startswith("listening")
    assert not [child for child in children if child.is_running()]


def test_a_second_service_on_the_same_journal_is_refused(service: Running) -> None:
    with pytest.raises(AssertionError, match="ended with 1"):
        start(service.state, service.keys)
    assert service.recommend("u1")["items"]
