"""Each screen driven by keys, in the smallest terminal."""

import random

import pytest
from textual.widgets import DataTable, Input, OptionList, SelectionList

from studyapp.domain.events import EventKind
from studyapp.study import checklist, settings
from studyapp.tui.app import StudyApp
from studyapp.tui.screens.help import HelpScreen
from studyapp.tui.screens.quiz import QuizScreen
from studyapp.tui.screens.result import ResultScreen
from studyapp.tui.screens.review import ReviewScreen
from studyapp.tui.screens.rubric import RubricScreen
from tests.conftest import Home
from tests.tui.driving import running, screen_text, shows, until


async def test_home_lists_topics_and_invites(home: Home) -> None:
    async with running(home) as pilot:
        await until(pilot, shows(pilot, "Alpha", "Beta", "12 new", "Press r to begin"))
        assert pilot.app.screen.query_one(DataTable).row_count == 2


async def test_review_from_the_first_card_to_the_summary(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?", "space shows the answer"))
        assert "A measurement." not in screen_text(pilot)
        await pilot.press("3")  # no grade before the answer shows
        await pilot.press("space")
        await until(pilot, shows(pilot, "A measurement.", "A book, 2020", "1 Again", "4 Easy"))
        await pilot.press("1")
        await until(pilot, shows(pilot, "What does Beta need first?", "1 done"))
        await pilot.press("u")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        screen = pilot.app.screen
        assert isinstance(screen, ReviewScreen)
        while screen.session.current is not None:
            left = len(screen.session.graded)
            await pilot.press(*(["enter"] if screen.session.current.typed else ["space"]), "4")
            await until(pilot, lambda left=left: len(screen.session.graded) > left)
        await until(pilot, shows(pilot, "Done for now", "8 graded", "100% recalled"))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "8 done today", "streak 1 day"))


async def test_a_typed_answer_is_compared(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        screen = pilot.app.screen
        assert isinstance(screen, ReviewScreen)
        while screen.session.current is not None and not screen.session.current.typed:
            await pilot.press("space", "4")
        await until(pilot, lambda: screen.query_one("#typed", Input).has_focus)
        await pilot.press(*"topics", "enter")
        await until(pilot, shows(pilot, "✓ right", "studyapp topics"))


async def test_setting_aside_and_flagging(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        await pilot.press("f")
        await until(pilot, shows(pilot, "flagged"))
        await pilot.press("s")
        await until(pilot, shows(pilot, "What does Beta need first?"))
        await pilot.press("u")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        await pilot.press("b")
        await until(pilot, shows(pilot, "What does Beta need first?"))


async def test_a_question_and_notes_from_a_card(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        await pilot.press("n")
        await until(pilot, shows(pilot, "Measure before you change."))
        await pilot.press("escape", "space")
        await until(pilot, shows(pilot, "A measurement."))
        await pilot.press("o")
        await until(pilot, shows(pilot, "Requests double in alpha"))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "A measurement."))


async def test_a_quiz_on_one_topic_answers_every_kind(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("enter")
        await until(pilot, shows(pilot, "In short", "First things"))
        await pilot.press("z")
        await until(pilot, shows(pilot, "Mixed", "Exam", "Topics"))
        await pilot.press("g")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuizScreen))
        screen = pilot.app.screen
        assert isinstance(screen, QuizScreen)
        for number in range(8):
            await until(pilot, shows(pilot, f"{number + 1} of 8"))
            await _answer(pilot, type(screen.quiz.current).__name__)
            await until(pilot, lambda: screen.explaining, "the explanation")
            await pilot.press("space")
        await until(pilot, shows(pilot, "Result", "8 answers"))
        assert isinstance(pilot.app.screen, ResultScreen)
        assert len(list(screen.study.progress.events(EventKind.ATTEMPT))) == 8
        await pilot.press("escape")
        await until(pilot, shows(pilot, "In short"))


