"""`make screenshots`: the README's pictures, made by the app itself from the shipped content and a week of study."""

import asyncio
import random
import tempfile
from datetime import UTC
from pathlib import Path

from textual.pilot import Pilot

from studyapp.domain.clock import Clock
from studyapp.domain.events import EventKind
from studyapp.domain.grading import Confidence
from studyapp.domain.questions import SingleChoice
from studyapp.domain.quiz import QuizMode
from studyapp.domain.responses import Chosen
from studyapp.domain.schedule import Grade
from studyapp.places import Places
from studyapp.study import labs, quizzing
from studyapp.study.reviewing import ReviewSession
from studyapp.study.study import Study
from studyapp.tui.app import StudyApp
from studyapp.tui.screens.lab import LabScreen
from studyapp.tui.widgets.output import Output
from tests.conftest import Hands
from tests.tui.driving import shows, until

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZE = (100, 30)
LAB, LAB_SIZE = "lru-cache", (120, 40)
DAYS = 9


def main() -> None:
    """Write every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        places = Places(ROOT / "content", ROOT / "labs", home / "data", home / "cache")
        hands = Hands()
        study_for_days(places, hands)
        asyncio.run(take(places, hands))
        asyncio.run(take_lab(places, hands))


def study_for_days(places: Places, hands: Hands) -> None:
    """Evenings of reviews and quizzes, some things forgotten, all by one seed."""
    study = Study.open(places, Clock(hands, UTC), random.Random(5))
    study.load()
    chance = random.Random(8)
    for _ in range(DAYS):
        session = ReviewSession.start(study)
        while session.current is not None:
            session.grade(Grade(chance.choices((1, 2, 3, 4), (1, 1, 7, 2))[0]), chance.randint(4000, 15_000))
            hands.forward(seconds=10)
        quiz = quizzing.start(study, QuizMode.MIXED, count=10)
        while quiz.current is not None:
            right = chance.random() < 0.7
            options = quiz.current.options if isinstance(quiz.current, SingleChoice) else ()
            picked = [i for i, option in enumerate(options) if option.correct == right][:1]
            response = Chosen(frozenset(picked)) if picked else None
            level = Confidence(chance.choices((1, 2, 3), (2, 3, 3))[0])
            quizzing.answer(study, quiz, response, level, chance.randint(15_000, 60_000))
        quizzing.finish(study, quiz)
        hands.forward(days=1)
    study.progress.record(EventKind.TICK, "ref-check-video", hands.ms, 1.0)
    study.close()


async def take(places: Places, hands: Hands) -> None:
    """Walk through the screens and keep a picture of each."""
    app = StudyApp(places, lambda: Study.open(places, Clock(hands, UTC), random.Random(4)))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, shows(pilot, "Press r to begin"))
        keep(pilot, "home")
        await pilot.press("r")
        await until(pilot, shows(pilot, "space shows the answer"))
        await pilot.press("space")
        await until(pilot, shows(pilot, "1 Again"))
        keep(pilot, "review")
        await pilot.press("escape")
        app.open_quiz(
            quizzing.of_questions(app.study, ["k8s-q-liveness-dependency", *list(app.study.library.questions)[:3]])
        )
        await until(pilot, shows(pilot, "how sure?"))
        await pilot.press("b", "2")
        await until(pilot, shows(pilot, "space goes on"))
        keep(pilot, "quiz")
        await pilot.press("escape")
        await until(pilot, shows(pilot, "Result"))
        await pilot.press("escape", "s")
        await until(pilot, shows(pilot, "recalled among cards"))
        keep(pilot, "statistics")


async def take_lab(places: Places, hands: Hands) -> None:
    """A lab that is solved, its service under load, its Redis killed a moment ago."""
    app = StudyApp(places, lambda: Study.open(places, Clock(hands, UTC), random.Random(4)))
    async with app.run_test(size=LAB_SIZE) as pilot:
        await until(pilot, shows(pilot, "Press r to begin"))
        place, _ = labs.start(app.study, app.study.labs[LAB])
        for path in place.written:
            path.write_bytes((places.labs / "recsys" / path.relative_to(place.path)).read_bytes())
        app.open_lab(LAB, "ttl")
        await until(pilot, shows(pilot, "An entry written at time t"))
        await pilot.press("l")
        await until(pilot, shows(pilot, "requests/s"), seconds=180)
        await pilot.press(*["plus"] * 6)
        screen = app.screen
        assert isinstance(screen, LabScreen)
        await until(pilot, lambda: screen.session.readings[-1].sent.answered > 600, seconds=60)
        await pilot.press("b", "down", "down", "enter")
        await until(pilot, lambda: "s after the kill" in screen.query_one(Output).text, seconds=90)
        answered = screen.session.readings[-1].sent.answered
        await until(pilot, lambda: screen.session.readings[-1].sent.answered > answered + 300, seconds=60)
        keep(pilot, "lab")


def keep(pilot: Pilot[int], name: str) -> None:
    """Write what is on the screen as a picture without outside addresses (its web fonts would be fetched)."""
    picture = pilot.app.export_screenshot(title="studyapp")
    lines = [line for line in picture.splitlines() if "cdnjs" not in line]
    (PICTURES / f"{name}.svg").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
