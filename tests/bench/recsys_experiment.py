"""Assignments against a textbook SHA-256 bucket and GrowthBook, statistics against statsmodels, in one run.

Ratios above 1 mean that ours is faster. GrowthBook takes part where it is installed; it is no dependency.
"""

import hashlib
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

sys.path.insert(0, str(Path(__file__).parents[2] / "labs" / "recsys"))

from recsys.experiment import Experiment, Moments, Slice, assign, ratio_of_sums, two_proportions, welch

HALVES = {"control": 0.5, "treatment": 0.5}
PLAIN = Experiment("ranker", HALVES)
FULL = Experiment(
    "ranker", HALVES, ramp=0.5, holdout=0.05, layer=Slice("ranking", 0.0, 0.9), targeting={"plan": {"pro", "team"}}
)
UNITS = [f"acme\x1fuser-{number}" for number in range(2000)]
ATTRIBUTES = {"plan": "pro"}
ROUNDS = 7


def textbook(name: str, unit: str) -> str:
    """The usual recipe: SHA-256 of name and id, modulo 10,000."""
    bucket = int(hashlib.sha256(f"{name}:{unit}".encode()).hexdigest(), 16) % 10_000
    return "control" if bucket < 5_000 else "treatment"


def growthbook(unit: str) -> object:
    """One evaluation by GrowthBook's SDK; raises ImportError where it is not installed."""
    from growthbook import Experiment as Theirs  # type: ignore[import-not-found]
    from growthbook import GrowthBook

    return GrowthBook(attributes={"id": unit}).run(Theirs(key="ranker", variations=["control", "treatment"]))


def seconds(work: Callable[[], object]) -> float:
    """Median time of one call."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def each(function: Callable[[str], object], units: list[str] = UNITS) -> float:
    """Microseconds for one unit."""
    return 1e6 * seconds(lambda: [function(unit) for unit in units]) / len(units)


def assignments() -> None:
    """One hash, all the rules, the peers, and what longer ids and more variants cost."""
    plain = each(lambda unit: assign(PLAIN, unit))
    print(f"assignment, plain               {plain:7.3f} us")
    print(f"assignment, all rules           {each(lambda unit: assign(FULL, unit, ATTRIBUTES)):7.3f} us")
    sha256 = each(lambda unit: textbook("ranker", unit))
    print(f"SHA-256 bucket                  {sha256:7.3f} us  {sha256 / plain:5.1f}x")
    try:
        theirs = each(growthbook, UNITS[:200])
        print(f"GrowthBook                      {theirs:7.3f} us  {theirs / plain:5.1f}x")
    except ImportError:
        print("GrowthBook                      not installed")
    many = Experiment("ranker", {f"v{number}": 1.0 for number in range(50)})
    print(f"50 variants / 2                 {each(lambda unit: assign(many, unit)) / plain:7.2f}")
    print(f"ids of 256 letters / of 14      {each(lambda unit: assign(PLAIN, unit), ['x' * 256] * 2000) / plain:7.2f}")


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    """One line: both times and the ratio."""
    a, b = seconds(ours), seconds(theirs)
    print(f"{name:31s} {1e6 * a:9.1f} us, statsmodels {1e6 * b:11.1f} us  {b / a:5.1f}x")


def tests() -> None:
    """The same figures as statsmodels, and how long they take."""
    rng = np.random.default_rng(1)
    a, b = rng.gamma(2, 1, 100_000), rng.gamma(2, 1.01, 100_000)
    compare("Welch, 2 x 100,000 users", lambda: welch(Moments.of(a), Moments.of(b)), lambda: _welch(a, b))
    compare("two proportions", lambda: two_proportions(400, 9_000, 450, 9_100), _proportions)
    groups = [_accounts(rng) for _ in range(2)]
    compare("ratio, 2 x 5,000 users", lambda: ratio_of_sums(*groups), lambda: _clustered(*groups))


def _welch(a: np.ndarray, b: np.ndarray) -> object:
    both = CompareMeans(DescrStatsW(b), DescrStatsW(a))
    return both.ttest_ind(usevar="unequal"), both.tconfint_diff(usevar="unequal")


def _proportions() -> object:
    return proportions_ztest([450, 400], [9_100, 9_000]), confint_proportions_2indep(450, 9_100, 400, 9_000)


def _accounts(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    shown = rng.geometric(1 / 18, 5_000)
    return rng.binomial(shown, rng.beta(1, 9, 5_000)), shown


def _clustered(control: tuple[np.ndarray, np.ndarray], treatment: tuple[np.ndarray, np.ndarray]) -> object:
    """The same variance by a regression over impressions with errors clustered by user."""
    clicks, shown = (np.concatenate(pair) for pair in zip(control, treatment, strict=True))
    user = np.repeat(np.arange(shown.size), shown)
    place = np.arange(user.size) - np.repeat(shown.cumsum() - shown, shown)
    design = sm.add_constant((user >= control[1].size).astype(float))
    return sm.OLS(place < clicks[user], design).fit(cov_type="cluster", cov_kwds={"groups": user}).bse


def main() -> None:
    """Print everything."""
    assignments()
    tests()


if __name__ == "__main__":
    main()