async def _answer(pilot, kind: str) -> None:  # type: ignore[no-untyped-def]
    match kind:
        case "SingleChoice":
            await pilot.press("a", "2")
        case "MultipleChoice":
            await pilot.press("a", "b", "2")
        case "Numeric":
            await pilot.press(*"8.64B", "enter", "3")
        case "ShortText":
            await pilot.press(*"linked list", "enter", "3")
        case "Ordering":
            await pilot.press("J", "1")
        case "Matching":
            await pilot.press("a", "b", "1")
        case "SpotTheFault":
            await pilot.press("down", "down", "space", "2")
        case "Open":
            await pilot.press(*"it breaks", "tab", "2")
            await until(pilot, shows(pilot, "Which of these did it say?"))
            await pilot.press("space", "enter")


async def test_a_number_that_cannot_be_read_keeps_the_question(home: Home) -> None:
    async with running(home) as pilot:
        app = pilot.app
        from studyapp.study import quizzing

        app.open_quiz(quizzing.of_questions(app.study, ["alpha-q-numeric"]))  # type: ignore[attr-defined]
        await until(pilot, shows(pilot, "How many requests a day"))
        await pilot.press(*"lots", "enter", "2")
        await until(pilot, shows(pilot, "Not marked yet"))
        assert list(app.study.progress.events(EventKind.ATTEMPT)) == []  # type: ignore[attr-defined]


async def test_an_exam_explains_nothing_until_the_end(home: Home) -> None:
    async with running(home) as pilot:
        from studyapp.domain.quiz import QuizMode
        from studyapp.study import quizzing

        study = pilot.app.study  # type: ignore[attr-defined]
        pilot.app.open_quiz(quizzing.start(study, QuizMode.EXAM, ["alpha"], 2))  # type: ignore[attr-defined]
        await until(pilot, shows(pilot, "Exam", "1 of 2", "left"))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "Result", "0% right", "Went wrong"))


@pytest.mark.parametrize(
    ("question", "typed", "marked"),
    [("alpha-q-numeric", "8.64e9", 1.0), ("alpha-q-numeric", "lots", 0.0), ("alpha-q-ordering", "", 0.0)],
)
async def test_what_stands_in_the_answer_when_an_exam_ends_is_marked(
    home: Home, question: str, typed: str, marked: float
) -> None:
    async with running(home) as pilot:
        from studyapp.domain.quiz import Quiz, QuizMode

        study = pilot.app.study  # type: ignore[attr-defined]
        asked = study.library.questions[question]
        pilot.app.open_quiz(Quiz("exam", QuizMode.EXAM, [asked], random.Random(1)))  # type: ignore[attr-defined]
        await until(pilot, shows(pilot, "Exam", "left"))
        await pilot.press(*typed)
        pilot.app.screen._begun -= 10_000  # type: ignore[attr-defined]
        await until(pilot, shows(pilot, "Result"))
        assert [event.value for event in study.progress.events(EventKind.ATTEMPT)] == [marked]


async def test_an_open_answer_still_being_written_when_an_exam_ends_goes_through_its_rubric(home: Home) -> None:
    async with running(home) as pilot:
        from studyapp.domain.quiz import Quiz, QuizMode

        study = pilot.app.study  # type: ignore[attr-defined]
        asked = study.library.questions["alpha-q-open"]
        pilot.app.open_quiz(Quiz("exam", QuizMode.EXAM, [asked], random.Random(1)))  # type: ignore[attr-defined]
        await until(pilot, shows(pilot, "Exam", "left"))
        await pilot.press(*"my words")
        pilot.app.screen._begun -= 10_000  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(pilot.app.screen, RubricScreen))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "Result"))
        [event] = study.progress.events(EventKind.ATTEMPT)
        assert "my words" in str(event.body)


