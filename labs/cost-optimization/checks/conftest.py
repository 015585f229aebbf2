"""What the checks share: vectors like item embeddings, and a loop whose clock jumps to the next thing that is due."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop that never sleeps: where nothing is ready, its clock jumps to the next timer."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.now = max(self.now, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine on such a loop, for an hour of its time at most: a longer one waits for ever."""

    def on_loop(work: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(asyncio.wait_for(work, 3600))

    return on_loop


@pytest.fixture
def clustered() -> Callable[..., np.ndarray]:
    """Vectors of length 1 around centres, as item embeddings are, (items, 32); `spread` makes lengths differ."""

    def make(items: int = 3000, seed: int = 1, spread: float = 0.0) -> np.ndarray:
        rng = np.random.default_rng(seed)
        vectors = rng.normal(size=(50, 32))[rng.integers(0, 50, items)] + 0.7 * rng.normal(size=(items, 32))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors * np.exp(spread * rng.normal(size=(items, 1)))).astype(np.float32)

    return make
