"""The plan as it is given: dates, days off, weights, and what makes none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.plan import Plan, PlanError, parse_days_off, parse_weights

THURSDAY = date(2026, 12, 10).toordinal()

plans = st.builds(
    Plan,
    dates=st.lists(st.integers(730_000, 750_000), min_size=1, max_size=4, unique=True).map(lambda d: tuple(sorted(d))),
    minutes=st.integers(1, 600),
    morning=st.booleans(),
    topics=st.frozensets(st.sampled_from(["kubernetes", "ci-cd"])),
    weights=st.dictionaries(st.sampled_from(["kubernetes", "ci-cd"]), st.floats(0.1, 10)),
    weekdays_off=st.frozensets(st.integers(0, 6), max_size=6),
    days_off=st.frozensets(st.integers(730_000, 750_000), max_size=3),
)


@given(plans)
def test_a_plan_comes_back_from_its_event(plan: Plan) -> None:
    assert Plan.from_body(plan.as_body()) == plan


def test_a_morning_interview_leaves_that_day_without_study() -> None:
    assert Plan((THURSDAY,), 30, morning=True).study_days(THURSDAY - 2, THURSDAY) == [THURSDAY - 2, THURSDAY - 1]
    assert Plan((THURSDAY,), 30).study_days(THURSDAY - 2, THURSDAY)[-1] == THURSDAY


def test_days_off_are_weekdays_or_dates() -> None:
    weekdays, days = parse_days_off(["Sunday", "wed", "2026-12-08"])
    plan = Plan((THURSDAY,), 30, weekdays_off=weekdays, days_off=days)
    studied = [date.fromordinal(day).isoformat() for day in plan.study_days(THURSDAY - 6, THURSDAY)]
    assert studied == ["2026-12-04", "2026-12-05", "2026-12-07", "2026-12-10"]


def test_the_next_of_several_dates_is_studied_for() -> None:
    plan = Plan((THURSDAY, THURSDAY + 7), 30)
    assert [plan.next_date(THURSDAY + days) for days in (0, 1, 8)] == [THURSDAY, THURSDAY + 7, None]
    assert plan.last_date() == THURSDAY + 7


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"dates": [], "minutes": 30}, "1 to 20 dates"),
        ({"dates": ["tomorrow"], "minutes": 30}, "2026-12-10"),
        ({"dates": ["2026-12-10"], "minutes": 0}, "minutes"),
        ({"dates": ["2026-12-10"], "minutes": 30, "weights": {"ci-cd": 0}}, "--topics"),
        (
            {"dates": ["2026-12-10"], "minutes": 30, "days_off": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
            "off",
        ),
        ({"minutes": 30}, "no plan"),
        ({"dates": 5, "minutes": 30}, "no plan"),
    ],
)
def test_what_is_no_plan_is_said(body: dict[str, object], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        Plan.from_body(body)


def test_a_weight_needs_a_number() -> None:
    assert parse_weights(["kubernetes=2", "ci-cd=0.5"]) == {"kubernetes": 2.0, "ci-cd": 0.5}
    with pytest.raises(PlanError, match="kubernetes=2"):
        parse_weights(["kubernetes"])
