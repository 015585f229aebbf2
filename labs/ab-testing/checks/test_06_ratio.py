"""Step 6: clicks over impressions, where users were randomised."""

import numpy as np
import pytest

from recsys.experiment.ratio import ratio_of_sums

CONTROL = [1, 0, 3, 2, 0, 5], [10, 4, 20, 9, 2, 30]
TREATMENT = [4, 1, 0, 6, 3], [12, 9, 5, 25, 8]
# statsmodels 0.15, each group: OLS(click of each impression, ones).fit(cov_type="cluster", groups by user, without
# correction), the squared errors times n / (n - 1), added up
DIFFERENCE, ERROR, P_VALUE = 0.09062146892655368, 0.04687937186957806, 0.053226625225937574


def test_the_levels_are_ratios_of_sums():
    got = ratio_of_sums(CONTROL, TREATMENT)
    assert got.control == pytest.approx(11 / 75), (
        "level of control: 11 clicks of 75 impressions, not a mean of users' rates"
    )
    assert got.difference == pytest.approx(DIFFERENCE), "treatment minus control"


def test_the_error_is_that_of_users():
    got = ratio_of_sums(CONTROL, TREATMENT)
    assert got.standard_error == pytest.approx(ERROR, rel=1e-9), (
        "standard error, as a regression clustered by user has it"
    )
    assert got.p_value == pytest.approx(P_VALUE, rel=1e-6), "p-value"


def test_where_each_user_has_one_impression_it_is_a_proportion():
    clicks = [1] * 30 + [0] * 70
    got = ratio_of_sums((clicks, [1] * 100), (clicks[10:], [1] * 90))
    wanted = (0.21 / 99 + (2 / 9) * (7 / 9) / 89) ** 0.5
    assert got.standard_error == pytest.approx(wanted), "standard error of 30 of 100 against 20 of 90"


def test_equal_groups_are_found_different_as_often_as_they_may_be(clicks):
    draw, found = np.random.default_rng(5), 0
    for _ in range(400):
        found += ratio_of_sums(clicks(draw, 400), clicks(draw, 400)).p_value < 0.05
    share = found / 400
    assert share < 0.09, (
        "share of 400 A/A tests, users randomised, that are significant at 5 %: impressions are no units"
    )
    assert share > 0.015, "and it is not next to none either: an interval too wide sees nothing"


def test_the_interval_covers_a_true_difference(clicks):
    draw, covered = np.random.default_rng(6), 0
    for _ in range(300):
        control, (made, shown) = clicks(draw, 500), clicks(draw, 500)
        more = np.minimum(made + draw.binomial(shown - made, 0.05 / 0.9), shown)
        estimate = ratio_of_sums(control, (more, shown))
        covered += estimate.low <= 0.05 <= estimate.high
    assert covered / 300 > 0.9, "share of 300 tests whose 95 % interval covers the true difference of 5 points"


@pytest.mark.parametrize("group", [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([0.0, 0.0], [0.0, 0.0])])
def test_what_is_no_ratio(group):
    try:
        got = ratio_of_sums(group, TREATMENT)
    except ValueError:
        return
    assert got == "ValueError", f"the ratio of {group}"
