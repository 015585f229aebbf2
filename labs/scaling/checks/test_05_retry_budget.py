"""Step 5: retries that help one request, and cannot become a storm."""

import random
from statistics import mean

import pytest

from recsys.retry import RetryBudget, backoff, retry


class Store:
    """Fails a number of times, then answers; counts how often it is asked."""

    def __init__(self, failures, error=ConnectionError):
        self.failures, self.error, self.calls = failures, error, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error("not now")
        return "answer"


def ask(store, budget=None, **options):
    """The answer, or the error as a value."""
    try:
        return retry(store, budget or RetryBudget(), rng=random.Random(1), **{"sleep": lambda pause: None, **options})
    except Exception as error:
        return type(error).__name__


def test_a_fault_that_passes_is_hidden():
    store = Store(2)
    assert ask(store) == "answer", "a store that fails twice and then answers, asked three times at most"
    assert store.calls == 3, "calls of that store"


def test_a_fault_that_lasts_is_told():
    store = Store(99)
    assert ask(store) == "ConnectionError", "a store that is down, asked three times at most"
    assert store.calls == 3, "calls of a store that is down, attempts=3"


def test_only_what_may_pass_is_tried_again():
    store = Store(1, ValueError)
    assert ask(store) == "ValueError", "the request itself is wrong"
    assert store.calls == 1, "calls where the request itself is wrong: asking again cannot help"


def test_the_pauses_double_and_are_spread():
    rng = random.Random(4)
    pauses = [backoff(3, 0.1, 5.0, rng) for _ in range(2000)]
    assert mean(pauses) == pytest.approx(0.2, rel=0.06), (
        "mean pause after attempt 3, base 0.1: half of 0.4, full jitter"
    )
    assert max(pauses) <= 0.4, "longest of 2,000 pauses after attempt 3, base 0.1: 0.1 x 2 x 2"
    assert min(pauses) < 0.02, "shortest of 2,000 pauses: callers that failed together must not come back together"
    assert max(backoff(30, 0.1, 5.0, rng) for _ in range(200)) <= 5.0, "longest pause, however many attempts"


def test_it_waits_between_attempts():
    pauses = []
    ask(Store(99), attempts=4, sleep=pauses.append)
    assert len(pauses) == 3, "pauses of a call that is made four times: none after the last"


def test_nobody_tries_for_a_caller_who_has_left(clock):
    store = Store(99)
    ask(store, deadline=clock.now + 0.0, clock=clock, sleep=clock.pass_by)
    assert store.calls == 1, "calls where the deadline is now: a retry would come too late"


def test_in_an_outage_retries_stay_a_tenth():
    budget, calls = RetryBudget(ratio=0.1, reserve=10), 0
    for _ in range(2000):
        store = Store(99)
        ask(store, budget)
        calls += store.calls
    extra = calls - 2000
    assert extra <= 212, "2,000 requests of a dead store, ratio 0.1, reserve 10: retries (without a budget: 4,000)"
    assert extra >= 200, "2,000 requests of a dead store, ratio 0.1, reserve 10: retries; the budget may be used"
    assert budget.spent == extra, "budget.spent, against the retries that were made"
    assert budget.refused >= 1, "budget.refused counts the retries that were not allowed"


def test_a_quiet_time_saves_up_no_storm():
    budget = RetryBudget(ratio=0.1, reserve=10)
    for _ in range(1000):
        budget.earn()
    allowed = sum(budget.spend() for _ in range(50))
    assert allowed == 10, "after 1,000 good requests the store dies: retries at once, with a reserve of 10"


def test_the_last_token_is_spent_once(together):
    budget = RetryBudget(ratio=0.0, reserve=4)
    allowed = together(*[budget.spend] * 12)
    assert sum(map(bool, allowed)) == 4, "twelve threads spend at once what is enough for four"
