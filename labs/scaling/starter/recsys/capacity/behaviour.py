"""What the autoscaler makes of a recommendation: `spec.behavior`, limits and stabilisation.

Limits and policies are given; the stabilisation is yours: scaling down takes the highest recommendation of the last
300 s, so a short lull removes nothing; scaling up takes the lowest of its window, which is 0 s by default: react at
once. Source: KEP-853; kubernetes.io "Horizontal Pod Autoscaling", configurable scaling behaviour; horizontal.go.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `value` pods or per cent of change in `period` seconds."""

    kind: Literal["Pods", "Percent"]
    value: int
    period: float


@dataclass(frozen=True, slots=True)
class Rules:
    """One direction of `spec.behavior`: `stabilization` in seconds; `select` says which policy wins, by its change."""

    stabilization: float
    policies: tuple[Policy, ...]
    select: Literal["Max", "Min", "Disabled"] = "Max"


SCALE_UP = Rules(0.0, (Policy("Pods", 4, 15.0), Policy("Percent", 100, 15.0)))
SCALE_DOWN = Rules(300.0, (Policy("Percent", 100, 15.0),))
_Events = deque[tuple[float, int]]


class Scaler:
    """Turns recommendations into replica counts; remembers recommendations and changes for as long as rules ask."""

    def __init__(self, minimum: int, maximum: int, up: Rules = SCALE_UP, down: Rules = SCALE_DOWN) -> None:
        """Stay within `minimum` and `maximum` replicas."""
        if not 0 <= minimum <= maximum or maximum < 1:
            raise ValueError(f"minimum and maximum replicas must rise, not {minimum} and {maximum}")
        self.minimum, self.maximum, self.up, self.down = minimum, maximum, up, down
        self._recommended: _Events = deque()
        self._added: _Events = deque()
        self._removed: _Events = deque()

    def step(self, current: int, desired: int, now: float) -> int:
        """The replicas to have, given `current` ones and a recommendation made at `now` (seconds, never falling)."""
        if current > self.maximum or current < self.minimum:
            replicas = min(max(current, self.minimum), self.maximum)
        else:
            replicas = self._limited(current, self._stabilised(current, desired, now), now)
        if replicas > current:
            self._added.append((now, replicas - current))
        elif replicas < current:
            self._removed.append((now, current - replicas))
        return replicas

    def _stabilised(self, current: int, desired: int, now: float) -> int:
        """The recommendation nearest to the present count that the windows of both directions allow."""
        # step 8: `self._recommended` remembers (moment, recommendation); forget those that no window needs any more
        return desired

    def _limited(self, current: int, desired: int, now: float) -> int:
        if desired > current:
            limit = max(scale_limit(current, self._added, self._removed, self.up, now, up=True), current)
            return min(desired, limit, self.maximum)
        if desired < current:
            limit = min(scale_limit(current, self._added, self._removed, self.down, now, up=False), current)
            return max(desired, limit, self.minimum)
        return desired


def scale_limit(
    current: int,
    added: Sequence[tuple[float, int]],
    removed: Sequence[tuple[float, int]],
    rules: Rules,
    now: float,
    *,
    up: bool,
) -> int:
    """As far as the policies let `current` replicas go; `added` and `removed` are earlier changes (time, pods)."""
    if rules.select == "Disabled":
        return current
    proposals = []
    for policy in rules.policies:
        since = now - policy.period
        start = current - sum(_since(added, since)) + sum(_since(removed, since))
        sign = 1 if up else -1
        if policy.kind == "Pods":
            proposals.append(start + sign * policy.value)
        else:
            moved = start * (1 + sign * policy.value / 100)
            proposals.append(math.ceil(moved) if up else int(moved))
    furthest = rules.select == "Max"
    return max(proposals) if up == furthest else min(proposals)


def _since(events: Sequence[tuple[float, int]], moment: float) -> list[int]:
    return [value for time, value in events if time > moment]
