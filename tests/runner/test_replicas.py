"""Several replicas of a workspace's service: listed, killed, scaled, and gone with it."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from studyapp.runner import orphans
from studyapp.runner.processes import Supervisor
from studyapp.runner.replicas import ReplicaError
from studyapp.runner.service import Service, ServiceError, reference
from studyapp.runner.traffic import Traffic
from studyapp.runner.workspace import Workspace
from tests.runner.conftest import until
from tests.runner.serving import LABS, Launched

pytestmark = pytest.mark.xdist_group("service")


@pytest.fixture(scope="module")
def place(launched: Launched, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of the reference, with models."""
    place = reference(LABS, tmp_path_factory.mktemp("replicas"))
    kept = launched.workspace.home / "state"
    shutil.copytree(kept, place.home / "state", ignore=shutil.ignore_patterns("journal", "keys.json"))
    return place


@pytest.fixture(scope="module")
def fleet(place: Workspace) -> Iterator[Service]:
    """Two replicas."""
    with Supervisor(place.data_root, grace=10) as supervisor:
        with Service.launch(place, supervisor, replicas=2) as service:
            yield service
        assert orphans.left_below(place.data_root) == []


def ready(service: Service, *names: str) -> bool:
    return [one.name for one in service.replicas() if one.state == "ready"] == list(names)


def sent(service: Service, name: str) -> float:
    """Requests that one replica has answered."""
    answered = {"replica": name, "outcome": "answered"}
    return sum(n for labels, n in service.client.metrics().of("front_requests_total") if labels == answered)


def test_a_killed_replica_costs_no_answer_and_is_started_again(fleet: Service) -> None:
    assert until(lambda: ready(fleet, "0", "1"))
    before = {one.name: one.pid for one in fleet.replicas()}
    with Traffic(fleet.client, 60, seconds=120, rng=random.Random(1)) as traffic:
        assert until(lambda: traffic.tally.answered > 30)
        fleet.kill("1")
        assert until(lambda: [one.state for one in fleet.replicas()] != ["ready", "ready"])
        assert until(lambda: ready(fleet, "0", "1"))
        after, more = {one.name: one.pid for one in fleet.replicas()}, sent(fleet, "1") + 20
        assert until(lambda: sent(fleet, "1") > more)
    assert (after["0"] == before["0"], after["1"] == before["1"]) == (True, False)
    assert (traffic.tally.failed, traffic.tally.refused) == (0, 0)


def test_one_more_takes_traffic_and_one_less_costs_no_answer(fleet: Service) -> None:
    assert until(lambda: ready(fleet, "0", "1"))
    with Traffic(fleet.client, 60, seconds=120, rng=random.Random(1)) as traffic:
        assert [one.name for one in fleet.scale(3)] == ["0", "1", "2"]
        assert until(lambda: ready(fleet, "0", "1", "2"))
        assert until(lambda: sent(fleet, "2") > 20)
        assert [one.name for one in fleet.scale(2)] == ["0", "1"]
        answered = traffic.tally.answered
        assert until(lambda: traffic.tally.answered > answered + 20)
    assert (traffic.tally.failed, traffic.tally.refused) == (0, 0)


def test_what_cannot_be_done_is_told(fleet: Service, launched: Launched) -> None:
    with pytest.raises(ReplicaError, match="there is no replica 7"):
        fleet.kill("7")
    with pytest.raises(ReplicaError, match="1 to 16 replicas, not 17"):
        fleet.scale(17)
    with pytest.raises(ReplicaError, match="launched alone"):
        launched.service.scale(2)


def test_a_service_alone_is_one_replica(launched: Launched) -> None:
    alone = launched.service.replicas()
    assert [(one.name, one.pid, one.state) for one in alone] == [("0", launched.service.child.pid, "ready")]


def test_no_replica_is_refused_in_words(place: Workspace, fleet: Service, tmp_path: Path) -> None:
    other = reference(LABS, tmp_path)
    shutil.copytree(place.home / "state" / "models", other.home / "state" / "models")
    with (
        Supervisor(other.data_root) as supervisor,
        pytest.raises(ServiceError, match="does not start: a fleet has 1 to 16 replicas, not 0"),
    ):
        Service.launch(other, supervisor, replicas=0)
