"""Benjamini-Hochberg: many metrics, few false discoveries.

Twenty metrics tested at 0.05 show at least one "effect" 64 % of the time when there is none (1 - 0.95^20).
Bonferroni stops that by making each test twenty times as strict, and misses real effects. Benjamini and
Hochberg bound the *share* of false ones among those reported, which is what a list of metrics needs. Valid for
independent or positively dependent metrics; guardrails stay out of it, since missing a harm costs more than a
false alarm. Source: Benjamini, Hochberg, J. R. Stat. Soc. B 1995.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values in the order given: report those at or below the rate of false discoveries you accept."""
    p = np.asarray(p_values, dtype=np.float64)
    if p.size and not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p-values lie between 0 and 1")
    order = np.argsort(p)[::-1]
    scaled = p[order] * p.size / np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return adjusted
