"""One person's study, opened: the library, the progress, and the time and chance that everything shares."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from studyapp.domain.clock import Clock
from studyapp.domain.labs import Lab
from studyapp.domain.queue import Moment
from studyapp.domain.schedule import MemoryModel
from studyapp.domain.topics import Library, Problem
from studyapp.library.cache import Stamps, read_cached, read_cached_labs, stamp, stamp_labs
from studyapp.library.load import assemble
from studyapp.places import Places, shown
from studyapp.store.progress import Progress


@dataclass(slots=True)
class Study:
    """What every use case works on. The library may be replaced while the app runs; progress and time stay."""

    places: Places
    progress: Progress
    clock: Clock
    rng: random.Random
    library: Library = field(default_factory=Library)
    labs: dict[str, Lab] = field(default_factory=dict)
    lab_problems: list[Problem] = field(default_factory=list)
    _stamps: list[Stamps] = field(default_factory=list)

    @classmethod
    def open(cls, places: Places, clock: Clock, rng: random.Random) -> "Study":
        """The study in a place, without its library: `load` reads that, and may be called from another thread.

        Raises StoreError when the progress cannot be used.
        """
        return cls(places, Progress.open(places.database, MemoryModel(), rng), clock, rng)

    @property
    def model(self) -> MemoryModel:
        """The memory model in force."""
        return self.progress.model

    def close(self) -> None:
        """Let go of the progress file."""
        self.progress.close()

    @contextmanager
    def reader(self) -> Iterator["Study"]:
        """The same study on a connection of its own, for work in another thread."""
        progress = Progress.open(self.places.database, self.progress.models.initial, random.Random())
        try:
            yield replace(self, progress=progress)
        finally:
            progress.close()

    def load(self) -> Library:
        """Read all content and lab manifests, from the cache where nothing changed."""
        stamps = self._content_stamps()
        roots = (self.places.content, *self.places.packs)
        self.library = assemble([read_cached(root, shown(root), self.places.cache) for root in roots])
        labs = self.places.labs
        self.labs, self.lab_problems = read_cached_labs(labs, shown(labs), self.places.cache)
        self._stamps = stamps
        return self.library

    def changed(self) -> bool:
        """Whether any content file or lab manifest differs from what is loaded."""
        return self._content_stamps() != self._stamps

    def moment(self) -> Moment:
        """Now, and the study day it belongs to."""
        now = self.clock.now()
        day = self.clock.day(now)
        return Moment(now, self.clock.day_start(day + 1), day)

    def _content_stamps(self) -> list[Stamps]:
        return [*map(stamp, (self.places.content, *self.places.packs)), stamp_labs(self.places.labs)]
