"""The daily drift check of a million rows by twenty features against a million, against SciPy, in one run.

PSI and the exact Kolmogorov-Smirnov statistic of every feature, ours (`recsys.drift.compare`) against
`scipy.stats.ks_2samp`, which computes the second alone; whether both agree; how ours grows; and what counting one
live request costs. Evidently's PSI takes part where the package imports (0.7 needs pandas below 3), on a tenth of the
rows; it is no dependency.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[2] / "labs" / "recsys"))

from recsys.drift import ReferenceProfile, Window, compare

FEATURES = 20


def sample(rows: int, seed: int) -> dict[str, np.ndarray]:
    """Twenty features, half of them normal, half skewed."""
    rng = np.random.default_rng(seed)
    draw = (rng.standard_normal, rng.standard_exponential)
    return {f"feature_{number}": draw[number % 2](rows) for number in range(FEATURES)}


def seconds(task: Callable[[], object], repeats: int = 3) -> float:
    """Median wall time."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        task()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    """Print times, agreement and growth."""
    reference, current = sample(1_000_000, 1), sample(1_000_000, 2)
    ours = seconds(lambda: compare(reference, current))
    drifts = compare(reference, current)
    begun = time.perf_counter()
    peers = [stats.ks_2samp(reference[name], current[name]).statistic for name in reference]
    peer = time.perf_counter() - begun
    print(f"{FEATURES} features, 1,000,000 rows against 1,000,000")
    print(f"  scipy.stats.ks_2samp, KS alone   {peer:6.2f} s")
    print(f"  recsys.drift.compare, PSI + KS   {ours:6.2f} s   {peer / ours:.1f}x as fast")
    largest = max(abs(drift.ks - theirs) for drift, theirs in zip(drifts, peers, strict=True) if drift.ks is not None)
    print(f"  largest difference of the KS statistics: {largest:.1e}")
    tenth = seconds(lambda: compare(sample_of(reference), sample_of(current)), 5)
    print(f"  a tenth of the rows: {tenth:.3f} s, {ours / tenth:.1f}x less")
    evidently(sample_of(reference), sample_of(current), tenth)
    live(reference)


def evidently(reference: dict[str, np.ndarray], current: dict[str, np.ndarray], ours: float) -> None:
    """Print how long Evidently takes for the PSI of the same columns, which it cuts into 30 bins of equal width."""
    try:
        import pandas as pd
        from evidently import Report  # type: ignore[import-not-found]
        from evidently.metrics import ValueDrift  # type: ignore[import-not-found]
    except Exception as error:  # an installed one of another time fails in many ways
        print(f"  Evidently: left out, for it does not import here ({type(error).__name__})")
        return
    frames = pd.DataFrame(current), pd.DataFrame(reference)
    report = Report([ValueDrift(column=name, method="psi") for name in reference])
    theirs = seconds(lambda: report.run(*frames))
    print(f"  Evidently, PSI alone, these rows: {theirs:.2f} s, ours is {theirs / ours:.0f}x as fast and does KS too")


def sample_of(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The first tenth of each column."""
    return {name: column[: len(column) // 10] for name, column in columns.items()}


def live(reference: dict[str, np.ndarray]) -> None:
    """Print the cost of counting one request, early and late, and of scoring the window."""
    profile = ReferenceProfile.fit(reference)
    window = Window(profile)
    rows = [{name: float(column[number]) for name, column in reference.items()} for number in range(2000)]

    def count() -> None:
        for row in rows:
            window.update(row)

    first, later = seconds(count, 5), seconds(count, 5)
    print(
        f"live window: {first / len(rows) * 1e6:.1f} us a request of {FEATURES} features, {later / first:.2f}x later on"
    )
    print(f"  scoring it: {seconds(lambda: window.scores(profile), 5) * 1e3:.1f} ms; its profile is", end=" ")
    print(f"{len(profile.to_json()) / 1024:.0f} KiB of JSON")


if __name__ == "__main__":
    main()
