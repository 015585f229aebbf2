"""Step 5: the scores are of the last hour, and not of all time."""

import tracemalloc

from recsys.drift.windows import RollingWindow

LENGTH, SLOTS = 600.0, 6  # ten minutes, in slots of 100 s


def test_what_is_new_is_there_at_once(profile, clock):
    rolling = RollingWindow(profile, LENGTH, SLOTS, clock=clock)
    rolling.update({"minutes": 3.0})
    assert rolling.window().rows == 1, "rows of the window right after the first request: the present slot counts"


def test_the_last_ten_minutes_are_there(profile, clock):
    rolling = RollingWindow(profile, LENGTH, SLOTS, clock=clock)
    for _ in range(60):
        rolling.update({"minutes": 3.0})
        clock.now += 10
    assert rolling.window().rows == 60, "a request each 10 s for 600 s, window of 600 s: all are inside"


def test_what_is_old_is_gone(profile, clock):
    rolling = RollingWindow(profile, LENGTH, SLOTS, clock=clock)
    for _ in range(200):
        rolling.update({"minutes": 3.0})
        clock.now += 10
    rows = rolling.window().rows
    assert rows >= 60, "a request each 10 s for 2,000 s, window of 600 s: at least the last 60 count"
    assert rows <= 70, "and at most one slot of 100 s more"


def test_silence_makes_old_too(profile, clock):
    rolling = RollingWindow(profile, LENGTH, SLOTS, clock=clock)
    for _ in range(50):
        rolling.update({"minutes": 3.0})
    clock.now += LENGTH + LENGTH / SLOTS
    assert rolling.window().rows == 0, "50 requests, then 700 s of silence, window of 600 s: nobody pushed them out"
    rolling.update({"minutes": 3.0})
    assert rolling.window().rows == 1, "and one more request after the silence"


def test_a_drift_is_forgotten_when_it_is_over(profile, clock, traffic, rows_of):
    rolling = RollingWindow(profile, LENGTH, SLOTS, clock=clock)
    for shift in (8.0, 0.0):
        for row in rows_of(traffic(700, shift=shift)):
            rolling.update(row)
            clock.now += 1
    psi = {one.feature: one.psi for one in rolling.window().scores(profile)}
    assert psi["minutes"] < 0.1, "PSI of the session length 700 s after a shift ended, window of 600 s"


def test_looking_changes_nothing(profile, clock):
    rolling = RollingWindow(profile, LENGTH, SLOTS, clock=clock)
    for _ in range(5):
        rolling.update({"minutes": 3.0})
        clock.now += 150
        rolling.window()
    rows = [rolling.window().rows for _ in range(3)]
    assert rows == [rows[0]] * 3, "rows of three looks in a row: a merge that adds to a slot counts twice"
    assert rows[0] == 4, "a request at 0, 150, 300, 450 and 600 s, seen at 750 s: the first is older than 700 s"


def test_the_ring_does_not_grow(profile, clock):
    rolling = RollingWindow(profile, LENGTH, SLOTS, clock=clock)
    for _ in range(10):
        rolling.update({"minutes": 3.0})
        clock.now += 100
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(100):
            rolling.update({"minutes": 3.0})
            clock.now += 100
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 30_000, "bytes that it grew by in a hundred more slots: those that fall out are let go"
