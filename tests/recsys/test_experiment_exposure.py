"""The exposure log: each unit once, crossovers apart, never in the way of a request."""

import errno
import io
import threading
from typing import NoReturn

from recsys.experiment import Assignment, ExposureLog, read_exposures


def seen(variant: str | None, name: str = "e") -> Assignment:
    return Assignment(name, variant, "assigned" if variant else "ramp")


def test_a_unit_counts_once_however_often_it_looks() -> None:
    log = ExposureLog()
    assert [log.record(seen("a"), "u1", at) for at in (1.0, 2.0, 3.0)] == [True, False, False]
    log.record(seen("b"), "u2", 4.0)
    log.record(seen("a", "other"), "u2", 4.0)
    assert log.counts("e") == {"a": 1, "b": 1}


def test_a_unit_outside_the_experiment_is_not_exposed() -> None:
    log = ExposureLog()
    assert not log.record(seen(None), "u1", 1.0)
    assert log.counts("e") == {}


def test_a_unit_in_two_variants_is_left_out_of_both() -> None:
    sink = io.StringIO()
    log = ExposureLog(sink)
    looks = ("a", "u1"), ("b", "u1"), ("b", "u1"), ("a", "u1"), ("b", "u2")
    assert [log.record(seen(v), unit, 1.0) for v, unit in looks] == [True, True, False, False, True]
    assert (log.counts("e"), log.crossovers("e")) == ({"b": 1}, 1)
    first, crossed = read_exposures(sink.getvalue().splitlines())
    assert list(first) == [("e", "u2")]
    assert crossed == {("e", "u1")}


def test_the_file_keeps_the_first_time_and_survives_a_torn_last_line() -> None:
    sink = io.StringIO()
    ExposureLog(sink).record(seen("a"), "u1", 1.5)
    ExposureLog(sink).record(seen("a"), "u1", 9.0)  # the same unit after a restart
    first, _ = read_exposures([*sink.getvalue().splitlines(), '{"experiment": "e", "unit'])
    assert first[("e", "u1")].at == 1.5


class FullDisk(io.StringIO):
    """A stream whose every write fails as on a full disk."""

    def write(self, _: str) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_loses_lines_and_no_request() -> None:
    log = ExposureLog(FullDisk())
    assert log.record(seen("a"), "u1", 1.0)
    assert (log.lost, log.counts("e")) == (1, {"a": 1})


def test_memory_stays_within_the_capacity_and_the_file_has_the_rest() -> None:
    sink = io.StringIO()
    log = ExposureLog(sink, capacity=2)
    for i in range(5):
        log.record(seen("a"), f"u{i}", 1.0)
    assert log.counts("e") == {"a": 2}
    assert len(read_exposures(sink.getvalue().splitlines())[0]) == 5


def test_many_threads_lose_and_double_nothing() -> None:
    sink = io.StringIO()
    log = ExposureLog(sink)

    def work() -> None:
        for i in range(500):
            log.record(seen("a"), f"u{i}", 1.0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.counts("e") == {"a": 500}
    assert len(sink.getvalue().splitlines()) == 500
