"""Event files are read back as written, and every error says where and what to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.data import EventsFileError, read_events, write_events
from recsys.events import Events, concatenate
from recsys.generator import generate_tenant

HEADER = "tenant,user,item,event,timestamp\n"
names = st.from_regex(r"[A-Za-z0-9._:\-]{1,12}", fullmatch=True)
rows = st.tuples(st.from_regex(r"[a-z0-9][a-z0-9\-]{0,9}", fullmatch=True), names, names, names, st.floats(0, 4e9))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_is_read_back_as_written(tmp_path: Path, suffix: str) -> None:
    events, _ = generate_tenant(1, "acme")
    write_events(events, tmp_path / f"events.{suffix}")
    back = read_events(tmp_path / f"events.{suffix}")
    for column in ("tenant", "user", "item", "event", "timestamp"):
        np.testing.assert_array_equal(getattr(back, column), getattr(events, column))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@given(events=st.lists(rows, min_size=1, max_size=20))
def test_any_valid_event_survives_the_file(tmp_path_factory: pytest.TempPathFactory, suffix: str, events: list) -> None:
    path = tmp_path_factory.mktemp("events") / f"events.{suffix}"
    write_events(Events.from_rows(events), path)
    back = read_events(path)
    assert list(zip(back.user.tolist(), back.timestamp.tolist(), strict=True)) == [(row[1], row[4]) for row in events]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tenant,user,item,event\na,b,c,d\n", "no column timestamp"),
        (HEADER, "no events"),
        (HEADER + "acme,u,i,view,1\nacme,,i,view,2\n", "csv:3: user ''"),
        (HEADER + "acme,u,i,view,1\nacme,a b,i,view,2\n", "csv:3: user 'a b'"),
        (HEADER + "Acme Inc,u,i,view,1\n", "csv:2: tenant 'Acme Inc'"),
        (HEADER + "acme,u,i,view,yesterday\n", "csv:2: timestamp 'yesterday' is not epoch seconds or ISO 8601"),
        (HEADER + "acme,u,i,view,1767225600000\n", "divide by 1000"),
        (HEADER + "acme,u,i,view,-1\n", "csv:2: timestamp '-1'"),
        (HEADER + "acme,u,i,view,nan\n", "csv:2: timestamp 'nan'"),
        (HEADER + "acme,u,i\n", "Expected 5 columns, got 3"),
        ("", "not a readable CSV"),
    ],
)
def test_an_error_names_the_line_and_the_remedy(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "events.csv"
    path.write_text(text)
    with pytest.raises(EventsFileError) as error:
        read_events(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_other_files_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "events.parquet").write_bytes(b"not parquet")
    for name, message in (("events.xlsx", "end in .csv"), ("none.csv", "no such file"), ("events.parquet", "Parquet")):
        with pytest.raises(EventsFileError, match=message):
            read_events(tmp_path / name)


def test_times_are_understood_with_and_without_an_offset(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    stamps = ["0", "1970-01-01T00:00:00Z", "1970-01-01T02:00:00+02:00", "1970-01-01"]
    path.write_text(HEADER + "".join(f"acme,u,i,view,{stamp}\n" for stamp in stamps))
    assert read_events(path).timestamp.tolist() == [0.0] * 4


def test_a_repeated_event_is_one_event() -> None:
    events, _ = generate_tenant(1, "acme")
    twice = concatenate([events, events]).distinct()
    assert len(twice) == len(events)
    assert len(concatenate([]).distinct()) == 0


def test_strength_tells_use_from_a_look_and_a_refusal() -> None:
    events = Events.from_rows([("t", "u", "i", kind, 0.0) for kind in ("done", "open", "purchase", "view", "dismiss")])
    assert events.is_use().tolist() == [True, True, True, False, False]
    assert events.strength().tolist() == pytest.approx([1, 1, 1, 0.3, 0])
