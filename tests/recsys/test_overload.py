"""Retries, hedging and shedding: each helps, and each has the limit that keeps it from doing harm."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.hedging import Hedger
from recsys.retry import RetryBudget, backoff, retry
from recsys.shedding import LoadShedder, OverloadedError


class Flaky:
    """Fails a number of times, then answers; remembers the pauses it was given."""

    def __init__(self, failures: int, error: type[Exception] = ConnectionError) -> None:
        self.failures, self.error = failures, error
        self.calls, self.pauses = 0, []

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error("not now")
        return "answer"

    def retried(self, budget: RetryBudget | None = None, **options: object) -> str:
        budget = budget or RetryBudget()
        return retry(self, budget, sleep=self.pauses.append, rng=random.Random(1), **options)  # type: ignore[arg-type]


def test_a_transient_fault_is_hidden_and_a_lasting_one_is_not() -> None:
    assert Flaky(2).retried() == "answer"
    lasting = Flaky(9)
    with pytest.raises(ConnectionError):
        lasting.retried()
    assert (lasting.calls, len(lasting.pauses)) == (3, 2)


def test_errors_that_will_not_pass_are_not_retried() -> None:
    wrong = Flaky(1, ValueError)
    with pytest.raises(ValueError, match="not now"):
        wrong.retried()
    assert wrong.calls == 1


def test_nobody_retries_for_someone_who_has_left() -> None:
    late = Flaky(9)
    with pytest.raises(ConnectionError):
        late.retried(deadline=10.0, clock=lambda: 10.0)
    assert late.calls == 1


def test_in_an_outage_the_budget_holds_the_extra_load_to_its_ratio() -> None:
    budget, calls = RetryBudget(ratio=0.1, reserve=10), 0
    for _ in range(2000):
        down = Flaky(9)
        with pytest.raises(ConnectionError):
            down.retried(budget)
        calls += down.calls
    assert 2000 * 1.1 <= calls + 1 <= 2000 * 1.1 + 10 + 1
    assert budget.spent == calls - 2000
    assert budget.refused > 0


@given(st.integers(1, 30), st.integers())
def test_backoff_is_full_jitter_below_a_doubling_ceiling(attempt: int, seed: int) -> None:
    pause = backoff(attempt, 0.1, 5.0, random.Random(seed))
    assert 0 <= pause <= min(5.0, 0.1 * 2 ** (attempt - 1))


def test_pauses_spread_over_the_whole_range() -> None:
    rng = random.Random(4)
    pauses = [backoff(3, 0.1, 5.0, rng) for _ in range(2000)]
    assert sum(pauses) / 2000 == pytest.approx(0.2, rel=0.05)
    assert min(pauses) < 0.01
    assert max(pauses) > 0.39


def hedged(hedger: Hedger, answers: dict[str, object], targets: list[str]) -> tuple[object, list[str]]:
    """One hedged call and the targets cancelled; an answer is a value, an error, or None for "never"."""
    cancelled: list[str] = []

    async def send(target: str) -> object:
        answer = answers[target]
        if answer is None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(target)
                raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    return asyncio.run(asyncio.wait_for(hedger.call(send, targets), 10)), cancelled


def test_a_quick_answer_is_not_hedged() -> None:
    hedger = Hedger()
    assert hedged(hedger, {"a": 1, "b": 2}, ["a", "b"]) == (1, [])
    assert (hedger.requests, hedger.hedges) == (1, 0)


def test_when_the_first_is_stuck_the_second_answers_and_the_first_is_cancelled() -> None:
    hedger = Hedger(first_delay=0.001)
    assert hedged(hedger, {"a": None, "b": 2}, ["a", "b"]) == (2, ["a"])
    assert (hedger.hedges, hedger.hedges_won) == (1, 1)


def test_an_error_is_raised_only_when_nobody_answers() -> None:
    with pytest.raises(OSError, match="b is down"):
        hedged(Hedger(first_delay=0.001, max_share=1.0), {"a": OSError("b is down")}, ["a"])

    async def slow_then_down(target: str) -> str:
        if target == "a":
            await asyncio.sleep(0.02)
            return "late but right"
        raise OSError("the hedge failed")

    assert asyncio.run(Hedger(first_delay=0.001).call(slow_then_down, ["a", "b"])) == "late but right"


def test_hedges_stay_a_share_of_the_requests_however_slow_everything_is() -> None:
    hedger = Hedger(first_delay=1e-6, max_share=0.1)

    async def slow(target: str) -> str:
        await asyncio.sleep(0.0005)
        return target

    async def many() -> None:
        for _ in range(100):
            await hedger.call(slow, ["a", "b"])

    asyncio.run(many())
    assert 1 <= hedger.hedges <= 10


def test_the_delay_is_the_quantile_of_what_was_seen() -> None:
    hedger = Hedger(quantile=0.9, first_delay=7.0)
    hedger._latencies.extend(range(19))
    assert hedger.delay == 7.0
    hedger._latencies.extend(range(19, 100))
    assert hedger.delay == 90


class Shedding:
    """A shedder, its clock, and requests of a given latency."""

    def __init__(self, **options: float) -> None:
        self.now = 0.0
        self.shedder = LoadShedder(clock=lambda: self.now, **options)  # type: ignore[arg-type]

    def request(self, latency: float, beside: int = 0) -> None:
        self.shedder.in_flight += beside
        with self.shedder.admit():
            self.now += latency
        self.shedder.in_flight -= beside


def test_a_full_service_refuses_at_once_and_batch_first() -> None:
    shedder = LoadShedder(4, batch_share=0.5)
    with shedder.admit("batch"), shedder.admit("batch"):
        with pytest.raises(OverloadedError, match="try again"), shedder.admit("batch"):
            pytest.fail("admitted above the batch share")
        with shedder.admit(), shedder.admit():
            with pytest.raises(OverloadedError) as refusal, shedder.admit():
                pytest.fail("admitted above the limit")
            assert refusal.value.retry_after == 1.0
    assert shedder.in_flight == 0
    assert shedder.shed == {"interactive": 1, "batch": 1}
    assert shedder.admitted == {"interactive": 2, "batch": 2}


def test_slow_answers_shrink_the_limit_once_a_cool_down_and_not_below_the_lowest() -> None:
    fixture = Shedding(limit=20, lowest=5, target=0.2)
    for _ in range(4):
        fixture.request(0.3)
    assert fixture.shedder.limit == 18
    for _ in range(40):
        fixture.request(1.5)
    assert fixture.shedder.limit == 5


def test_quick_answers_grow_the_limit_by_one_a_round_while_the_service_is_busy() -> None:
    fixture = Shedding(limit=10, highest=12, target=0.2)
    for _ in range(200):
        fixture.request(0.1)
    assert fixture.shedder.limit == 10  # one at a time proves nothing
    for _ in range(11):
        fixture.request(0.1, beside=8)
    assert fixture.shedder.limit == 11
    for _ in range(100):
        fixture.request(0.1, beside=8)
    assert fixture.shedder.limit == 12


def test_a_place_is_given_back_when_the_request_fails() -> None:
    shedder = LoadShedder(2)
    for _ in range(5):
        with pytest.raises(ValueError, match="boom"), shedder.admit():
            raise ValueError("boom")
    assert shedder.in_flight == 0
    with pytest.raises(ValueError, match="must rise"):
        LoadShedder(1, lowest=2)
