"""Benjamini-Hochberg: many metrics, few false discoveries. Yours to write.

As it stands p-values stay as they are. Source: Benjamini, Hochberg, J. R. Stat. Soc. B 1995.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values in the order given: report those at or below the rate of false discoveries you accept.

    Raises ValueError for what is no p-value.
    """
    # step 9: the i-th smallest of m becomes p m / i, but never more than what comes after it, and at most 1
    return np.asarray(p_values, dtype=np.float64)
