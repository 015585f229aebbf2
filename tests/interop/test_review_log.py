"""The review log as FSRS tools read it: one row a review that counts, with the state before it."""

import csv
import io

from studyapp.domain.events import EventKind
from studyapp.interop import review_log
from tests.store.test_log import START, memory_progress

MINUTE, DAY = 60_000, 86_400_000


def test_rows_hold_the_state_before_each_review() -> None:
    progress = memory_progress()
    given = [(START, 3), (START + 10 * MINUTE, 3), (START + 3 * DAY, 1), (START + 3 * DAY + 10 * MINUTE, 4)]
    for at, grade in given:
        progress.record(EventKind.REVIEW, "a#c1", at, float(grade), 2500, retention=0.9)
    taken_back = progress.record(EventKind.REVIEW, "b", START + 1, 2.0, 100, retention=0.9)
    progress.undo(taken_back.id, START + 2)
    rows = list(csv.DictReader(io.StringIO(review_log.write(progress))))
    assert list(rows[0]) == ["card_id", "review_time", "review_rating", "review_state", "review_duration"]
    assert [(int(row["review_time"]), int(row["review_rating"])) for row in rows] == given
    assert [row["review_state"] for row in rows] == ["0", "1", "2", "3"]  # new, learning, review, relearning
    assert {(row["card_id"], row["review_duration"]) for row in rows} == {("a#c1", "2500")}


def test_without_reviews_only_the_columns_are_written() -> None:
    assert review_log.write(memory_progress()).splitlines() == [",".join(review_log.COLUMNS)]
