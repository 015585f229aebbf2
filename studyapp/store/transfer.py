"""All progress as JSON lines, and back: merging by event, so that two machines come together in either order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from studyapp.domain.events import Event, EventKind
from studyapp.domain.plan import Plan, PlanError
from studyapp.domain.schedule import checked_parameters
from studyapp.store import log, states
from studyapp.store.progress import Progress

FORMAT = "studyapp-progress"
VERSION = 1
LATEST_MS = 4_102_444_800_000  # the year 2100: a time behind it is a broken clock or a broken file
MOST_LINE_BYTES = 1_000_000


class TransferError(Exception):
    """An export that cannot be brought in; the message names the line. Nothing was changed."""


class _Header(msgspec.Struct):
    format: str
    version: int


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    at: Annotated[int, msgspec.Meta(ge=0, le=LATEST_MS)]
    device: str
    kind: EventKind
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    value: float = 0.0
    duration: Annotated[int, msgspec.Meta(ge=0, le=LATEST_MS)] = 0
    body: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Merged:
    """What an import did."""

    read: int
    added: int


def lines(progress: Progress) -> Iterator[str]:
    """Every event in the log's order, a line of JSON each, after a header."""
    yield msgspec.json.encode({"format": FORMAT, "version": VERSION}).decode()
    for event in log.every(progress.connection):
        yield msgspec.json.encode(event).decode()


def merge(progress: Progress, given: Iterable[str]) -> Merged:
    """Bring in an export: events that are not there yet are added, and what they touch is worked out anew.

    Raises TransferError, changing nothing, when a line is not what it should be.
    """
    return bring_in(progress, list(_read(given)))


def bring_in(progress: Progress, events: Sequence[Event]) -> Merged:
    """Add the events that are not there yet, and work out anew what they touch. Raises TransferError as `merge`."""
    with progress.transaction():
        added = [event for event in events if _add(progress, event)]
        changed = [_changed(progress, event) for event in added]
        if fitted := [event.at for event in changed if event.kind is EventKind.PARAMETERS]:
            progress.rebuild_since(min(fitted))
        touched = {event.subject for event in changed if event.kind in log.PROMPT_KINDS}
        states.rebuild_all(progress.connection, sorted(touched), progress.models)
    return Merged(len(events), len(added))


def _read(given: Iterable[str]) -> Iterator[Event]:
    numbered = enumerate(given, 1)
    number, first = next(numbered, (1, ""))
    try:
        header = msgspec.json.decode(first, type=_Header)
    except (msgspec.MsgspecError, UnicodeError):
        raise TransferError("line 1: this is no studyapp export (its first line names the format)") from None
    if header.format != FORMAT or header.version > VERSION:
        raise TransferError(f"line 1: format {header.format} {header.version} is not known here; update studyapp")
    for number, line in numbered:
        if not line.strip():
            continue
        if len(line) > MOST_LINE_BYTES:
            raise TransferError(f"line {number}: longer than {MOST_LINE_BYTES:,} characters")
        try:
            record = msgspec.json.decode(line, type=_Line)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise TransferError(f"line {number}: {error}. Nothing was brought in.") from None
        yield _checked(Event(**msgspec.structs.asdict(record)), number)


def _checked(event: Event, number: int) -> Event:
    """The same event, when its value and body are what the kind says."""
    if event.kind is EventKind.REVIEW and event.value not in (1, 2, 3, 4):
        raise TransferError(f"line {number}: a grade is 1, 2, 3 or 4, not {event.value}. Nothing was brought in.")
    if event.kind is EventKind.INTERVIEW:
        _check_interview(event, number)
    if event.kind is EventKind.PLAN and event.value:
        _check_plan(event, number)
    if event.kind is EventKind.PARAMETERS and event.value:
        _check_parameters(event, number)
    retention = event.body.get("retention", 0.9)
    if not isinstance(retention, int | float) or not 0 < retention < 1:
        raise TransferError(
            f"line {number}: a retention lies between 0 and 1, not {retention}. Nothing was brought in."
        )
    return event


def _check_plan(event: Event, number: int) -> None:
    try:
        Plan.from_body(event.body)
    except PlanError as error:
        raise TransferError(f"line {number}: {error} Nothing was brought in.") from None


def _check_parameters(event: Event, number: int) -> None:
    try:
        checked_parameters(event.body.get("parameters"))
    except ValueError as error:
        said = " ".join(str(error).split())
        raise TransferError(f"line {number}: {said}. Nothing was brought in.") from None


def _check_interview(event: Event, number: int) -> None:
    body = event.body
    lists = [body.get("made", []), body.get("missed", [])]
    listed = all(isinstance(points, list) and all(isinstance(point, str) for point in points) for points in lists)
    if not (0 <= event.value <= 1 and listed and isinstance(body.get("text", ""), str)):
        raise TransferError(
            f"line {number}: an interview has a share from 0 to 1, a text, and lists of points made and missed."
            " Nothing was brought in."
        )


def _add(progress: Progress, event: Event) -> bool:
    if log.append(progress.connection, event):
        return True
    if log.get(progress.connection, event.id) != event:
        raise TransferError(f"event {event.id} differs from the one already here. Nothing was brought in.")
    return False


def _changed(progress: Progress, event: Event) -> Event:
    """The event that starts or, for an undo, ceases to count."""
    undone = log.get(progress.connection, event.subject) if event.kind is EventKind.UNDO else None
    return undone or event
