"""Read an event stream from a CSV or Parquet file, and write one; every error says where and what to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recsys.events import COLUMNS, Events
from recsys.tenancy import TENANT_PATTERN

if TYPE_CHECKING:
    import pyarrow as pa

ID_PATTERN = r"[A-Za-z0-9._:\-]{1,64}"
"""What a user, an item and an event may be called: safe in keys, logs and file names."""
LATEST = 4_102_444_800.0
"""2100-01-01: a later timestamp is a mistake of unit, milliseconds most often."""
_PATTERNS = {"tenant": TENANT_PATTERN, "user": ID_PATTERN, "item": ID_PATTERN, "event": ID_PATTERN}


class EventsFileError(ValueError):
    """A file of events cannot be used: which file, which line, why, and what to do."""


def read_events(path: Path) -> Events:
    """The events of a `.csv` or `.parquet` file with the columns tenant, user, item, event, timestamp.

    `timestamp` is epoch seconds or ISO 8601 (without an offset: UTC). Raises EventsFileError.
    """
    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix.lower() not in readers:
        raise EventsFileError(f"{path}: the name must end in .csv or .parquet, to say what the file is")
    if not path.is_file():
        raise EventsFileError(f"{path}: there is no such file")
    table = readers[path.suffix.lower()](path)
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise EventsFileError(f"{path}: no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}")
    if table.num_rows == 0:
        raise EventsFileError(f"{path}: no events, only a header; there is nothing to learn from")
    return _checked(path, table)


def write_events(events: Events, path: Path) -> None:
    """Write a `.csv` or `.parquet` file that `read_events` reads back."""
    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.parquet as parquet

    table = pa.table({name: pa.array(getattr(events, name).tolist()) for name in COLUMNS})
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        parquet.write_table(table, path)
    else:
        csv.write_csv(table, path)


def _read_csv(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv as csv

    convert = csv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()), strings_can_be_null=False)
    try:
        return csv.read_csv(path, parse_options=csv.ParseOptions(ignore_empty_lines=False), convert_options=convert)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise EventsFileError(f"{path}: not a readable CSV file: {error}") from error


def _read_parquet(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        return parquet.ParquetFile(path).read()
    except (pa.ArrowInvalid, OSError) as error:
        raise EventsFileError(f"{path}: not a readable Parquet file: {error}") from error


def _checked(path: Path, table: pa.Table) -> Events:
    texts = {name: table.column(name).to_pylist() for name in _PATTERNS}
    for name, pattern in _PATTERNS.items():
        _check_names(path, name, texts[name], re.compile(pattern))
    times = _seconds(path, table.column("timestamp").to_pylist())
    tenant, user, item, event = (np.array([str(value) for value in texts[name]]) for name in _PATTERNS)
    return Events(tenant, user, item, event, times)


def _check_names(path: Path, name: str, values: list[Any], pattern: re.Pattern[str]) -> None:
    good = {value for value in set(values) if value is not None and pattern.fullmatch(str(value))}
    if len(good) == len(set(values)):
        return
    row, value = next((row, value) for row, value in enumerate(values) if value not in good)
    raise EventsFileError(f"{_where(path, row)}: {name} {value!r} is not 1 to 64 of letters, digits and . _ : -")


def _seconds(path: Path, values: list[Any]) -> NDArray[np.float64]:
    seconds = np.empty(len(values))
    for row, value in enumerate(values):
        try:
            seconds[row] = _one_second(value)
        except (TypeError, ValueError, OverflowError) as error:
            hint = "epoch seconds or ISO 8601, such as 1767225600 or 2026-01-01T00:00:00Z"
            raise EventsFileError(f"{_where(path, row)}: timestamp {value!r} is not {hint}") from error
        if not 0 <= seconds[row] < LATEST:
            hint = "a year from 1970 to 2099; if it is in milliseconds, divide by 1000"
            raise EventsFileError(f"{_where(path, row)}: timestamp {value!r} is not in {hint}")
    return seconds


def _one_second(value: Any) -> float:
    """Seconds since the epoch of a number, a text or a datetime."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return float(value)


def _where(path: Path, row: int) -> str:
    """`file:line` for CSV, where the header is line 1; `file: row` for Parquet."""
    return f"{path}:{row + 2}" if path.suffix.lower() == ".csv" else f"{path}: row {row + 1}"
