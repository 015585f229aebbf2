"""What the checks share: users, and simulated groups that are the same in every run."""

from collections.abc import Callable

import numpy as np
import pytest

Group = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="session")
def users() -> list[str]:
    """Twenty thousand ids, as a product hands them out: one after the other."""
    return [f"user-{number}" for number in range(20_000)]


@pytest.fixture
def clicks() -> Callable[[np.random.Generator, int], Group]:
    """Clicks and impressions of so many users: some see much, some see little, and tastes differ."""
    return impressions


def impressions(draw: np.random.Generator, count: int) -> Group:
    shown = 1 + draw.poisson(10 * draw.gamma(1.0, 1.0, count))
    return draw.binomial(shown, draw.beta(1.0, 9.0, count)), shown
