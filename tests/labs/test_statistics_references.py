"""The figures that the drift and A/B labs judge by are those of SciPy and statsmodels."""

import importlib.util
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import integrate, stats
from scipy.spatial.distance import jensenshannon
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

LABS = Path(__file__).parents[2] / "labs"
EXACT = {"rel": 1e-9, "abs": 1e-12}
Checks = Callable[[str], ModuleType]


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    monkeypatch.syspath_prepend(str(LABS / "recsys"))

    def load(name: str) -> ModuleType:
        path = LABS / name
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def smoothed(*rows: list[int]) -> list[np.ndarray]:
    return [np.array(row) + 0.5 for row in rows]


def test_psi(checks: Checks) -> None:
    step = checks("model-drift/checks/test_01_psi.py")
    for rows, expected in (((step.BEFORE, step.NOW), step.PSI), ((step.EMPTY, step.MOVED), step.PSI_EMPTY)):
        p, q = smoothed(*rows)
        assert stats.entropy(p, q) + stats.entropy(q, p) == pytest.approx(expected, **EXACT)


def test_kl_and_jensen_shannon(checks: Checks) -> None:
    step = checks("model-drift/checks/test_02_jensen_shannon.py")
    p, q = smoothed(step.BEFORE, step.NOW)
    assert (stats.entropy(q, p), stats.entropy(p, q)) == pytest.approx((step.KL, step.KL_BACK), **EXACT)
    assert jensenshannon(p, q, base=2) ** 2 == pytest.approx(step.JS, **EXACT)


def test_kolmogorov_smirnov(checks: Checks) -> None:
    step = checks("model-drift/checks/test_03_kolmogorov_smirnov.py")
    few = stats.ks_2samp(step.FEW, step.MORE, method="asymp")
    many = stats.ks_2samp(step.EVEN, step.BENT, method="asymp")
    assert few.statistic == pytest.approx(step.OF_FEW[0], **EXACT)
    assert (many.statistic, many.pvalue) == pytest.approx(step.OF_MANY, **EXACT)
    assert stats.ks_2samp(step.EVEN.round(1), step.BENT.round(1)).statistic == pytest.approx(step.ROUNDED, **EXACT)


def test_sample_ratio(checks: Checks) -> None:
    step = checks("ab-testing/checks/test_03_srm.py")
    for counts, expected, p_value in (step.SMALL, step.BOOK, step.NINE_TO_ONE, step.THREE):
        assert stats.chisquare(counts, expected).pvalue == pytest.approx(p_value, **EXACT)


def test_power(checks: Checks) -> None:
    step = checks("ab-testing/checks/test_04_power.py")
    for effect, alpha, power, units in step.UNITS:
        assert math.ceil(NormalIndPower().solve_power(effect, alpha=alpha, power=power)) == units
    for difference, error, power in step.POWERS:
        assert NormalIndPower().power(difference / error, nobs1=2, alpha=0.05) == pytest.approx(power, **EXACT)


def test_means_and_proportions(checks: Checks) -> None:
    step = checks("ab-testing/checks/test_05_differences.py")
    groups = CompareMeans(DescrStatsW(step.TREATMENT), DescrStatsW(step.CONTROL))
    assert groups.ttest_ind(usevar="unequal")[1] == pytest.approx(step.P_VALUE, **EXACT)
    for alpha, interval in ((0.05, step.INTERVAL), (0.01, step.WIDER)):
        assert groups.tconfint_diff(alpha, usevar="unequal") == pytest.approx(interval, **EXACT)
    for (x, n, y, m), p_value, interval in (step.MANY, step.FEW):
        assert proportions_ztest([y, x], [m, n])[1] == pytest.approx(p_value, **EXACT)
        assert confint_proportions_2indep(y, m, x, n, method="newcomb") == pytest.approx(interval, **EXACT)


def clustered(clicks: list[int], shown: list[int]) -> tuple[float, float]:
    """Level and squared error of one group, impressions clustered by user, for n - 1 instead of n."""
    rows = np.concatenate([np.repeat([1.0, 0.0], [c, s - c]) for c, s in zip(clicks, shown, strict=True)])
    by_user = {"groups": np.repeat(np.arange(len(shown)), shown), "use_correction": False}
    fit = sm.OLS(rows, np.ones(len(rows))).fit(cov_type="cluster", cov_kwds=by_user)
    return fit.params[0], fit.bse[0] ** 2 * len(shown) / (len(shown) - 1)


def test_ratio(checks: Checks) -> None:
    step = checks("ab-testing/checks/test_06_ratio.py")
    (level, variance), (other, other_variance) = clustered(*step.CONTROL), clustered(*step.TREATMENT)
    error = math.sqrt(variance + other_variance)
    assert (other - level, error) == pytest.approx((step.DIFFERENCE, step.ERROR), **EXACT)
    assert 2 * stats.norm.sf((other - level) / error) == pytest.approx(step.P_VALUE, **EXACT)


def test_cuped(checks: Checks) -> None:
    step = checks("ab-testing/checks/test_07_cuped.py")
    for unknown, expected in ((None, (step.DIFFERENCE, step.P_VALUE)), (2, (step.DIFFERENCE_UNKNOWN, step.P_UNKNOWN))):
        y, x = np.array([*step.CONTROL[0], *step.TREATMENT[0]]), np.array([*step.CONTROL[1], *step.TREATMENT[1]])
        if unknown is not None:
            x[unknown] = np.delete(x, unknown).mean()
        adjusted = y - stats.linregress(x, y).slope * (x - x.mean())
        control, treatment = np.split(adjusted, [len(step.CONTROL[0])])
        p_value = stats.ttest_ind(treatment, control, equal_var=False).pvalue
        assert (treatment.mean() - control.mean(), p_value) == pytest.approx(expected, **EXACT)


def likelihood_ratio(difference: float, variance: float, tau: float) -> float:
    """That of effects drawn from N(0, tau^2) to no effect, by integration."""

    def mixed(effect: float) -> float:
        return float(stats.norm.pdf(difference, effect, math.sqrt(variance)) * stats.norm.pdf(effect, 0, tau))

    whole = integrate.quad(mixed, -20, 20, points=[0, difference], epsabs=1e-14, limit=500)[0]
    return whole / float(stats.norm.pdf(difference, 0, math.sqrt(variance)))


def test_sequential(checks: Checks) -> None:
    step = checks("ab-testing/checks/test_08_sequential.py")
    for difference, variance, tau, ratio in step.RATIOS:
        assert likelihood_ratio(difference, variance, tau) == pytest.approx(ratio, rel=1e-9)
    for confidence, margin in step.MARGINS.items():
        assert likelihood_ratio(margin, 0.04, 0.3) == pytest.approx(1 / (1 - confidence), rel=1e-8)
