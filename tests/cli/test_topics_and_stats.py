"""`topics` and `stats`: numbers for a person, and JSON that programs rely on."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Only, Run
from tests.content import write_topic

TOPIC_KEYS = ["slug", "title", "cards", "questions", "interview", "lab", "due", "new", "recall", "mastery"]
STATS_KEYS = [
    "reviews", "attempts", "days", "true_retention", "true_retention_reviews", "forecast", "calibration",
    "predictions", "scores",
]  # fmt: skip


def test_topics_as_json(run: Run) -> None:
    ran = run("topics", "--json")
    assert (ran.status, ran.err) == (0, "")
    topics = json.loads(ran.out)
    assert [[key for key in topic if key in TOPIC_KEYS] for topic in topics] == [TOPIC_KEYS] * 2
    assert {key: topics[0][key] for key in TOPIC_KEYS} == {
        "slug": "alpha",
        "title": "Alpha",
        "cards": 4,
        "questions": 8,
        "interview": 0,
        "lab": "alpha",
        "due": 0,
        "new": 6,
        "recall": 0,
        "mastery": 0,
    }


def test_the_numbers_move_with_what_was_done(run: Run, only: Only) -> None:
    run("review", "alpha", typed="\n4\n\n3\nq\n")
    topic = json.loads(run("topics", "--json").out)[0]
    assert (topic["new"], topic["due"], topic["mastery"]) == (4, 0, 0)  # Easy is days away, Good ten minutes
    only("numeric")
    run("quiz", "alpha", typed="8.64e9\n1\n")
    topic = json.loads(run("topics", "--json").out)[0]
    assert topic["recall"] == pytest.approx(2 / 6, abs=0.01)
    assert topic["mastery"] == 1


def test_topics_for_a_person(run: Run) -> None:
    out = run("topics").out
    assert "alpha" in out
    assert out.endswith("Today: 0 due, 12 new. Streak: 0 days.\n")
    run("review", typed="\n3\nq\n")
    assert "Streak: 1 day.\n" in run("topics").out


def test_stats_as_json(run: Run, content: Path) -> None:
    quiz = content / "alpha" / "quiz.yaml"
    only_single = quiz.read_text("utf-8").partition("  - id: alpha-q-multiple")[0]  # one kind, so that `1` answers it
    quiz.write_text(only_single, "utf-8")
    empty = json.loads(run("stats", "--json").out)
    assert list(empty) == STATS_KEYS
    assert (empty["reviews"], empty["attempts"], empty["days"]) == (0, 0, [])
    run("review", "alpha", typed="\n3\n\n1\nq\n")
    run("quiz", "alpha", "-n", "1", typed="1\n1\n")
    stats = json.loads(run("stats", "--json").out)
    assert (stats["reviews"], stats["attempts"]) == (2, 1)
    assert len(stats["forecast"]) == 30
    assert stats["days"][0].keys() == {"date", "answers", "minutes"}
    assert stats["scores"][0].keys() == {"topic", "week", "share", "answers"}
    assert stats["calibration"][0].keys() == {"confidence", "answers", "right", "claimed"}


def test_stats_for_a_person(run: Run) -> None:
    assert "Nothing yet: `studyapp review` or `studyapp quiz` begins." in run("stats").out
    run("review", "alpha", typed="\n3\nq\n")
    assert run("stats").out.startswith("1 reviews and 0 answers on 1 days")


def test_broken_content_is_named_beside_the_answer(run: Run, content: Path) -> None:
    (content / "beta" / "cards.yaml").write_text("cards: {")
    ran = run("topics", "--json")
    assert ran.status == 0
    assert [topic["cards"] for topic in json.loads(ran.out)] == [4, 0]
    assert ran.err.startswith("content: ")
    assert "beta/cards.yaml:2:1: not valid YAML" in ran.err


def test_many_problems_are_counted(run: Run, content: Path) -> None:
    (content / "beta" / "cards.yaml").write_text("cards: [1, 2, 3, 4, 5, 6, 7]")
    lines = run("topics").err.splitlines()
    assert len(lines) == 6
    assert lines[-1] == "content: 2 more; see `studyapp content check`"


def test_a_pack_of_ones_own_joins(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_topic(tmp_path / "mine", "gamma", order=3)
    slugs = [topic["slug"] for topic in json.loads(run("--content", str(tmp_path / "mine"), "topics", "--json").out)]
    assert slugs == ["alpha", "beta", "gamma"]
    monkeypatch.setenv("STUDYAPP_CONTENT", str(tmp_path / "mine"))
    assert len(json.loads(run("topics", "--json").out)) == 3
    ran = run("--content", str(tmp_path / "none"), "topics", "--json")
    assert len(json.loads(ran.out)) == 3
    assert "there is no such folder" in ran.err
