"""`quiz`, driven by what a person types."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Only, Run


def place(out: str, text: str) -> str:
    """The number under which a choice was shown."""
    found = re.search(rf"(\d+)\) {re.escape(text)}$", out, re.MULTILINE)
    assert found, out
    return found[1]


def attempts(run: Run) -> int:
    return int(json.loads(run("stats", "--json").out)["attempts"])


@pytest.mark.parametrize(
    ("id_", "typed", "said"),
    [
        ("numeric", "8,640,000,000\n3\n", "100% right, +3.0 of 3 points"),
        ("numeric", "8.64e9 requests\n2\n", "100% right, +2.0 of 3 points"),
        ("numeric", "7\n3\n", "0% right, -6.0 of 3 points"),
        ("numeric", "many\n1\n8.64B\n1\n", "“many” is not a number"),
        ("short", "Linked list\n1\n", "100% right, +1.0 of 3 points"),
        ("short", "\nlinked list\n1\n", "Type an answer, or q to end."),
        ("fault", "3 4\n3\n", "100% right"),
        ("fault", "3\n1\n", "50% right"),
        ("fault", "9\n3, 4\n1\n", "Give numbers from 1 to 4, with spaces between."),
        ("open", "It breaks.\ny\nn\n1\n", "67% right"),
        ("open", "\nIt breaks and someone notices.\ny\ny\n3\n", "Type an answer first"),
        ("ordering", "1 1 2\nq\n", "Give each number from 1 to 3 once."),
        ("single", "1 2\nq\n", "Give one number from 1 to 3."),
        ("matching", "1\nq\n", "Give 2 numbers from 1 to 3, with spaces between."),
        ("single", "0\nq\n", "Give one number from 1 to 3."),
        ("single", "1.5\nx\n99999999999999999999\n²\nq\n", "Give one number"),
    ],
)
def test_each_kind_takes_a_line(run: Run, only: Only, id_: str, typed: str, said: str) -> None:
    only(id_)
    ran = run("quiz", "alpha", typed=typed)
    assert ran.status == 0
    assert said in ran.out


@pytest.mark.parametrize(
    ("id_", "texts"),
    [
        ("single", ["The saturation of a replica"]),
        ("multiple", ["Latency", "Traffic"]),
        ("ordering", ["Train", "Deploy", "Watch"]),
        ("matching", ["a target", "a contract"]),
    ],
)
def test_what_is_shuffled_is_answered_by_the_numbers_shown(run: Run, only: Only, id_: str, texts: list[str]) -> None:
    only(id_)

    def person(seen: str) -> str:
        return "3" if seen.endswith("how sure, 1 to 3 > ") else " ".join(place(seen, text) for text in texts)

    out = run("quiz", "alpha", typed=person).out
    assert "100% right, +3.0 of 3 points" in out
    assert "high confidence: 1 answers, 100% right" in out


def test_feedback_explains_and_names_its_source(run: Run, only: Only) -> None:
    only("single")
    out = run("quiz", "alpha", typed="1\n1\n").out
    assert "+ The saturation of a replica: It says how much room is left." in out
    assert "- The name of the cluster: Names do not serve requests." in out
    assert "source: A book, 2020" in out


@pytest.mark.parametrize("typed", ["", "q\n", "7\nq\n", "7\nsure\n9\nquit\n"])
def test_ending_before_the_confidence_counts_nothing(run: Run, only: Only, typed: str) -> None:
    only("numeric")
    ran = run("quiz", "alpha", typed=typed)
    assert ran.status == 0
    assert "0% right, +0.0 of 0 points" in ran.out
    assert attempts(run) == 0


def test_an_exam_explains_at_the_end_and_counts_what_is_left_open(run: Run) -> None:
    out = run("quiz", "--exam", "-n", "4", typed="q\n").out
    assert "6:00 minutes for all of them" in out
    head, _, tail = out.partition("of 12 points")
    assert "source:" not in head
    assert tail.count("source: A book") == 4
    assert attempts(run) == 4


def test_an_answer_after_the_end_of_an_exam_does_not_count(
    run: Run, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    only("numeric")
    monkeypatch.setattr("studyapp.domain.quiz.SECONDS_A_QUESTION", -1)
    out = run("quiz", "--exam", typed="8.64e9\n3\n").out
    assert "Time is over: this answer came too late." in out
    assert "0% right" in out


def test_missed_ones_again(run: Run, only: Only) -> None:
    only("numeric")
    assert "Nothing was missed: a quiz without --missed asks everything." in run("quiz", "--missed").out
    run("quiz", typed="7\n1\n")
    assert "1 questions" in run("quiz", "--missed", typed="q\n").out
    run("quiz", "--missed", typed="8.64e9\n1\n")
    assert "Nothing was missed" in run("quiz", "--missed").out


def test_without_questions(run: Run, content: Path) -> None:
    for slug in ("alpha", "beta"):
        (content / slug / "quiz.yaml").write_text("questions: []")
    ran = run("quiz")
    assert (ran.status, ran.out) == (0, "No questions.\n")


@pytest.mark.parametrize("count", ["0", "-3"])
def test_a_quiz_has_at_least_one_question(run: Run, count: str) -> None:
    ran = run("quiz", f"--count={count}")
    assert (ran.status, ran.err) == (1, "studyapp: a quiz has at least one question\n")
