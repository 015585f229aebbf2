"""The study day ends at four in the morning, wherever the person lives."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.clock import Clock


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def test_three_in_the_morning_belongs_to_the_day_before() -> None:
    clock = Clock(zone=UTC)
    late = datetime(2026, 11, 24, 3, 59, tzinfo=UTC)
    assert clock.day(ms(late)) == clock.day(ms(datetime(2026, 11, 23, 12, tzinfo=UTC)))
    assert clock.day(ms(late + timedelta(minutes=1))) == clock.day(ms(late)) + 1


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=45)), ZoneInfo("Europe/Berlin")])
@given(day=st.integers(date(2020, 1, 1).toordinal(), date(2035, 1, 1).toordinal()))
def test_a_day_begins_where_the_one_before_ends(zone: timezone, day: int) -> None:
    clock = Clock(zone=zone)
    start = clock.day_start(day)
    assert clock.day(start) == day
    assert clock.day(start - 1) == day - 1
