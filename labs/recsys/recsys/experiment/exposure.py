"""The exposure log: which unit met which variant first, and when.

Why: assigned units that never reached the changed screen dilute the effect, and units that are logged in one
variant more often than in another bias it. So log at the moment the variants start to differ, in every variant
alike, control included, and count each unit once.

A unit seen in two variants (salt changed, id shared by two people) is a *crossover*: leave it out, and look
into it when there are many.

The log must never break a request: a full disk loses lines, which are counted, and raises nothing. Trade-off:
counts are kept in memory up to `capacity` units and the rest goes to the file alone, so that a long run cannot
eat the machine; `read_exposures` has the whole truth.
"""

import json
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
        self._sink = sink
        self._capacity = capacity
        self._first: dict[tuple[str, str], str] = {}
        self._crossed: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self.lost = 0

    def record(self, assignment: Assignment, unit_id: str, at: float) -> bool:
        """Log an exposure at time `at`; False when the unit takes no part or was logged in this variant before."""
        if assignment.variant is None:
            return False
        key = (assignment.experiment, unit_id)
        with self._lock:
            known = self._first.get(key)
            if known == assignment.variant or key in self._crossed:
                return False
            if known is not None:
                self._crossed.add(key)
            elif len(self._first) < self._capacity:
                self._first[key] = assignment.variant
            self._write(Exposure(assignment.experiment, unit_id, assignment.variant, at))
        return True

    def counts(self, experiment: str) -> Counter[str]:
        """Units exposed to each variant, crossovers left out."""
        with self._lock:
            return Counter(v for key, v in self._first.items() if key[0] == experiment and key not in self._crossed)

    def crossovers(self, experiment: str) -> int:
        """Units that met more than one variant."""
        with self._lock:
            return sum(name == experiment for name, _ in self._crossed)

    def _write(self, exposure: Exposure) -> None:
        if self._sink is None:
            return
        try:
            self._sink.write(json.dumps(exposure._asdict()) + "\n")
            self._sink.flush()
        except (OSError, ValueError):  # a full disk, or a stream closed while the service stops
            self.lost += 1


def read_exposures(lines: Iterable[str]) -> tuple[dict[tuple[str, str], Exposure], set[tuple[str, str]]]:
    """First exposures by (experiment, unit), and crossovers apart; a line cut short by a crash is skipped."""
    first: dict[tuple[str, str], Exposure] = {}
    crossed: set[tuple[str, str]] = set()
    for line in lines:
        try:
            seen = Exposure(**json.loads(line))
        except (json.JSONDecodeError, TypeError):
            continue
        known = first.setdefault((seen.experiment, seen.unit_id), seen)
        if known.variant != seen.variant:
            crossed.add((seen.experiment, seen.unit_id))
    return {key: exposure for key, exposure in first.items() if key not in crossed}, crossed
