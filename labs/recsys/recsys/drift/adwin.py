"""ADWIN: a window over the errors that is as long as nothing has changed in it.

It grows while all is quiet and drops its older part as soon as two sub-windows differ more than chance allows. No
threshold but a false alarm rate; sees rises and falls; O(log n) state and time. Fed each new error, as Page-Hinkley is.
Source: Bifet and Gavalda, Learning from Time-Changing Data with Adaptive Windowing, SDM 2007.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass
class _Row:
    """Buckets that each sum up 2 ** level values, oldest first."""

    totals: list[float] = field(default_factory=list)
    spreads: list[float] = field(default_factory=list)

    def append(self, total: float, spread: float) -> None:
        self.totals.append(total)
        self.spreads.append(spread)

    def merge_oldest(self, size: int) -> tuple[float, float]:
        """Take out the two oldest buckets, of `size` values each, as one: its sum and its squared deviations."""
        first, second = self.totals.pop(0), self.totals.pop(0)
        between = (first - second) ** 2 / (2 * size)
        return first + second, self.spreads.pop(0) + self.spreads.pop(0) + between


class Adwin:
    """Adaptive window over values in [0, 1]; `mean` and `count` are those of the values since the last change."""

    def __init__(self, delta: float = 0.002, per_row: int = 5, every: int = 32, minimum: int = 10) -> None:
        """Bound false alarms by `delta`; look for a cut every `every` values, in parts of at least `minimum`."""
        if not 0 < delta < 1:
            raise ValueError(f"delta is a probability, not {delta}")
        self.delta, self.per_row, self.every, self.minimum = delta, per_row, every, minimum
        self._rows: list[_Row] = [_Row()]
        self._seen = 0
        self.count, self._total, self._spread = 0, 0.0, 0.0

    @property
    def mean(self) -> float:
        """Mean of the window, 0.0 while it is empty."""
        return self._total / self.count if self.count else 0.0

    def update(self, value: float) -> bool:
        """Whether the mean has changed; the window then holds the values since."""
        self._seen += 1
        self._insert(value)
        self._compress()
        if self._seen % self.every:
            return False
        changed = False
        while self._cut():
            changed = True
            self._drop_oldest()
        return changed

    def _insert(self, value: float) -> None:
        if self.count:
            self._spread += (value - self.mean) ** 2 * self.count / (self.count + 1)
        self.count += 1
        self._total += value
        self._rows[0].append(value, 0.0)

    def _compress(self) -> None:
        """Merge the two oldest buckets of a row that is too long into one of the next, which is twice the size."""
        for level, row in enumerate(self._rows):
            if len(row.totals) <= self.per_row:
                return
            if level + 1 == len(self._rows):
                self._rows.append(_Row())
            self._rows[level + 1].append(*row.merge_oldest(2**level))

    def _cut(self) -> bool:
        """Whether some split into an older and a newer part shows two different means."""
        count, total = 0, 0.0
        for level in range(len(self._rows) - 1, -1, -1):
            for bucket in self._rows[level].totals:
                count, total = count + 2**level, total + bucket
                newer = self.count - count
                if newer < self.minimum:
                    return False
                if count >= self.minimum and self._differ(count, total, newer):
                    return True
        return False

    def _differ(self, count: int, total: float, newer: int) -> bool:
        """The bound of theorem 3.2 in its form with the variance (section 4 of the paper)."""
        difference = abs(total / count - (self._total - total) / newer)
        inverse = 1 / count + 1 / newer
        confidence = math.log(2 * math.log(self.count) / self.delta)
        variance = self._spread / self.count
        return difference > math.sqrt(2 * inverse * variance * confidence) + 2 / 3 * inverse * confidence

    def _drop_oldest(self) -> None:
        level = len(self._rows) - 1
        row, size = self._rows[level], 2**level
        total, spread = row.totals.pop(0), row.spreads.pop(0)
        left = self.count - size
        between = (total / size - (self._total - total) / left) ** 2 * size * left / self.count
        self.count, self._total = left, self._total - total
        self._spread = max(self._spread - spread - between, 0.0)
        while len(self._rows) > 1 and not self._rows[-1].totals:
            self._rows.pop()
