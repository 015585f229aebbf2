"""Mock interviews driven by keys, in the smallest terminal."""

from collections.abc import Callable
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, TextArea

from studyapp.domain.events import EventKind
from studyapp.study import interviewing, quizzing
from studyapp.study.study import Study
from studyapp.tui.app import StudyApp
from studyapp.tui.screens.debrief import DebriefScreen
from studyapp.tui.screens.interview import InterviewScreen
from studyapp.tui.screens.interviews import InterviewsScreen
from studyapp.tui.screens.rubric import RubricScreen
from studyapp.tui.widgets.phase_bar import PhaseBar, widths
from studyapp.tui.widgets.points import PointList
from tests.conftest import Home
from tests.interviews import write_interviews
from tests.tui.driving import running, screen_text, shows, until

RELEASE = "alpha-i-release"


@pytest.fixture
def home(make_home: Callable[[str], Home]) -> Home:
    made = make_home("home")
    write_interviews(made.content)
    return made


def study_of(pilot: Pilot[int]) -> Study:
    return cast(StudyApp, pilot.app).study


async def begin(pilot: Pilot[int]) -> InterviewScreen:
    """From home into the first question."""
    await pilot.press("i")
    await until(pilot, shows(pilot, "Mock interview", "2 questions", "not answered yet"))
    await pilot.press("enter")
    await until(
        pilot, lambda: isinstance(pilot.app.screen, InterviewScreen) and pilot.app.screen.query_one("#answer").has_focus
    )
    return cast(InterviewScreen, pilot.app.screen)


async def write(pilot: Pilot[int], text: str) -> None:
    pilot.app.screen.query_one("#answer", TextArea).insert(text)
    await until(pilot, lambda: interviewing.draft(study_of(pilot), RELEASE).text.endswith(text), "the draft")


async def mark(pilot: Pilot[int]) -> PointList:
    await pilot.press("ctrl+s")
    await until(pilot, shows(pilot, "Which of these did it say?"))
    return pilot.app.screen.query_one(PointList)


async def test_an_interview_from_the_prompt_to_the_debrief(home: Home) -> None:
    async with running(home) as pilot:
        await begin(pilot)
        assert "How would you release" in screen_text(pilot)
        assert "clarify" in screen_text(pilot)
        assert "Ask for the load" not in screen_text(pilot)  # the outline gives the answer away
        await pilot.press(*"No canary.")
        await write(pilot, " We watch the eror rate.")
        points = await mark(pilot)
        await until(pilot, shows(pilot, "☐ ? Releases in steps", "☐ Can go back", "☑ Watches the error rate"))
        await until(pilot, shows(pilot, "doubtful: “canary”, next to a negation"))
        await pilot.press("down")
        await until(pilot, shows(pilot, "not found in your words"))
        await pilot.press("space", "down")
        await until(pilot, shows(pilot, "☑ Can go back", "found: “error rate”"))
        assert points.made == {1, 2}
        await pilot.press("enter")
        await until(pilot, shows(pilot, "Debrief", "50% of the points", "Follow-ups", "Model answer"))
        await pilot.press("down")
        await until(pilot, shows(pilot, "✗ Releases in steps", "Few see a fault."))
        await pilot.press("down")
        await until(pilot, shows(pilot, "What if the canary gets no traffic?"))
        kept = interviewing.attempts(study_of(pilot), RELEASE)
        assert [(one.text, one.made) for one in kept] == [
            ("No canary. We watch the eror rate.", ("Can go back", "Watches the error rate"))
        ]


async def test_the_matched_words_are_inverted_in_the_answer(home: Home) -> None:
    async with running(home) as pilot:
        await begin(pilot)
        await write(pilot, "First a canary, then more.")
        await mark(pilot)
        await until(pilot, lambda: "canary" in inverted(pilot))
        assert "First" not in inverted(pilot)


def inverted(pilot: Pilot[int]) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return " ".join(segment.text for strip in strips for segment in strip if segment.style and segment.style.reverse)


async def test_leaving_keeps_the_answer_and_it_goes_on_there(home: Home) -> None:
    async with running(home) as pilot:
        await begin(pilot)
        await write(pilot, "half an answer")
        await pilot.press("ctrl+t", "escape")
        await until(pilot, shows(pilot, "Mock interview", "draft"))
    async with running(home) as pilot:
        await pilot.press("i")
        await until(pilot, shows(pilot, "draft"))
        await pilot.press("enter")
        await until(pilot, shows(pilot, "half an answer", "☑ spoken"))
        answer = pilot.app.screen.query_one("#answer", TextArea)
        answer.clear()
        await pilot.press("ctrl+t")
        await until(pilot, lambda: not interviewing.draft(study_of(pilot), RELEASE).begun, "the emptied draft")


async def test_going_back_from_marking_keeps_writing(home: Home) -> None:
    async with running(home) as pilot:
        await begin(pilot)
        await write(pilot, "a canary")
        await mark(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InterviewScreen))
        await write(pilot, " and the previous digest")
        points = await mark(pilot)
        assert points.made == {0, 1}


