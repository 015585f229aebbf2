"""Step 7: what cannot be served in time is refused at once."""

from contextlib import ExitStack

import pytest

from recsys.shedding import LoadShedder, OverloadedError


def admitted(shedder, *priorities):
    """How many of some requests are admitted that come at once; all leave afterwards."""
    with ExitStack() as places:
        count = 0
        for priority in priorities:
            try:
                places.enter_context(shedder.admit(priority))
                count += 1
            except OverloadedError:
                pass
        return count


def test_the_limit_holds(clock):
    shedder = LoadShedder(4, clock=clock)
    assert admitted(shedder, *["interactive"] * 6) == 4, "six requests at once, four places: admitted"
    assert shedder.shed["interactive"] == 2, "six requests at once, four places: counted as shed"
    assert shedder.admitted["interactive"] == 4, "six requests at once, four places: counted as admitted"
    assert shedder.in_flight == 0, "requests in flight when all have left"


def test_batches_leave_room(clock):
    shedder = LoadShedder(10, batch_share=0.5, clock=clock)
    assert admitted(shedder, *["batch"] * 9) == 5, "nine batches at once, ten places, batch_share 0.5: admitted"
    mixed = admitted(shedder, *["batch"] * 9, *["interactive"] * 9)
    assert mixed == 10, "nine batches, then nine interactive requests, ten places: admitted of both"


def test_one_batch_at_least(clock):
    shedder = LoadShedder(2, lowest=1, batch_share=0.1, clock=clock)
    assert admitted(shedder, "batch") == 1, "a batch alone, two places, batch_share 0.1: it must not starve for ever"


def test_a_refusal_says_when_to_come_back(clock):
    shedder = LoadShedder(2, cool_down=3.0, clock=clock)
    with shedder.admit(), shedder.admit(), pytest.raises(OverloadedError) as refusal, shedder.admit():
        pass
    assert refusal.value.retry_after == 3.0, "retry_after of a refusal, cool_down 3 s"


def test_a_failed_request_gives_its_place_back(clock):
    shedder = LoadShedder(2, clock=clock)
    for _ in range(5):
        with pytest.raises(ValueError, match="boom"), shedder.admit():
            raise ValueError("boom")
    assert shedder.in_flight == 0, "requests in flight after five that failed"
    assert admitted(shedder, *["interactive"] * 2) == 2, "two places, after five requests that failed: admitted"


def test_a_slow_answer_takes_a_tenth(clock):
    shedder = LoadShedder(20, target=0.2, cool_down=1.0, clock=clock)
    clock.now += 10
    entered = [shedder.enter("interactive") for _ in range(12)]
    clock.now += 0.5
    shedder.leave(entered[0])
    assert shedder.limit == 18, "twenty places, one answer took 0.5 s, target 0.2: places then"
    for moment in entered[1:]:
        shedder.leave(moment)
    assert shedder.limit == 18, "eleven more answers of the same moment were slow: once in a cool-down is enough"


def test_it_never_shrinks_below_the_lowest(clock):
    shedder = LoadShedder(20, lowest=5, target=0.2, clock=clock)
    for _ in range(60):
        entered = shedder.enter("interactive")
        clock.now += 1.5
        shedder.leave(entered)
    assert shedder.limit == 5, "sixty slow answers, lowest 5: places left"


def test_quick_answers_of_a_busy_service_add_places(clock):
    shedder = LoadShedder(10, highest=12, target=0.2, clock=clock)
    for _ in range(10):
        entered = [shedder.enter("interactive") for _ in range(8)]
        clock.now += 0.1
        for moment in entered:
            shedder.leave(moment)
    assert shedder.limit >= 11, (
        "ten rounds of eight quick answers, ten places at first: places then (1 / limit for each)"
    )
    for _ in range(100):
        entered = [shedder.enter("interactive") for _ in range(10)]
        for moment in entered:
            shedder.leave(moment)
    assert shedder.limit == 12, "a hundred more rounds, highest 12: places then"


def test_an_idle_service_learns_nothing(clock):
    shedder = LoadShedder(10, target=0.2, clock=clock)
    for _ in range(200):
        shedder.leave(shedder.enter("interactive"))
    assert shedder.limit == 10, "200 quick answers, one at a time, ten places: they say nothing about the eleventh"
