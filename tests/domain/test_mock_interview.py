"""The clock over an outline, and answers compared with earlier ones."""

from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.interviews import Phase
from studyapp.domain.mock_interview import MINUTE_MS, Attempt, Place, newly_made, no_longer_made, place

OUTLINE = (Phase("clarify", 5, ""), Phase("deep dives", 20, ""), Phase("operations", 5, ""))
OUTLINES = st.lists(st.integers(1, 30).map(lambda minutes: Phase("p", minutes, "")), min_size=1, max_size=6)


def attempt(made: str, missed: str = "") -> Attempt:
    return Attempt("i", 0, 0.5, 0, "", False, tuple(made), tuple(missed))


def test_the_clock_moves_through_the_phases_and_then_runs_over() -> None:
    assert place(OUTLINE, 0) == Place(0, 5 * MINUTE_MS)
    assert place(OUTLINE, 5 * MINUTE_MS - 1) == Place(0, 1)
    assert place(OUTLINE, 5 * MINUTE_MS) == Place(1, 20 * MINUTE_MS)
    assert place(OUTLINE, 29 * MINUTE_MS) == Place(2, MINUTE_MS)
    assert place(OUTLINE, 31 * MINUTE_MS) == Place(2, -MINUTE_MS)


@given(OUTLINES, st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_a_phase_never_comes_back(outline: list[Phase], one: int, other: int) -> None:
    earlier, later = sorted((one, other))
    assert place(outline, earlier).phase <= place(outline, later).phase
    ends = sum(phase.minutes for phase in outline) * MINUTE_MS
    assert (place(outline, later).left <= 0) == (later >= ends)


def test_what_is_new_is_new_to_all_earlier_answers_and_what_is_lost_to_the_last() -> None:
    earlier = [attempt("ab", "cd"), attempt("b", "acd")]
    now = attempt("ac", "bd")
    assert newly_made(now, earlier) == ("c",)
    assert no_longer_made(now, earlier) == ("b",)
    assert no_longer_made(now, []) == ()
