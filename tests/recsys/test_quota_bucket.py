"""The quota against the definition of a token bucket: never more than burst + rate x time, never less without cause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.quota import TenantQuota


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_then_the_rate_and_a_refusal_says_how_long() -> None:
    clock = Clock()
    quota = TenantQuota(4.0, burst=3, clock=clock)
    assert [quota.take("acme") for _ in range(4)] == [0.0, 0.0, 0.0, 0.25]
    clock.now += 0.125
    assert quota.take("acme") == pytest.approx(0.125)  # the refusal before took nothing
    clock.now += 0.125
    assert [quota.take("acme"), quota.take("acme")] == [0.0, 0.25]


def test_one_tenant_does_not_spend_what_is_another_s() -> None:
    quota = TenantQuota(1.0, burst=1, clock=Clock())
    assert (quota.take("acme"), quota.take("acme")) == (0.0, 1.0)
    assert quota.take("globex") == 0.0


def test_without_a_rate_everything_passes() -> None:
    quota = TenantQuota(0.0, clock=Clock())
    assert {quota.take("acme") for _ in range(10_000)} == {0.0}


def test_slow_tenants_pass_at_a_rate_below_one_a_second() -> None:
    clock = Clock()
    quota = TenantQuota(0.1, clock=clock)
    assert (quota.take("acme"), quota.take("acme")) == (0.0, pytest.approx(10.0))
    clock.now += 10.001
    assert quota.take("acme") == 0.0


@given(st.lists(st.floats(0, 2), max_size=200), st.floats(0.5, 20), st.integers(1, 20))
def test_in_any_interval_no_more_than_the_burst_and_the_rate_pass(gaps: list[float], rate: float, burst: int) -> None:
    clock, passed = Clock(), list[float]()
    quota = TenantQuota(rate, burst=burst, clock=clock)
    for gap in gaps:
        clock.now += gap
        wait = quota.take("acme")
        if wait == 0.0:
            passed.append(clock.now)
        else:
            clock.now += wait + 1e-9  # what it said is enough
            assert quota.take("acme") == 0.0
            passed.append(clock.now)
    for first, begin in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= burst + rate * (passed[last] - begin) + 1e-6


@pytest.mark.parametrize(("rate", "burst"), [(-1.0, 5), (1.0, 0)])
def test_a_quota_that_cannot_work_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="a quota needs"):
        TenantQuota(rate, burst)
