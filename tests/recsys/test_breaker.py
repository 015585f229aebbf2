"""The breaker's three states, driven by a clock that the test moves."""

import pytest

from recsys.breaker import CircuitBreaker, CircuitOpenError


class Fixture:
    """A breaker, its clock, and calls that pass or fail."""

    def __init__(self, **limits: float) -> None:
        self.now = 0.0
        self.breaker = CircuitBreaker("ranker", clock=lambda: self.now, **limits)

    def ok(self) -> str:
        return self.breaker.call(lambda: "answer")

    def fail(self) -> None:
        with pytest.raises(OSError, match="refused"):
            self.breaker.call(self._raise, failures=(OSError,))

    @staticmethod
    def _raise() -> None:
        raise OSError("refused")


def test_it_opens_at_the_failure_rate_and_refuses_without_calling() -> None:
    fixture = Fixture(failure_rate=0.5, minimum_calls=4)
    fixture.ok(), fixture.ok(), fixture.fail()
    assert fixture.breaker.state == "closed"
    fixture.fail()
    assert fixture.breaker.state == "open"
    with pytest.raises(CircuitOpenError, match="ranker keeps failing") as refusal:
        fixture.breaker.call(lambda: pytest.fail("called while open"))
    assert refusal.value.retry_after == 5.0


def test_half_open_lets_the_probes_through_and_no_more() -> None:
    fixture = Fixture(minimum_calls=1, reset_after=5, probes=2)
    fixture.fail()
    fixture.now = 5.0
    assert fixture.breaker.state == "half-open"
    assert [fixture.breaker.allow() for _ in range(3)] == [True, True, False]
    fixture.breaker.record(ok=True)
    assert fixture.breaker.state == "half-open"
    fixture.breaker.record(ok=True)
    assert fixture.breaker.state == "closed"


def test_a_failed_probe_opens_it_for_another_period() -> None:
    fixture = Fixture(minimum_calls=1, reset_after=5)
    fixture.fail()
    fixture.now = 6.0
    fixture.fail()
    assert fixture.breaker.state == "open"
    assert fixture.breaker.retry_after() == 5.0
    fixture.now = 11.0
    assert fixture.ok() == "answer"
    assert fixture.breaker.state == "closed"


def test_old_failures_leave_the_window() -> None:
    fixture = Fixture(minimum_calls=2, failure_rate=0.6, window=10)
    fixture.fail()
    fixture.now = 10.0
    fixture.ok(), fixture.fail()
    assert fixture.breaker.state == "closed"


def test_an_error_that_is_not_the_dependencys_fault_does_not_count() -> None:
    fixture = Fixture(minimum_calls=1)
    with pytest.raises(ZeroDivisionError):
        fixture.breaker.call(lambda: 1 / 0, failures=(OSError,))
    assert fixture.breaker.state == "closed"


@pytest.mark.parametrize("limits", [{"failure_rate": 0}, {"minimum_calls": 0}, {"window": 0}, {"reset_after": -1}])
def test_limits_that_cannot_work_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a breaker needs"):
        CircuitBreaker(**limits)