async def test_a_spoken_answer_needs_no_text_and_an_empty_one_is_not_marked(home: Home) -> None:
    async with running(home) as pilot:
        await begin(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, shows(pilot, "Nothing to mark"))
        await pilot.press("ctrl+t")
        await mark(pilot)
        await pilot.press("space", "enter")
        await until(pilot, shows(pilot, "50% of the points", "spoken"))


async def test_clarifying_questions_are_shown_when_asked_for(home: Home) -> None:
    async with running(home) as pilot:
        await begin(pilot)
        assert "How many requests a second" not in screen_text(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, shows(pilot, "Worth asking back", "How many requests a second are there?"))
        await pilot.press("ctrl+r")
        await until(pilot, shows(pilot, "How would you release"))


async def test_the_clock_moves_through_the_phases(home: Home) -> None:
    async with running(home) as pilot:
        seconds = [0.0]
        interview = study_of(pilot).library.interviews[RELEASE]
        screen = InterviewScreen(study_of(pilot), interview, lambda: seconds[0])
        pilot.app.push_screen(screen)
        await until(pilot, shows(pilot, "clarify 5:00 left · 0:00"))
        seconds[0] = 6 * 60
        screen.show_time()
        await until(pilot, shows(pilot, "high level 24:00 left · 6:00"))
        assert screen.query_one(PhaseBar).elapsed == 360_000
        seconds[0] = 31 * 60
        screen.show_time()
        await until(pilot, shows(pilot, "over by 1:00"))


def test_phases_share_the_bar_by_their_minutes(home: Home) -> None:
    study = home.open()
    outline = study.library.interviews[RELEASE].outline
    for width in (1, 17, 78, 199):
        assert sum(widths(outline, width)) == width
    assert widths(outline, 60) == [10, 50]
    study.close()


async def test_earlier_answers_stand_beside_the_new_one(home: Home) -> None:
    async with running(home) as pilot:
        await begin(pilot)
        await write(pilot, "a canary")
        await mark(pilot)
        await pilot.press("enter")
        await until(pilot, shows(pilot, "50% of the points"))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, InterviewScreen))
        await write(pilot, "in steps, the error rate")
        await mark(pilot)
        await pilot.press("enter")
        await until(pilot, shows(pilot, "75% of the points", "Made for the first time", "Watches the error rate"))
        sections = pilot.app.screen.query_one("#sections", OptionList)
        sections.highlighted = sections.option_count - 1
        await until(pilot, shows(pilot, "a canary"))
        await pilot.press("escape")
        await until(pilot, shows(pilot, "50% → 75%"))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, DebriefScreen))


async def test_a_topic_offers_its_own_questions_and_draws_one(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("enter")
        await until(pilot, shows(pilot, "In short"))
        await pilot.press("i")
        await until(pilot, shows(pilot, "Mock interview · alpha", "2 questions"))
        await pilot.press("l")
        await until(pilot, shows(pilot, "not answered yet."))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, InterviewScreen))
        await pilot.press("escape", "escape", "escape")
        await until(pilot, shows(pilot, "Beta"))
        await pilot.press("down", "enter", "i")
        await until(pilot, shows(pilot, "There are no interview questions here."))
        await pilot.press("d", "l")
        assert isinstance(pilot.app.screen, InterviewsScreen)


async def test_an_open_question_is_marked_with_proposals_too(home: Home) -> None:
    async with running(home) as pilot:
        study = study_of(pilot)
        cast(StudyApp, pilot.app).open_quiz(quizzing.of_questions(study, ["alpha-q-open"]))
        await until(pilot, shows(pilot, "Explain how alpha fails."))
        await pilot.press(*"it breaks", "tab", "2")
        await until(pilot, shows(pilot, "☑ Says what breaks", "☐ Says who notices", "found: “breaks”"))
        assert isinstance(pilot.app.screen, RubricScreen)
        await pilot.press("enter")
        await until(
            pilot, lambda: [event.value for event in study.progress.events(EventKind.ATTEMPT)] == [pytest.approx(2 / 3)]
        )


async def test_an_interview_is_found_by_browsing_and_by_the_palette(home: Home) -> None:
    async with running(home) as pilot:
        await pilot.press("b")
        await until(pilot, shows(pilot, "found"))
        await pilot.press(*RELEASE)
        await until(pilot, shows(pilot, "30 minutes. enter begins"))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, InterviewScreen))
        names = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert "Mock interview" in names


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (160, 50)])
async def test_every_part_fits(home: Home, size: tuple[int, int]) -> None:
    async with running(home, size=size) as pilot:
        await begin(pilot)
        await until(pilot, shows(pilot, "clarify", "spoken", "Mark it"))
        await write(pilot, "a canary " * 60 + "end")
        await mark(pilot)
        await until(pilot, shows(pilot, "☑ Releases in steps", "found: “canary”"))
        await pilot.press("enter")
        await until(pilot, shows(pilot, "Score"))
        assert all(len(line) <= size[0] for line in screen_text(pilot).splitlines())
