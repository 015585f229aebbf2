"""What is longer than the screen can still be read, by keys alone."""

from pathlib import Path

from studyapp.tui.screens.browse import BrowseScreen
from studyapp.tui.screens.help import HelpScreen
from studyapp.tui.screens.quiz import QuizScreen
from studyapp.tui.screens.review import ReviewScreen
from studyapp.tui.widgets.prose import Block, blocks, inline
from tests.conftest import Home
from tests.tui.driving import running, screen_text, shows, until

LONG_CODE = "x = " + "1234567890" * 12


def replace(file: Path, old: str, new: str) -> None:
    """Edit a file of the content; the old text must be there."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_long_code_goes_on_in_the_next_line() -> None:
    [block] = blocks(f"```python\n{LONG_CODE}\n  y = 1\n```")
    lines = [line.plain for line in block.lines(60)]
    assert all(len(line) <= 60 for line in lines)
    assert "".join(line.strip().removeprefix("↪ ") for line in lines) == f"{LONG_CODE}y = 1"


def test_rows_show_emphasis_instead_of_its_signs() -> None:
    assert inline("the `ttl` of\n a *view*").plain == "the ttl of a view"
    assert Block(inline("option of two lines"), "a  ", "   ").lines(14)[1].plain == "   two lines"


async def test_a_long_card_scrolls_and_the_next_begins_at_its_top(home: Home) -> None:
    back = "back: |\n      - " + "\n      - ".join(f"Point {n}." for n in range(40))
    replace(home.content / "alpha" / "cards.yaml", "back: A measurement.", back)
    async with running(home) as pilot:
        await pilot.press("r")
        await until(pilot, shows(pilot, "What does Alpha need first?"))
        await pilot.press("space")
        await until(pilot, shows(pilot, "Point 3."))
        assert "Point 39." not in screen_text(pilot)
        await pilot.press("end")
        await until(pilot, shows(pilot, "Point 39."))
        await pilot.press("4")
        await until(pilot, shows(pilot, "What does Beta need first?"))
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert pilot.app.screen.query_one("#card").scroll_y == 0


async def test_a_long_question_begins_with_its_stem_and_follows_the_rows(home: Home) -> None:
    quiz = home.content / "alpha" / "quiz.yaml"
    replace(quiz, "kind: Deployment", "\n      ".join(["kind: Deployment", *(f"# line {n}" for n in range(40))]))
    replace(quiz, "{line: 3,", "{line: 43,")
    replace(quiz, "{lines: [4],", "{lines: [44],")
    async with running(home) as pilot:
        app = pilot.app
        await pilot.press("b", *"alpha-q-fault")
        await until(pilot, shows(pilot, "Which lines of alpha are wrong?"))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, QuizScreen))
        await until(pilot, shows(pilot, "Which lines of alpha are wrong?", "kind: Deployment"))
        await pilot.press("up")  # the rows go round
        await until(pilot, shows(pilot, "image: latest"))
        await pilot.press("down")
        await until(pilot, shows(pilot, "Which lines of alpha are wrong?"))
        await pilot.press("space", "1")
        await until(pilot, shows(pilot, "✗ Wrong", "line 1 is sound"))
        await pilot.press("end")
        await until(pilot, shows(pilot, "A book, 2020"))


async def test_browse_shows_what_was_just_answered(home: Home) -> None:
    async with running(home, size=(120, 40)) as pilot:
        app = pilot.app
        await pilot.press("b", *"alpha-q-single")
        await until(pilot, shows(pilot, "enter asks it"))
        await pilot.press("enter", "enter")
        await until(pilot, shows(pilot, "The saturation of a replica"))
        await pilot.press("a", "1", "space", "escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await until(pilot, shows(pilot, "% right"))


async def test_a_typed_answer_can_be_changed_before_it_is_sent(home: Home) -> None:
    async with running(home, size=(120, 40)) as pilot:
        await pilot.press("b", *"alpha-q-numeric")
        await until(pilot, shows(pilot, "How many requests a day"))
        await pilot.press("enter", "enter")
        await until(pilot, shows(pilot, "enter, then say how sure"))
        await pilot.press(*"some", "enter")
        await until(pilot, shows(pilot, "press 1, 2 or 3"))
        await pilot.press("1")
        await until(pilot, shows(pilot, "Not marked yet", "enter, then say how sure"))
        await pilot.press(*["backspace"] * 4, "4", "enter")
        await until(pilot, shows(pilot, "press 1, 2 or 3"))
        await pilot.press("tab", "end", "backspace", *"8.64B", "enter")
        await until(pilot, shows(pilot, "press 1, 2 or 3"))
        await pilot.press("1")
        await until(pilot, shows(pilot, "✓ Right"))


async def test_marking_explains_itself(home: Home) -> None:
    async with running(home) as pilot:
        app = pilot.app
        await pilot.press("b", *"alpha-q-open")
        await until(pilot, shows(pilot, "Explain how alpha fails."))
        await pilot.press("enter", "enter")
        await until(pilot, shows(pilot, "write the answer"))
        await pilot.press(*"breaks", "tab", "2")
        await until(pilot, shows(pilot, "Which of these did it say?"))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, shows(pilot, "The points that a strong answer makes"))
