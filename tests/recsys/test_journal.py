"""What was acknowledged is in the journal after a crash, a full disk, a failed sync; what was not leaves no trace."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.journal import START, Journal, JournalUnavailableError, Position, read_all

payloads = st.lists(st.binary(max_size=40).filter(lambda data: b"\n" not in data), max_size=30)


def everything(journal: Journal, limit: int = 7) -> list[bytes]:
    """All durable payloads, read in pieces."""
    position, found = START, []
    while True:
        part, position = journal.read(position, limit)
        if not part:
            return found
        found += part


@given(first=payloads, second=payloads, segment=st.integers(1, 200))
def test_records_come_back_in_order_over_restarts_and_segments(
    tmp_path_factory: pytest.TempPathFactory, first: list[bytes], second: list[bytes], segment: int
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    for part in (first, second):
        journal = Journal(folder, segment_bytes=segment)
        for payload in part:
            journal.append([payload]).result(10)
        journal.close()
    journal = Journal(folder, segment_bytes=segment)
    assert everything(journal) == first + second == list(read_all(folder))
    assert journal.read(journal.end) == ([], journal.end)
    journal.close()


@given(cut=st.integers(1, 60))
def test_a_torn_tail_is_cut_off(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    journal.append([b"one", b"two", b"three", b"four"]).result(10)
    journal.close()
    path = folder / "00000001.journal"
    os.truncate(path, max(path.stat().st_size - cut, 0))
    journal = Journal(folder)
    left = everything(journal)
    assert left == [b"one", b"two", b"three", b"four"][: len(left)]
    journal.append([b"five"]).result(10)
    assert everything(journal) == [*left, b"five"]
    journal.close()


def test_a_damaged_record_costs_only_itself(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([b"one", b"two", b"three"]).result(10)
    journal.close()
    path = tmp_path / "00000001.journal"
    path.write_bytes(path.read_bytes().replace(b"two", b"tWo"))
    journal = Journal(tmp_path)
    assert everything(journal) == [b"one", b"three"]
    journal.close()


def test_an_append_is_durable_before_it_is_acknowledged(tmp_path: Path) -> None:
    synced = threading.Event()

    def slow_sync(descriptor: int) -> None:
        synced.wait(10)
        os.fsync(descriptor)

    journal = Journal(tmp_path, fsync=slow_sync)
    future = journal.append([b"one"])
    assert journal.read(START)[0] == []
    assert not future.done()
    synced.set()
    assert future.result(10) == journal.end
    journal.close()


def test_many_callers_share_one_sync(tmp_path: Path) -> None:
    gate, syncs = threading.Event(), []

    def counted(descriptor: int) -> None:
        gate.wait(10)
        syncs.append(descriptor)

    journal = Journal(tmp_path, fsync=counted)
    futures = [journal.append([b"%d" % number]) for number in range(200)]
    gate.set()
    for future in futures:
        future.result(10)
    assert len(syncs) <= 3
    journal.close()


def test_a_failed_sync_is_not_acknowledged_and_the_next_append_is(tmp_path: Path) -> None:
    failures = [OSError(errno.ENOSPC, "No space left on device")] * 2

    def failing(descriptor: int) -> None:
        if failures:
            raise failures.pop()
        os.fsync(descriptor)

    journal = Journal(tmp_path, fsync=failing)
    with pytest.raises(JournalUnavailableError, match="No space left"):
        journal.append([b"lost"]).result(10)
    journal.append([b"kept"]).result(10)
    assert everything(journal) == [b"kept"]
    journal.close()
    assert list(read_all(tmp_path)) == [b"kept"]


def test_too_many_waiting_appends_are_refused(tmp_path: Path) -> None:
    gate = threading.Event()
    journal = Journal(tmp_path, waiting=2, fsync=lambda _: gate.wait(10))
    futures = [journal.append([b"x"]) for _ in range(10)]
    refused = [future for future in futures if future.done() and future.exception()]
    assert len(refused) >= 5
    gate.set()
    journal.close()
    assert len(list(read_all(tmp_path))) == 10 - len(refused)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(JournalUnavailableError, match="--replica"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


def test_a_position_beyond_the_end_is_not_an_error(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([b"one"]).result(10)
    assert journal.read(Position(9, 0))[0] == []
    journal.close()
