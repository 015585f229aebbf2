"""Home's numbers, the streak, statistics, search, the checklist, settings."""

import pytest

from studyapp.domain.grading import Confidence
from studyapp.domain.quiz import QuizMode
from studyapp.domain.responses import Chosen
from studyapp.domain.schedule import Grade
from studyapp.study import checklist, overview, quizzing, settings, statistics
from studyapp.study.reviewing import ReviewSession
from studyapp.study.search import everything, find
from studyapp.study.study import Study
from tests.conftest import Home
from tests.study.test_reviewing import grade_all


def test_an_empty_start(study: Study) -> None:
    rows = overview.topic_rows(study)
    assert [(row.topic.slug, row.due, row.new, row.recall, row.mastery) for row in rows] == [
        ("alpha", 0, 6, 0.0, 0.0),
        ("beta", 0, 6, 0.0, 0.0),
    ]
    today = overview.today(study, rows)
    assert (today.due, today.new, today.streak, today.studied_today) == (0, 12, 0, False)


def test_recall_counts_what_was_never_seen_as_nothing(study: Study) -> None:
    session = ReviewSession.start(study, ["alpha"])
    session.grade(Grade.EASY, 1)
    row = overview.topic_rows(study)[0]
    assert row.recall == pytest.approx(1 / 6)
    assert row.new == 5


def test_a_streak_holds_until_a_day_is_missed(home: Home, study: Study) -> None:
    for _ in range(3):
        session = ReviewSession.start(study)
        session.grade(Grade.AGAIN, 1)
        home.hands.forward(days=1)
    assert overview.today(study, overview.topic_rows(study)).streak == 3
    home.hands.forward(days=1)
    assert overview.today(study, overview.topic_rows(study)).streak == 0


def test_a_card_that_left_the_content_is_named_unless_it_was_retired(home: Home, study: Study) -> None:
    grade_all(study)
    cards = home.content / "alpha" / "cards.yaml"
    text = cards.read_text("utf-8").replace("id: alpha-basic", "id: alpha-renamed")
    cards.write_text(text, "utf-8")
    assert study.changed()
    study.load()
    assert not study.changed()
    assert overview.orphans(study) == ["alpha-basic"]
    cards.write_text(f"retired: [alpha-basic]\n{text}", "utf-8")
    study.load()
    assert overview.orphans(study) == []


def test_statistics(home: Home, study: Study) -> None:
    grade_all(study)
    home.hands.forward(days=20)
    session = ReviewSession.start(study)
    grades = 0
    while session.current is not None and grades < 4:
        session.grade(Grade.AGAIN if grades == 0 else Grade.GOOD, 30_000)
        grades += 1
    quiz = quizzing.of_questions(study, ["alpha-q-single", "beta-q-single"])
    for _ in range(2):
        quizzing.answer(study, quiz, Chosen(frozenset({1})), Confidence.HIGH, 60_000)
    left_out = quizzing.start(study, QuizMode.EXAM, ["alpha"], count=1)
    quizzing.finish(study, left_out)
    stats = statistics.gather(study)
    assert (stats.reviews, stats.attempts) == (12, 3)
    assert (stats.retention.recalled, stats.retention.reviews) == (3, 4)
    assert stats.minutes_per_day[study.clock.today()] == pytest.approx(4.0)
    assert sum(stats.forecast) <= len(study.progress.states())
    assert stats.forecast[0] >= 4
    assert [(row.confidence, row.count, row.right) for row in stats.calibration] == [(Confidence.HIGH, 2, 0.0)]
    assert {score.topic for score in stats.scores} == {"alpha", "beta"}
    assert statistics.as_json(stats)["reviews"] == 12


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("studyapp topics beta", "beta-typed"),
        ("golden signals alpha", "alpha-q-multiple"),
        ("goldn signls alpha", "alpha-q-multiple"),
        ("camera", "ref-check-video"),
        ("first things", "first-things"),
    ],
)
def test_search_finds_by_a_few_words_misspelt_ones_too(study: Study, query: str, best: str) -> None:
    assert find(list(everything(study.library)), query)[0].id == best


def test_search_without_a_match_or_words(study: Study) -> None:
    candidates = list(everything(study.library))
    assert find(candidates, "zzqqxx") == []
    assert find(candidates, "  ?! ") == candidates


def test_ticks_stay(home: Home, study: Study) -> None:
    assert checklist.toggle(study, "ref-check-video")
    assert checklist.toggle(study, "ref-check-water")
    assert not checklist.toggle(study, "ref-check-water")
    study.close()
    again = home.open()
    assert checklist.ticked(again) == {"ref-check-video"}
    again.close()


@pytest.mark.parametrize(
    ("key", "value"), [("new-a-day", "-1"), ("retention", "1.2"), ("retention", "x"), ("quiz-length", "0")]
)
def test_a_setting_that_makes_no_sense_is_refused_with_what_does(study: Study, key: str, value: str) -> None:
    with pytest.raises(settings.SettingError, match="choose"):
        settings.choose(study.progress, key, value)
    assert settings.get(study.progress, key) == settings.BY_KEY[key].default


def test_a_setting_spoilt_from_outside_falls_back(study: Study) -> None:
    study.progress.set("retention", "lots")
    assert settings.retention(study.progress) == 0.9