async def test_browse_finds_flags_and_shows_history(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("b")
        await until(pilot, shows(pilot, "found"))
        await pilot.press(*"golden signals")
        await until(pilot, lambda: pilot.app.screen.query_one("#found", OptionList).option_count == 2)
        await until(pilot, shows(pilot, "Which belong to the golden"))
        query = pilot.app.screen.query_one("#query", Input)
        query.value = "alpha-basic"
        await until(pilot, shows(pilot, "A measurement."))
        await pilot.press("enter", "f")
        await until(pilot, shows(pilot, "flagged"))
        await pilot.press("s")
        await until(pilot, shows(pilot, "suspended"))


async def test_statistics_of_nothing_and_of_something(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("s")
        await until(pilot, shows(pilot, "No card has come back", "0 reviews"))


async def test_reference_pages_and_a_tick_that_stays(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("f")
        await until(pilot, shows(pilot, "Key numbers", "Seconds a day"))
        await pilot.press("right", "tab")
        await until(pilot, shows(pilot, "Try the camera"))
        pilot.app.screen.query_one(SelectionList).focus()
        await pilot.press("space")
        await until(pilot, lambda: checklist.ticked(pilot.app.study) == {"ref-check-video"})  # type: ignore[attr-defined]


async def test_settings_are_checked_and_kept(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("comma")
        await until(pilot, shows(pilot, "New cards a day"))
        line = pilot.app.screen.query_one("#new-a-day", Input)
        line.focus()
        line.value = "7"
        await pilot.press("enter")
        progress = pilot.app.study.progress  # type: ignore[attr-defined]
        await until(pilot, lambda: settings.get(progress, "new-a-day") == "7")
        line.value = "-3"
        await pilot.press("enter")
        await until(pilot, lambda: line.value == "7")


@pytest.mark.parametrize("key", ["", "r", "z", "b", "s", "f", "l", "comma", "enter"])
async def test_help_explains_every_screen(home: Home, key: str) -> None:
    async with running(home) as pilot:
        before = pilot.app.screen
        if key:
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen is not before)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        explained = pilot.app.screen_stack[-2]
        assert len(getattr(explained, "HELP_TEXT", "")) > 60
        for active in explained.active_bindings.values():
            if active.node is explained:
                assert active.binding.tooltip or not active.binding.show
        await pilot.press("escape")


async def test_a_broken_file_is_named_and_the_rest_stays_usable(home: Home) -> None:
    (home.content / "beta" / "quiz.yaml").write_text("questions:\n  - id: [\n", "utf-8")
    async with running(home, size=(120, 40)) as pilot:
        await until(pilot, shows(pilot, "beta/quiz.yaml", "Alpha", "Beta"))
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?"))


async def test_editing_a_file_shows_at_once(home: Home) -> None:
    async with running(home) as pilot:
        cards = home.content / "alpha" / "cards.yaml"
        cards.write_text(
            cards.read_text("utf-8").replace("What does Alpha need first?", "What comes first in Alpha?"), "utf-8"
        )
        await until(pilot, shows(pilot, "Content changed"))
        await pilot.press("r")
        await until(pilot, shows(pilot, "What comes first in Alpha?"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (60, 20)])
async def test_home_fits_every_terminal(home: Home, size: tuple[int, int]) -> None:
    async with running(home, size=size) as pilot:
        assert "Alpha" in screen_text(pilot)
        assert all(len(line) <= size[0] for line in screen_text(pilot).splitlines())


async def test_no_color_works(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(home) as pilot:
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        await pilot.press("space")
        await until(pilot, shows(pilot, "1 Again"))


async def test_a_theme_is_kept(home: Home) -> None:
    async with running(home) as pilot:
        pilot.app.theme = "textual-light"
        await until(pilot, home.places.theme.exists)
    async with running(home) as pilot:
        assert pilot.app.theme == "textual-light"


async def test_a_damaged_progress_file_ends_the_app_with_its_message(home: Home) -> None:
    home.places.data.mkdir(parents=True)
    home.places.database.write_bytes(b"not a database")
    app = StudyApp(home.places, home.unread)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.return_code == 1)
    assert home.places.database.read_bytes() == b"not a database"
