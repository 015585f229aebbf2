"""A service is stopped from elsewhere, by its record; what the records do not prove to be ours is left alone."""

import json
import os
import subprocess
import sys

import psutil
import pytest

from studyapp.runner import orphans
from studyapp.runner.launches import serving, stop_launched
from studyapp.runner.orphans import MARK
from tests.runner.conftest import until
from tests.runner.serving import Launched

pytestmark = pytest.mark.xdist_group("service")


def test_a_service_that_another_app_launched_is_stopped_with_all_it_started(launched: Launched) -> None:
    service = launched.service
    below = psutil.Process(service.child.pid).children(recursive=True)
    try:
        assert stop_launched(launched.workspace) == [service.child.pid]
        assert until(lambda: not service.child.running)
        assert not [process for process in below if process.is_running()]
        assert orphans.left_below(launched.data_root) == []
        assert stop_launched(launched.workspace) == []
    finally:
        launched.restart()
    assert launched.service.client.ready()


@pytest.mark.parametrize("lies", ["mark", "time", "place"])
def test_what_is_not_proven_to_be_ours_is_left_alone(launched: Launched, lies: str) -> None:
    record, place = launched.supervisor.records / "recsys-forged.json", str(launched.workspace.home / "state")
    command = [sys.executable, "-c", "import time; time.sleep(600)", "elsewhere" if lies == "place" else place]
    mark = {} if lies == "mark" else {MARK: str(record)}
    with subprocess.Popen(command, start_new_session=True, env={**os.environ, **mark}) as other:
        started = 0.0 if lies == "time" else psutil.Process(other.pid).create_time()
        record.write_text(json.dumps({"child": other.pid, "started": started}))
        try:
            assert [process.pid for _, process in serving(launched.supervisor.records, place)] == [
                launched.service.child.pid
            ]
        finally:
            record.unlink()
            other.kill()
