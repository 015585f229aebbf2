"""Step 2: who met which variant first; each unit once, and no request broken."""

import io
import json
import threading

from recsys.experiment.definition import Assignment
from recsys.experiment.exposure import Exposure, ExposureLog, read_exposures


def met(variant, experiment="ranker"):
    return Assignment(experiment, variant, "assigned" if variant else "ramp")


class FullDisk(io.StringIO):
    """A log file on a disk that is full."""

    def write(self, text):
        raise OSError(28, "No space left on device")


def lines(sink):
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def test_a_unit_counts_once():
    log = ExposureLog()
    first = log.record(met("control"), "u1", 1.0)
    again = [log.record(met("control"), "u1", float(at)) for at in range(2, 50)]
    assert first is True, "record of a first exposure says True"
    assert any(again) is False, "record of the same unit in the same variant says False"
    log.record(met("treatment"), "u2", 3.0)
    assert dict(log.counts("ranker")) == {"control": 1, "treatment": 1}, "counts after 49 requests of u1 and one of u2"


def test_control_is_logged_as_treatment_is():
    log = ExposureLog(sink := io.StringIO())
    log.record(met("control"), "u1", 1.0)
    assert lines(sink) == [{"experiment": "ranker", "unit_id": "u1", "variant": "control", "at": 1.0}], (
        "the line in the log"
    )


def test_who_takes_no_part_is_not_logged():
    log = ExposureLog(sink := io.StringIO())
    assert log.record(met(None), "u1", 1.0) is False, "record of a unit without a variant says False"
    assert (dict(log.counts("ranker")), lines(sink)) == ({}, []), "(counts, lines) where nobody took part"


def test_experiments_do_not_mix():
    log = ExposureLog()
    log.record(met("control"), "u1", 1.0)
    assert log.record(met("treatment", "layout"), "u1", 2.0) is True, "the same unit in another experiment"
    assert (dict(log.counts("ranker")), dict(log.counts("layout"))) == ({"control": 1}, {"treatment": 1}), (
        "counts of both"
    )
    assert log.crossovers("ranker") == 0, "crossovers of one experiment, where the other has another variant"


def test_a_crossover_counts_nowhere():
    log = ExposureLog(sink := io.StringIO())
    for variant in ("control", "treatment", "control", "treatment"):
        log.record(met(variant), "u1", 1.0)
    log.record(met("control"), "u2", 2.0)
    assert log.crossovers("ranker") == 1, "units that met both variants"
    assert dict(log.counts("ranker")) == {"control": 1}, "counts, where u1 met both variants and u2 one"
    assert len(lines(sink)) == 3, "lines in the log: both meetings of u1, each once, and that of u2"


def test_a_full_disk_breaks_no_request():
    log = ExposureLog(FullDisk())
    assert log.record(met("control"), "u1", 1.0) is True, "record on a full disk"
    assert (log.lost, dict(log.counts("ranker"))) == (1, {"control": 1}), "(lines lost, counts)"
    closed = io.StringIO()
    closed.close()
    log = ExposureLog(closed)
    log.record(met("control"), "u1", 1.0)
    assert log.lost == 1, "lines lost, where the file was closed by the stop of the service"


def test_memory_is_bounded_and_the_file_is_not():
    log = ExposureLog(sink := io.StringIO(), capacity=3)
    for number in range(10):
        log.record(met("control"), f"u{number}", 1.0)
    assert log.counts("ranker")["control"] == 3, "units kept in memory at a capacity of 3"
    assert len(lines(sink)) == 10, "lines in the log, which has everybody"


def test_threads():
    log, start = ExposureLog(sink := io.StringIO()), threading.Barrier(8)

    def work():
        start.wait()
        for number in range(300):
            log.record(met("control"), f"u{number}", 1.0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.counts("ranker")["control"] == 300, "units that eight threads logged, the same 300 each"
    assert len(lines(sink)) == 300, "whole lines in the log"


def test_the_log_is_read_back():
    log = ExposureLog(sink := io.StringIO())
    for unit, variant, at in (
        ("u1", "control", 1.0),
        ("u2", "treatment", 2.0),
        ("u3", "control", 3.0),
        ("u3", "treatment", 4.0),
    ):
        log.record(met(variant), unit, at)
    first, crossed = read_exposures([*sink.getvalue().splitlines(), '{"experiment": "ranker", "unit_'])
    wanted = {
        ("ranker", "u1"): Exposure("ranker", "u1", "control", 1.0),
        ("ranker", "u2"): Exposure("ranker", "u2", "treatment", 2.0),
    }
    assert first == wanted, "exposures read from four lines, u3 in both variants, and half a line"
    assert crossed == {("ranker", "u3")}, "crossovers read from them"


def test_of_two_replicas_the_first_meeting_counts():
    text = [json.dumps({"experiment": "e", "unit_id": "u", "variant": "control", "at": at}) for at in (5.0, 9.0)]
    first, _ = read_exposures(text)
    assert first["e", "u"].at == 5.0, "time of the exposure, logged by two replicas at 5 and at 9"
