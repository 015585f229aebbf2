"""What the log says of one prompt: its memory, and whether it is set aside."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from studyapp.domain.events import Event, EventKind
from studyapp.domain.fitted import Models
from studyapp.domain.schedule import Grade, Memory, MemoryModel, Phase, is_leech

DEFAULT_RETENTION = 0.9


@dataclass(frozen=True, slots=True)
class PromptState:
    """The projection of a prompt's events; can be made again from the log at any time."""

    memory: Memory = field(default_factory=Memory)
    suspended: bool = False
    leech: bool = False
    flagged: bool = False
    buried_until: int = 0
    introduced: int = 0

    @property
    def new(self) -> bool:
        return self.memory.phase is Phase.NEW

    @property
    def in_steps(self) -> bool:
        """Whether the prompt is in its learning or relearning steps, minutes apart."""
        return self.memory.phase in (Phase.LEARNING, Phase.RELEARNING)


def apply(state: PromptState, event: Event, model: MemoryModel) -> PromptState:
    """The state after one more event of the same prompt."""
    match event.kind:
        case EventKind.REVIEW:
            return _reviewed(state, event, model)
        case EventKind.SUSPEND:
            return replace(state, suspended=bool(event.value), leech=state.leech and bool(event.value))
        case EventKind.BURY:
            return replace(state, buried_until=int(event.value))
        case EventKind.FLAG:
            return replace(state, flagged=bool(event.value))
        case EventKind.FORWARD:
            return _brought_forward(state, event)
        case _:
            return state


def replay(events: Iterable[Event], models: Models) -> PromptState:
    """The state that a prompt's events lead to; events that were undone are to be left out by the caller."""
    state = PromptState()
    for event in sorted(events, key=lambda event: event.order):
        state = apply(state, event, models.at(event.order))
    return state


def _reviewed(state: PromptState, event: Event, model: MemoryModel) -> PromptState:
    retention = float(event.body.get("retention", DEFAULT_RETENTION))
    memory = model.review(event.subject, state.memory, Grade(int(event.value)), event.at, retention)
    leech = memory.lapses > state.memory.lapses and is_leech(memory)
    return replace(
        state,
        memory=memory,
        leech=state.leech or leech,
        suspended=state.suspended or leech,
        introduced=state.introduced or event.at,
    )


def _brought_forward(state: PromptState, event: Event) -> PromptState:
    if state.new or state.memory.due <= event.at:
        return state
    return replace(state, memory=replace(state.memory, due=event.at))
