"""What many tests stand on: a clock that is set by hand, a small library, a study in an empty folder."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import settings

from studyapp.domain.clock import Clock
from studyapp.domain.schedule import DAY_MS
from studyapp.places import Places
from studyapp.study.study import Study
from tests.content import write_pack

settings.register_profile("quick", deadline=None, max_examples=60)  # speed is measured in benchmarks, not in tests
settings.load_profile("quick")

MORNING = 1_790_000_000_000  # Monday 2026-09-21, 14:13 UTC


@dataclass
class Hands:
    """The hands of a clock; tests move them."""

    ms: int = MORNING

    def __call__(self) -> int:
        return self.ms

    def forward(self, *, days: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.ms += round(days * DAY_MS + minutes * 60_000 + seconds * 1000)


@dataclass
class Home:
    """One person's machine: places in a temporary folder, and its clock."""

    root: Path
    content: Path
    hands: Hands = field(default_factory=Hands)
    packs: tuple[Path, ...] = ()

    @property
    def places(self) -> Places:
        return Places(self.content, self.root / "labs", self.root / "data", self.root / "cache", self.packs)

    def open(self, seed: int = 1) -> Study:
        """The study of this home, its content loaded."""
        study = self.unread(seed)
        study.load()
        return study

    def unread(self, seed: int = 1) -> Study:
        """The study of this home before its content is read."""
        return Study.open(self.places, Clock(self.hands, UTC), random.Random(seed))


@pytest.fixture
def make_home(tmp_path: Path) -> Callable[[str], Home]:
    """Homes by name, each on its own folder, all with the same small content."""

    def make(name: str) -> Home:
        root = tmp_path / name
        return Home(root, write_pack(root / "content"))

    return make


@pytest.fixture
def home(make_home: Callable[[str], Home]) -> Home:
    return make_home("home")


@pytest.fixture
def study(home: Home) -> Iterator[Study]:
    opened = home.open()
    yield opened
    opened.close()
