"""Which memory model holds when: parameters fitted to a person count from the event that adopts them on."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from studyapp.domain.events import Event
from studyapp.domain.schedule import MemoryModel, checked_parameters

Order = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Models:
    """The memory models in force over time: `initial` until the first of `since`, then each from its place on.

    What was reviewed under earlier parameters keeps the memory that they gave, so a replay gives the live state.
    """

    initial: MemoryModel
    since: tuple[tuple[Order, MemoryModel], ...] = ()

    @classmethod
    def of(cls, initial: MemoryModel, said: Iterable[Event]) -> "Models":
        """The models that PARAMETERS events put in force; one that is undone brings back what was there before it."""
        stack, since = [initial], []
        for event in said:
            if event.value:
                stack.append(_model(event.body, stack[-1]))
            elif len(stack) > 1:
                stack.pop()
            since.append((event.order, stack[-1]))
        return cls(initial, tuple(since))

    @property
    def current(self) -> MemoryModel:
        """The model in force after the whole log."""
        return self.since[-1][1] if self.since else self.initial

    def at(self, order: Order) -> MemoryModel:
        """The model in force for an event at this place of the log."""
        place = bisect_left(self.since, order, key=lambda change: change[0])
        return self.since[place - 1][1] if place else self.initial


def _model(body: dict[str, Any], otherwise: MemoryModel) -> MemoryModel:
    """The model of an event's parameters; those that cannot be read, from a newer version perhaps, change nothing."""
    try:
        return _shared(checked_parameters(body.get("parameters")))
    except ValueError:
        return otherwise


@lru_cache(maxsize=32)
def _shared(parameters: tuple[float, ...]) -> MemoryModel:
    return MemoryModel(parameters)
