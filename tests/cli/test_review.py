"""`review`, driven by what a person types."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def reviews(run: Run) -> int:
    return int(json.loads(run("stats", "--json").out)["reviews"])


def test_grades_are_kept_and_summed_up(run: Run) -> None:
    ran = run("review", "alpha", typed="\n3\n\n1\nq\n")
    assert ran.status == 0
    assert "2 graded, 50% recalled" in ran.out
    assert "  again: " in ran.out
    assert "1 again 1 m  2 hard 6 m  3 good 10 m  4 easy " in ran.out
    assert reviews(run) == 2


def test_the_answer_its_explanation_and_its_source_are_shown(run: Run) -> None:
    out = run("review", "alpha", typed="\n3\n" * 6).out
    assert "A measurement." in out
    assert "In alpha a day has **[number]** seconds and 24 hours." in out
    assert "source: A book, 2020 https://example.org/book" in out


def test_undo_takes_the_last_grade_back(run: Run) -> None:
    ran = run("review", "alpha", typed="u\n\n3\nu\n\n4\n\nu\nq\n")
    assert ran.out.count("nothing to undo") == 1
    assert ran.out.count("undone") == 2
    assert "0 graded" in ran.out
    assert reviews(run) == 0


def test_a_typed_answer_is_compared(run: Run) -> None:
    out = run("review", "alpha", typed="  Studyapp TOPICS. \n3\n" * 6).out
    assert out.count("\nright\n") + out.count("> right\n") == 1
    out = run("review", "beta", typed="guess\n3\n" * 6).out
    assert out.count("not that\n") == 1


def test_suspend_takes_a_card_out(run: Run) -> None:
    run("review", "alpha", typed="\ns\n\ns\nq\n")
    assert json.loads(run("topics", "--json").out)[0]["new"] == 4
    assert reviews(run) == 0


def test_what_is_no_grade_asks_again(run: Run) -> None:
    ran = run("review", "alpha", typed="\n5\n\nhard\n2\nq\n")
    assert ran.out.count("enter shows the answer") == 4
    assert "1 graded, 100% recalled" in ran.out


@pytest.mark.parametrize("typed", ["", "q\n", "quit\n", "\n", "\nq\n", b"\xff\xfe\n\xff\n"])
def test_ending_at_once_grades_nothing(run: Run, typed: str | bytes) -> None:
    ran = run("review", typed=typed)
    assert ran.status == 0
    assert "0 graded" in ran.out
    assert reviews(run) == 0


def test_nothing_due_says_what_can_be_done(run: Run) -> None:
    while "graded" in run("review", "alpha", typed="\n4\n" * 9).out:
        pass
    out = run("review", "alpha").out
    assert out.startswith("Nothing is due: next due in ")
    assert "`studyapp review --practice`" in out
    before = reviews(run)
    assert "2 graded" in run("review", "alpha", "--practice", typed="\n3\n\n1\nq\n").out
    assert reviews(run) == before


def test_without_any_card_it_says_so(run: Run, content: Path) -> None:
    for slug in ("alpha", "beta"):
        (content / slug / "cards.yaml").write_text("cards: []")
    assert "There are no cards. `studyapp content check` says why." in run("review").out


def test_an_unknown_topic_names_the_near_one(run: Run) -> None:
    for command in ("review", "quiz"):
        ran = run(command, "alpha", "betta")
        assert (ran.status, ran.out) == (1, "")
        assert ran.err == "studyapp: there is no topic `betta`. Did you mean `beta`? Topics: alpha, beta.\n"


def test_a_review_leaves_a_backup(run: Run, data: Path) -> None:
    run("review", "alpha", typed="\n3\nq\n")
    assert len(list((data / "backups").glob("progress-*.db"))) == 1
