"""Time as the person lives it: now in milliseconds, and the study day, which ends at four in the morning."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

ROLLOVER_HOURS = 4


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time comes from; `zone` None is the machine's own."""

    now: Callable[[], int] = _wall_ms
    zone: tzinfo | None = field(default=None)

    def day(self, at: int) -> int:
        """The study day of a moment, as a proleptic ordinal; 03:59 belongs to the day before."""
        return (self.local(at) - timedelta(hours=ROLLOVER_HOURS)).date().toordinal()

    def today(self) -> int:
        """The study day of now."""
        return self.day(self.now())

    def day_start(self, day: int) -> int:
        """The first millisecond of a study day."""
        midnight = datetime.combine(date.fromordinal(day), datetime.min.time()) + timedelta(hours=ROLLOVER_HOURS)
        aware = midnight.replace(tzinfo=self.zone) if self.zone else midnight.astimezone()
        return round(aware.timestamp() * 1000)

    def local(self, at: int) -> datetime:
        """A moment in the person's zone."""
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(self.zone)
