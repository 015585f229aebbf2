"""The exposure log: which unit met which variant first, and when. Yours to write.

As it stands nothing is logged, and nobody can say who took part.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, TextIO

from recsys.experiment.definition import Assignment


class Exposure(NamedTuple):
    """First meeting of a unit with a variant; `at` in seconds since the epoch."""

    experiment: str
    unit_id: str
    variant: str
    at: float


class ExposureLog:
    """Thread-safe log of first exposures, written as JSON lines to `sink` where one is given."""

    def __init__(self, sink: TextIO | None = None, capacity: int = 1_000_000) -> None:
        # step 2: what must be known of a unit, to count it once and to notice that it met two variants?
        self._sink = sink
        self._capacity = capacity
        self._lock = threading.Lock()
        self.lost = 0

    def record(self, assignment: Assignment, unit_id: str, at: float) -> bool:
        """Log an exposure at time `at`; False when the unit takes no part or was logged in this variant before."""
        # step 2
        return False

    def counts(self, experiment: str) -> Counter[str]:
        """Units exposed to each variant, crossovers left out."""
        # step 2
        return Counter()

    def crossovers(self, experiment: str) -> int:
        """Units that met more than one variant."""
        # step 2
        return 0

    def _write(self, exposure: Exposure) -> None:
        # step 2: a full disk loses lines, which are counted in `lost`, and breaks no request
        pass


def read_exposures(lines: Iterable[str]) -> tuple[dict[tuple[str, str], Exposure], set[tuple[str, str]]]:
    """First exposures by (experiment, unit), and crossovers apart; a line cut short by a crash is skipped."""
    # step 2
    return {}, set()
