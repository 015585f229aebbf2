"""A review session: which prompt is asked next, what each grade would do, grading, undo and setting aside."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from studyapp.domain import queue
from studyapp.domain.cards import Prompt
from studyapp.domain.events import Event, EventKind
from studyapp.domain.review import PromptState
from studyapp.domain.schedule import Grade
from studyapp.study import planning, settings
from studyapp.study.day import day_done
from studyapp.study.study import Study


@dataclass(frozen=True, slots=True)
class Graded:
    """One grade given in this session."""

    event: Event
    prompt: Prompt
    grade: Grade
    became_leech: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session came to."""

    graded: tuple[Graded, ...]

    @property
    def again(self) -> tuple[Prompt, ...]:
        """The prompts that were forgotten at least once, in the order they were met."""
        return tuple(dict.fromkeys(one.prompt for one in self.graded if one.grade is Grade.AGAIN))

    @property
    def recalled(self) -> float:
        """Share of grades that were not Again."""
        return sum(one.grade is not Grade.AGAIN for one in self.graded) / len(self.graded) if self.graded else 0.0

    @property
    def duration(self) -> int:
        """Milliseconds spent on all answers."""
        return sum(one.event.duration for one in self.graded)


@dataclass(slots=True)
class ReviewSession:
    """The course of one session; `practice` leaves the schedule and the log alone."""

    study: Study
    topics: frozenset[str] = frozenset()
    practice: bool = False
    graded: list[Graded] = field(default_factory=list)
    current: Prompt | None = None
    _queue: deque[str] = field(default_factory=deque)
    _steps: dict[str, None] = field(default_factory=dict)
    _undoable: list[Event] = field(default_factory=list)
    _planned: bool = False

    @classmethod
    def start(cls, study: Study, topics: Iterable[str] = (), practice: bool = False) -> "ReviewSession":
        """A session over some topics, or over all; the first prompt is current."""
        session = cls(study, frozenset(topics), practice, _planned=planning.active(study) is not None)
        session._queue.extend(session._practice_queue() if practice else todays_queue(study, session.topics))
        session._steps.update(dict.fromkeys([] if practice else session._begun_earlier()))
        session.advance()
        return session

    @classmethod
    def of_prompts(cls, study: Study, prompts: Iterable[str]) -> "ReviewSession":
        """Practice over chosen prompts, such as the missed ones of a session just ended."""
        session = cls(study, practice=True)
        session._queue.extend(prompts)
        session.advance()
        return session

    @classmethod
    def of_cards(cls, study: Study, cards: Iterable[str]) -> "ReviewSession":
        """Practice over every prompt of chosen cards, those of one card in a row."""
        wanted = dict.fromkeys(cards)
        by_card: dict[str, list[str]] = {}
        for prompt in study.library.prompts.values():
            by_card.setdefault(prompt.card.id, []).append(prompt.id)
        return cls.of_prompts(study, [id_ for card in wanted for id_ in by_card.get(card, ())])

    @property
    def left(self) -> int:
        """Prompts still to be asked in this session, the current one included."""
        waiting = set(self._queue) | set(self._steps)
        return len(waiting | ({self.current.id} if self.current else set()))

    @property
    def state(self) -> PromptState:
        """What is known of the current prompt."""
        return self.study.progress.state(self._now_asked().id)

    def preview(self) -> dict[Grade, int]:
        """Milliseconds until the current prompt would be due again, for each grade."""
        prompt = self._now_asked()
        memory = self.study.progress.state(prompt.id).memory
        retention = settings.retention(self.study.progress)
        return self.study.model.preview(prompt.id, memory, self.study.clock.now(), retention)

    def grade(self, grade: Grade, duration: int) -> Graded:
        """Record how well the current prompt was recalled (durable when this returns) and go on to the next."""
        prompt = self._now_asked()
        at = self.study.clock.now()
        if self.practice:
            given = Graded(Event("", at, "", EventKind.REVIEW, prompt.id, grade, duration), prompt, grade, False)
        else:
            given = self._record(prompt, grade, at, duration)
        self.graded.append(given)
        self.advance()
        return given

    def suspend(self) -> Prompt:
        """Take the current prompt out of use until it is brought back."""
        return self._set_aside(EventKind.SUSPEND, 1)

    def bury(self) -> Prompt:
        """Take the current prompt away until tomorrow."""
        return self._set_aside(EventKind.BURY, self.study.clock.today() + 1)

    def flag(self) -> bool:
        """Flag the current prompt, or take its flag away; whether it is flagged now."""
        prompt = self._now_asked()
        flagged = not self.study.progress.state(prompt.id).flagged
        self.study.progress.record(EventKind.FLAG, prompt.id, self.study.clock.now(), float(flagged))
        return flagged

    def undo(self) -> Prompt | None:
        """Take the last grade or setting aside back and ask that prompt again; None when there is nothing to undo."""
        if self.practice:
            return self._undo_practice()
        while self._undoable:
            event = self._undoable.pop()
            if self.study.progress.undo(event.id, self.study.clock.now()) is None:
                continue
            self.graded = [one for one in self.graded if one.event.id != event.id]
            prompt = self.study.library.prompts.get(event.subject)
            if prompt is not None:
                self._ask_again(prompt)
                return prompt
        return None

    def advance(self) -> None:
        """Make the next prompt current: steps that are due, then the queue, then steps a little ahead of their time."""
        moment = self.study.moment()
        states = {id_: self.study.progress.state(id_) for id_ in self._steps}
        ready = queue.next_in_steps(states, self._steps, moment, ahead=False)
        chosen = ready or self._from_queue() or queue.next_in_steps(states, self._steps, moment, ahead=True)
        if chosen:
            self._steps.pop(chosen, None)
        self.current = self.study.library.prompts[chosen] if chosen else None

    def summary(self) -> Summary:
        """What the session came to so far."""
        return Summary(tuple(self.graded))

    def _now_asked(self) -> Prompt:
        if self.current is None:
            raise ValueError("nothing is left to review in this session")
        return self.current

    def _record(self, prompt: Prompt, grade: Grade, at: int, duration: int) -> Graded:
        progress = self.study.progress
        before = progress.state(prompt.id)
        event = progress.record(
            EventKind.REVIEW,
            prompt.id,
            at,
            int(grade),
            duration,
            retention=settings.retention(progress),
            before=[int(before.memory.phase), before.memory.stability, before.memory.difficulty],
        )
        after = progress.state(prompt.id)
        self._undoable.append(event)
        if after.in_steps and not after.suspended:
            self._steps[prompt.id] = None
        return Graded(event, prompt, grade, after.leech and not before.leech)

    def _set_aside(self, kind: EventKind, value: float) -> Prompt:
        prompt = self._now_asked()
        if not self.practice:
            self._undoable.append(self.study.progress.record(kind, prompt.id, self.study.clock.now(), value))
        self.advance()
        return prompt

    def _from_queue(self) -> str | None:
        """The next queued prompt that is still to be asked: another instance may have asked it meanwhile."""
        moment = self.study.moment()
        while self._queue:
            id_ = self._queue.popleft()
            if id_ not in self.study.library.prompts:
                continue  # its file was edited while the session ran
            state = self.study.progress.state(id_)
            if self.practice or (state.new and queue.available(state, moment)) or queue.is_due(state, moment):
                return id_
            if self._planned and self._untouched_today(state, moment):
                return id_
        return None

    def _untouched_today(self, state: PromptState, moment: queue.Moment) -> bool:
        """Whether a prompt that a plan chose ahead of its due date is still to be asked."""
        start = self.study.clock.day_start(moment.day)
        return queue.available(state, moment) and not state.in_steps and state.memory.last_review < start

    def _ask_again(self, prompt: Prompt) -> None:
        if self.current is not None and self.current.id != prompt.id:
            self._queue.appendleft(self.current.id)
        self._steps.pop(prompt.id, None)
        self.current = prompt

    def _undo_practice(self) -> Prompt | None:
        if not self.graded:
            return None
        prompt = self.graded.pop().prompt
        self._ask_again(prompt)
        return prompt

    def _begun_earlier(self) -> list[str]:
        """Prompts whose learning steps an earlier session began and whose next step is still to come."""
        prompts = self.study.library.prompts
        states = self.study.progress.states().items()
        steps = [id_ for id_, state in states if state.in_steps and not state.suspended and id_ in prompts]
        return [
            id_ for id_ in steps if id_ not in self._queue and (not self.topics or prompts[id_].topic in self.topics)
        ]

    def _practice_queue(self) -> list[str]:
        """Every prompt in use of the chosen topics: one of each card before its siblings, the least certain first."""
        study = self.study
        states = study.progress.states()
        now = study.clock.now()
        prompts = [p for p in study.library.prompts.values() if not self.topics or p.topic in self.topics]
        fallback = PromptState()
        usable = [p for p in prompts if not states.get(p.id, fallback).suspended]
        usable.sort(key=lambda p: study.model.retrievability(states.get(p.id, fallback).memory, now))
        met: Counter[str] = Counter()
        rounds: dict[int, list[Prompt]] = {}
        for prompt in usable:
            rounds.setdefault(met[prompt.card.id], []).append(prompt)
            met[prompt.card.id] += 1
        return [prompt.id for turn in rounds.values() for prompt in queue.interleaved(turn)]


def todays_queue(study: Study, topics: frozenset[str] = frozenset()) -> list[str]:
    """The prompts that today still asks for, by the plan if there is one, in their order; no topics means all."""
    planned = planning.todays_queue(study, topics)
    if planned is not None:
        return planned
    prompts = (p for p in study.library.prompts.values() if not topics or p.topic in topics)
    progress = study.progress
    limits = planning.limits(study)
    return queue.build(prompts, progress.states(), study.moment(), limits, day_done(study), study.model)


def next_due(study: Study) -> int | None:
    """When the next prompt falls due, in milliseconds since 1970; None when nothing is scheduled."""
    known = study.library.prompts
    states = study.progress.states().items()
    return min((s.memory.due for id_, s in states if id_ in known and not s.new and not s.suspended), default=None)
