"""The verdict: which decision follows from which results, and whether its words carry the numbers."""

from dataclasses import replace

import pytest

from recsys.experiment import Experiment, Metric, Verdict, analyse, two_proportions
from recsys.experiment.estimate import Estimate, normal_estimate

HALVES = Experiment("ranker-v2", {"control": 0.5, "treatment": 0.5})
EVEN = {"control": 10_000, "treatment": 10_000}
BETTER, SAME, WORSE = ((400, 10_000, hits, 10_000) for hits in (500, 405, 320))


def goal(counts: tuple[int, int, int, int]) -> Metric:
    return Metric("acceptance", two_proportions(*counts), percent=True)


def latency(change: float, error: float = 1.0) -> Metric:
    estimate = normal_estimate(100.0, 100.0 + change, error**2)
    return Metric("p95 latency", estimate, role="guardrail", better="lower", margin=5.0)


def judge(*metrics: Metric, **options: object) -> Verdict:
    return analyse(HALVES, EVEN, metrics, **options)  # type: ignore[arg-type]


def test_better_and_safe_ships() -> None:
    verdict = judge(goal(BETTER), latency(1.0))
    assert verdict.decision == "ship"
    assert "acceptance rose from 4.00% to 5.00% (+1.00 points, +25.0%; anything from +0.43 points to" in verdict.text()
    assert "p95 latency stays within its limit" in verdict.text()


def test_worse_does_not_ship() -> None:
    assert judge(goal(WORSE)).decision == "do not ship"


def test_lower_is_better_where_the_metric_says_so() -> None:
    assert judge(replace(goal(WORSE), better="lower")).decision == "ship"
    assert judge(replace(goal(BETTER), better="lower")).decision == "do not ship"


def test_no_clear_difference_is_not_called_equal() -> None:
    verdict = judge(goal(SAME))
    assert verdict.decision == "no clear difference"
    assert "fits the data" in verdict.text()


def test_uneven_groups_are_not_analysed_however_good_the_goal() -> None:
    counts = {"control": 90_400, "treatment": 9_600}
    verdict = analyse(Experiment("e", {"control": 0.9, "treatment": 0.1}), counts, [goal(BETTER)])
    assert verdict.decision == "do not trust"
    assert "treatment 9,600 (planned 10,000)" in verdict.text()
    assert "acceptance" not in verdict.text()


def test_harm_stops_at_once_even_before_the_planned_end() -> None:
    assert judge(goal(BETTER), latency(9.0), planned_units=50_000).decision == "do not ship"


def test_a_guardrail_that_proves_nothing_is_not_safe() -> None:
    verdict = judge(goal(BETTER), latency(1.0, error=10.0))
    assert verdict.decision == "keep running"
    assert "harm is not ruled out yet: p95 latency" in verdict.text()


@pytest.mark.parametrize(("low", "high", "safety"), [(-4, 1, "safe"), (-9, 1, "unsure"), (-9, -6, "harmed")])
def test_a_guardrail_is_judged_by_its_interval(low: float, high: float, safety: str) -> None:
    estimate = Estimate(10, 10 + (low + high) / 2, 1.0, low, high, 0.5)
    assert Metric("m", estimate, role="guardrail", margin=5).safety == safety


def test_before_the_planned_end_a_good_day_is_no_evidence() -> None:
    verdict = judge(goal(BETTER), planned_units=30_000)
    assert verdict.decision == "keep running"
    assert "20,000 of the 30,000 planned units" in verdict.text()
    assert "5.00%" not in verdict.text()


def test_an_always_valid_result_may_be_used_any_day() -> None:
    assert judge(goal(BETTER), planned_units=30_000, sequential=True).decision == "ship"
    assert judge(goal(SAME), planned_units=30_000, sequential=True).decision == "keep running"


def test_many_metrics_raise_the_bar() -> None:
    close = goal((400, 10_000, 460, 10_000))
    noise = [Metric(f"m{i}", normal_estimate(1, 1.01, 1), role="secondary") for i in range(9)]
    assert judge(close).decision == "ship"
    assert judge(close, *noise).decision == "no clear difference"


def test_secondary_metrics_explain_and_do_not_decide() -> None:
    other = Metric("items finished", normal_estimate(5.0, 6.0, 0.01), role="secondary")
    verdict = judge(goal(SAME), other)
    assert verdict.decision == "no clear difference"
    assert "items finished rose from 5 to 6" in verdict.text()


@pytest.mark.parametrize("metrics", [[], [goal(BETTER), goal(SAME)]])
def test_there_is_exactly_one_goal(metrics: list[Metric]) -> None:
    with pytest.raises(ValueError, match="exactly one goal"):
        judge(*metrics)


def test_a_level_of_zero_has_no_relative_change() -> None:
    assert "%" not in Metric("clicks", normal_estimate(0.0, 1.0, 0.1)).describe()
    assert "did not move" in Metric("clicks", normal_estimate(0.0, 0.0, 0.1)).describe()
