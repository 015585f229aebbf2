"""Which prompts come next: due before new, topics interleaved, siblings on different days, within the day's limits."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Protocol, TypeVar

from studyapp.domain.cards import Prompt, card_id
from studyapp.domain.review import PromptState
from studyapp.domain.schedule import MemoryModel

LEARN_AHEAD_MS = 20 * 60_000


class OfTopic(Protocol):
    """Anything that belongs to a topic."""

    @property
    def topic(self) -> str: ...


T = TypeVar("T", bound=OfTopic)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a day may hold."""

    new: int = 20
    reviews: int = 200


@dataclass(frozen=True, slots=True)
class DayDone:
    """What today already holds: how many prompts were introduced and reviewed, and the ids of all that were seen."""

    introduced: int = 0
    reviewed: int = 0
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moment:
    """When a queue is made: now and the end of the study day in milliseconds, and the day's number."""

    now: int
    day_end: int
    day: int


def available(state: PromptState, moment: Moment) -> bool:
    """Whether a prompt is in use today."""
    return not state.suspended and state.buried_until <= moment.day


def is_due(state: PromptState, moment: Moment) -> bool:
    """Whether a seen prompt is to be reviewed now: in its steps by the minute, otherwise by the day."""
    if state.new or not available(state, moment):
        return False
    return state.memory.due <= (moment.now if state.in_steps else moment.day_end - 1)


def build(
    prompts: Iterable[Prompt],
    states: Mapping[str, PromptState],
    moment: Moment,
    limits: Limits,
    done: DayDone,
    model: MemoryModel,
) -> list[str]:
    """The ids of today's prompts in the order in which they are asked."""
    taken = {card_id(id_): id_ for id_ in done.seen}
    steps: list[Prompt] = []
    due: list[Prompt] = []
    fresh: list[Prompt] = []
    fallback = PromptState()
    for prompt in prompts:
        state = states.get(prompt.id, fallback)
        if state.new and available(state, moment):
            fresh.append(prompt)
        elif is_due(state, moment):
            (steps if state.in_steps else due).append(prompt)
    due.sort(key=lambda prompt: model.retrievability(states[prompt.id].memory, moment.now))
    steps.sort(key=lambda prompt: states[prompt.id].memory.due)
    taken |= {prompt.card.id: prompt.id for prompt in steps}
    room = max(0, limits.reviews - done.reviewed)
    reviews = _one_a_card(due, taken)[:room]
    new = _one_a_card(interleaved(fresh), taken)[: max(0, limits.new - done.introduced)]
    ordered = chain(steps, spread(interleaved(reviews), new))
    return [prompt.id for prompt in ordered]


def interleaved(items: Iterable[T]) -> list[T]:
    """The same prompts or questions with the topics in turn; within a topic the order stays."""
    by_topic: dict[str, deque[T]] = {}
    for item in items:
        by_topic.setdefault(item.topic, deque()).append(item)
    turns: list[T] = []
    while by_topic:
        for topic in list(by_topic):
            turns.append(by_topic[topic].popleft())
            if not by_topic[topic]:
                del by_topic[topic]
    return turns


def spread(reviews: list[Prompt], new: list[Prompt]) -> list[Prompt]:
    """New prompts spread evenly among the reviews, the first review ahead of the first new one."""
    if not reviews or not new:
        return [*reviews, *new]
    places = sorted(
        [(index / len(reviews), 0, prompt) for index, prompt in enumerate(reviews)]
        + [((index + 0.5) / len(new), 1, prompt) for index, prompt in enumerate(new)],
        key=lambda place: place[:2],
    )
    return [prompt for _, _, prompt in places]


def next_in_steps(states: Mapping[str, PromptState], ids: Iterable[str], moment: Moment, ahead: bool) -> str | None:
    """The prompt in its learning steps that is due soonest; with `ahead`, up to 20 minutes before its time."""
    until = moment.now + (LEARN_AHEAD_MS if ahead else 0)
    waiting = [id_ for id_ in ids if id_ in states and states[id_].in_steps and available(states[id_], moment)]
    ready = [id_ for id_ in waiting if states[id_].memory.due <= until]
    return min(ready, key=lambda id_: states[id_].memory.due, default=None)


def _one_a_card(prompts: list[Prompt], taken: dict[str, str]) -> list[Prompt]:
    """At most one prompt of each card; `taken` maps a card to the prompt that has its turn today, and grows."""
    return [prompt for prompt in prompts if taken.setdefault(prompt.card.id, prompt.id) == prompt.id]
