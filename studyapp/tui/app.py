"""The app: it owns the study, opens screens, and reads the content again when a file is saved."""

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from studyapp.places import Places
from studyapp.store import theme
from studyapp.tui.messages import LibraryLoaded
from studyapp.tui.screens.home import HomeScreen

if TYPE_CHECKING:
    from studyapp.domain.interviews import Interview
    from studyapp.domain.questions import Question
    from studyapp.domain.quiz import Quiz
    from studyapp.study.study import Study

RELOAD_SECONDS = 2.0
ROOMS = frozenset({"review", "quiz", "interview", "browse", "statistics", "reference", "settings", "plan", "labs"})


class StudyApp(App[int]):
    """Recall, explain, do."""

    TITLE = "studyapp"
    CSS_PATH = "styles/app.tcss"  # what all screens share; each brings its own when it is first opened
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark,f1", "explain", "Help", tooltip="What this screen is and every key it knows", id="app.help"
        ),
        Binding("ctrl+q", "quit", "Quit", tooltip="Leave; everything is saved already", id="app.quit", show=False),
    ]

    def __init__(self, places: Places, open_study: Callable[[], "Study"]) -> None:
        """An app over the study that `open_study` opens; it is called once the first screen is painted."""
        super().__init__()
        self.places = places
        self._open_study = open_study
        self._study: Study | None = None

    @property
    def study(self) -> "Study":
        """The study; screens that need it open only once it is there."""
        if self._study is None:
            raise RuntimeError("the study is not open yet")
        return self._study

    def get_default_screen(self) -> Screen[None]:
        return HomeScreen()

    def on_mount(self) -> None:
        chosen = theme.read(self.places.theme)
        if chosen in self.available_themes:
            self.theme = chosen
        self.theme_changed_signal.subscribe(self, lambda new: theme.keep(self.places.theme, new.name))
        self.call_after_refresh(self.begin)

    def on_unmount(self) -> None:
        if self._study is not None:
            self._study.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Rooms stay closed, and their keys grey, until the content is read."""
        return None if action in ROOMS and (self._study is None or not self._study.library.topics) else True

    @work(thread=True, exclusive=True, group="library", exit_on_error=False)
    def begin(self) -> None:
        """Open the study and read its content, off the UI thread but for the database, which belongs to it."""
        import studyapp.study.overview  # noqa: F401  a tenth of a second of imports, none of it before the first paint

        if self.call_from_thread(self._open):
            self.study.load()
            gc.freeze()  # ten thousand cards live as long as the app: looking through them again would stall a key
            self.call_from_thread(self._show_library)
            self.call_from_thread(self.set_interval, RELOAD_SECONDS, self.reload_if_changed)
            self.call_from_thread(self.back_up)

    def _open(self) -> bool:
        from studyapp.store.database import StoreError

        try:
            self._study = self._open_study()
        except StoreError as error:
            self.exit(return_code=1, message=f"studyapp: {error}")
        return self._study is not None

    @work(thread=True, exclusive=True, group="watch", exit_on_error=False)
    def reload_if_changed(self) -> None:
        """Look whether a content file was saved."""
        if self.study.changed():
            self.study.load()
            self.call_from_thread(self._show_library)
            self.call_from_thread(self.notify, "The content was read again.", title="Content changed")

    @work(thread=True, exclusive=True, group="backup", exit_on_error=False)
    def back_up(self) -> None:
        """Copy the progress once a day."""
        from studyapp.store.backup import back_up

        today = self.study.clock.local(self.study.clock.now()).date()
        back_up(self.places.database, self.places.backups, today)

    def _show_library(self) -> None:
        for screen in self.screen_stack:
            screen.post_message(LibraryLoaded(self.study.library))
        self.refresh_bindings()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """One place where work that failed in the background becomes a sentence."""
        if event.state is WorkerState.ERROR:
            self.notify(
                str(event.worker.error), title=f"{event.worker.name} failed", severity="error", timeout=15, markup=False
            )

    def notify(self, message: str, **how: Any) -> None:
        """Say one thing at a time; what was said before is over."""
        self.clear_notifications()
        super().notify(message, **how)

    async def run_action(self, *asked: Any, **how: Any) -> bool:
        """Do what a key asks; a progress file that cannot be written ends nothing."""
        with self.saving():
            return await super().run_action(*asked, **how)
        return True

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Tell the person that something could not be kept; what was saved before is safe."""
        from studyapp.store.database import StoreError, said

        try:
            yield
        except (sqlite3.Error, StoreError) as error:
            told = said(error, self.places.database) if isinstance(error, sqlite3.Error) else error
            self.notify(str(told), title="Not saved", severity="error", timeout=30, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every room of the app in the command palette."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Review", "Today's session", self.action_review)
        yield SystemCommand("Quiz", "Choose a quiz", self.action_quiz)
        yield SystemCommand("Mock interview", "Draw or pick a whole interview question", self.action_interview)
        yield SystemCommand("Labs", "Build, launch and break a recommender service", self.action_labs)
        yield SystemCommand("Interview plan", "Study towards a date; how ready you are", self.action_plan)
        yield SystemCommand("Browse", "Find any card, question or note", self.action_browse)
        yield SystemCommand("Statistics", "Days, retention, forecast, calibration", self.action_statistics)
        yield SystemCommand("Reference", "Key numbers, checklist, interview craft", self.action_reference)
        yield SystemCommand("Settings", "Limits a day, desired retention, theme", self.action_settings)
        yield from _commands_of(screen)

    def action_review(self, topic: str = "", practice: bool = False) -> None:
        from studyapp.study.reviewing import ReviewSession
        from studyapp.tui.screens.review import ReviewScreen

        session = ReviewSession.start(self.study, [topic] if topic else [], practice)
        self.push_screen(ReviewScreen(session))

    def action_quiz(self, topic: str = "") -> None:
        from studyapp.tui.screens.quiz_setup import QuizSetupScreen

        self.push_screen(QuizSetupScreen(self.study, topic))

    def action_interview(self, topic: str = "") -> None:
        from studyapp.tui.screens.interviews import InterviewsScreen

        self.push_screen(InterviewsScreen(self.study, topic))

    def open_quiz(self, quiz: "Quiz", in_place: bool = False) -> None:
        """Begin a quiz, over the screen that asked for it or in its place, or say why there is none."""
        from studyapp.domain.quiz import QuizMode
        from studyapp.tui.screens.quiz import QuizScreen

        if not quiz.questions:
            missed = quiz.mode is QuizMode.MISSED
            self.notify("Nothing was missed so far." if missed else "There are no questions here.", title="No quiz")
            return
        screen = QuizScreen(self.study, quiz)
        if in_place:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def action_browse(self, query: str = "") -> None:
        from studyapp.tui.screens.browse import BrowseScreen

        self.push_screen(BrowseScreen(self.study, query))

    def action_statistics(self) -> None:
        from studyapp.tui.screens.statistics import StatisticsScreen

        self.push_screen(StatisticsScreen(self.study))

    def action_reference(self) -> None:
        from studyapp.tui.screens.reference import ReferenceScreen

        self.push_screen(ReferenceScreen(self.study))

    def action_labs(self) -> None:
        from studyapp.tui.screens.labs import LabsScreen

        self.push_screen(LabsScreen(self.study))

    def action_plan(self) -> None:
        from studyapp.tui.screens.plan import PlanScreen

        self.push_screen(PlanScreen(self.study))

    def action_settings(self) -> None:
        from studyapp.tui.screens.settings import SettingsScreen

        self.push_screen(SettingsScreen(self.study))

    def open_topic(self, slug: str, section: str = "") -> None:
        """A topic's own screen, at a section of its notes."""
        from studyapp.tui.screens.topic import TopicScreen

        self.push_screen(TopicScreen(self.study, slug, section))

    def open_lab(self, slug: str, step: str = "") -> None:
        """A lab at one of its steps, or a word that there is none."""
        from studyapp.tui.screens.lab import LabScreen

        lab = self.study.labs.get(slug)
        if lab is None:
            self.notify("This topic has no lab yet.")
            return
        self.push_screen(LabScreen(self.study, lab, step))

    def open_question(self, asked: "Interview | Question | None") -> bool:
        """Ask one question, whole or of a quiz; whether there was one."""
        from studyapp.domain.interviews import Interview
        from studyapp.study import quizzing
        from studyapp.tui.screens.interview import InterviewScreen

        if isinstance(asked, Interview):
            self.push_screen(InterviewScreen(self.study, asked))
        elif asked is not None:
            self.open_quiz(quizzing.of_questions(self.study, [asked.id]))
        return asked is not None

    def practise(self, cards: Sequence[str]) -> None:
        """Go through chosen cards, without moving the schedule."""
        from studyapp.study.reviewing import ReviewSession
        from studyapp.tui.screens.review import ReviewScreen

        session = ReviewSession.of_cards(self.study, cards)
        if session.current is None:
            self.notify("There are no cards on this step.")
        else:
            self.push_screen(ReviewScreen(session))

    def action_explain(self) -> None:
        from studyapp.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))


def _commands_of(screen: Screen[object]) -> Iterable[SystemCommand]:
    """What the keys of a screen do, each by its name."""
    known = {active.binding.id: active for active in screen.active_bindings.values() if active.node is screen}
    for name, active in known.items():
        binding = active.binding
        if name and active.enabled and binding.tooltip:
            act = partial(screen.run_action, binding.action)
            yield SystemCommand(binding.description or binding.tooltip, binding.tooltip, act)
