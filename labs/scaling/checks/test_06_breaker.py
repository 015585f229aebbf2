"""Step 6: what keeps failing is left alone, and tried again gently."""

import pytest

from recsys.breaker import CircuitBreaker, CircuitOpenError


class Guarded:
    """A dependency behind a breaker, with a clock that is moved."""

    def __init__(self, clock, **limits):
        self.breaker, self.calls = CircuitBreaker("the ranker", clock=clock, **limits), 0

    def ask(self, error=None):
        """What the caller gets: the answer, or the error's name."""

        def answer():
            self.calls += 1
            if error:
                raise error("no")
            return "answer"

        try:
            return self.breaker.call(answer, failures=(OSError,))
        except (OSError, ValueError, CircuitOpenError) as raised:
            return type(raised).__name__

    def ask_all(self, *errors):
        return [self.ask(error) for error in errors]


def test_it_opens_at_the_failure_rate(clock):
    ranker = Guarded(clock, failure_rate=0.5, minimum_calls=4)
    ranker.ask_all(None, None, OSError)
    assert ranker.breaker.state == "closed", "one failure in three calls, at least four needed"
    ranker.ask(OSError)
    assert ranker.breaker.state == "open", "two failures in four calls, failure_rate 0.5"


def test_open_means_that_nobody_calls(clock):
    ranker = Guarded(clock, minimum_calls=2)
    ranker.ask_all(OSError, OSError)
    assert ranker.ask() == "CircuitOpenError", "what a caller gets while it is open"
    assert ranker.calls == 2, "calls of the dependency: none while it is open"
    clock.now += 2
    assert ranker.breaker.retry_after() == pytest.approx(3), "2 s after it opened, reset_after 5: seconds to wait"


def test_after_a_while_it_is_tried_again(clock):
    ranker = Guarded(clock, minimum_calls=1, reset_after=5)
    ranker.ask(OSError)
    clock.now += 4.9
    assert ranker.breaker.state == "open", "4.9 s after it opened, reset_after 5"
    clock.now += 0.1
    assert ranker.breaker.state == "half-open", "5 s after it opened, reset_after 5"
    assert ranker.ask() == "answer", "half open: one call is let through"
    assert ranker.breaker.state == "closed", "the call that was let through succeeded"


def test_half_open_lets_few_through(clock):
    breaker = CircuitBreaker(minimum_calls=1, reset_after=5, probes=2, clock=clock)
    assert breaker.allow() is True, "closed: may a call be made?"
    breaker.record(ok=False)
    clock.now += 5
    allowed = [breaker.allow() for _ in range(4)]
    assert allowed == [True, True, False, False], "half open with two probes: four callers ask for leave"
    breaker.record(ok=True)
    assert breaker.state == "half-open", "one of two probes has succeeded"
    breaker.record(ok=True)
    assert breaker.state == "closed", "both probes have succeeded"


def test_a_failed_probe_opens_it_anew(clock):
    ranker = Guarded(clock, minimum_calls=3, reset_after=5)
    ranker.ask_all(OSError, OSError, OSError)
    clock.now += 7
    ranker.ask(OSError)
    assert ranker.breaker.state == "open", "half open, and the one call that was let through failed"
    assert ranker.breaker.retry_after() == pytest.approx(5), "seconds to wait after a failed probe"
    clock.now += 5
    assert ranker.ask() == "answer", "five seconds later it is tried once more"


def test_what_is_long_ago_is_forgotten(clock):
    ranker = Guarded(clock, failure_rate=0.5, minimum_calls=4, window=10)
    ranker.ask_all(OSError, OSError, OSError)
    clock.now += 10
    ranker.ask_all(None, None, None, OSError)
    assert ranker.breaker.state == "closed", "three failures ten seconds ago, one of four calls since (window 10 s)"


def test_it_begins_anew_when_it_closes(clock):
    ranker = Guarded(clock, failure_rate=0.5, minimum_calls=4, window=60, reset_after=5)
    ranker.ask_all(*[OSError] * 4)
    clock.now += 5
    ranker.ask_all(None, None, OSError)
    assert ranker.breaker.state == "closed", (
        "it closed again, then one call of two failed: the outage is not held against it"
    )


def test_a_wrong_question_is_no_failure(clock):
    ranker = Guarded(clock, minimum_calls=1)
    assert ranker.ask(ValueError) == "ValueError", "an error that is not among `failures` reaches the caller"
    assert ranker.breaker.state == "closed", "an error that is not among `failures` shows that the dependency answers"


def test_a_probe_that_ends_in_another_error_is_recorded(clock):
    ranker = Guarded(clock, minimum_calls=1, reset_after=5)
    ranker.ask(OSError)
    clock.now += 5
    ranker.ask(ValueError)
    assert ranker.ask() == "answer", "the probe ended in an error of its own: the breaker must not wait for it for ever"
