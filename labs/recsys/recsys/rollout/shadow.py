"""Shadow traffic: the new version answers copies of real requests, and nobody sees its answers.

Why: it meets real inputs and real load before any user meets it; crashes, latency and disagreement show at no
risk. It does not show whether users like it (nobody saw it): a canary or an A/B test does that. Mirror reads
only, since a mirrored write happens twice; and it costs a second set of machines for as long as it runs.

The copy must never slow the original down: work goes to a few threads, and what does not fit into the queue is
dropped and counted.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

RequestT = TypeVar("RequestT")
AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """What the mirrored requests showed; `agreement` is the mean of the comparison, `latency` a mean in seconds."""

    compared: int
    failed: int
    dropped: int
    pending: int
    agreement: float
    latency: float


class Shadow(Generic[RequestT, AnswerT]):
    """Sends copies to `send` and compares answers; leaving it as a context manager waits for copies under way."""

    def __init__(
        self,
        send: Callable[[RequestT], AnswerT],
        compare: Callable[[AnswerT, AnswerT], float],
        *,
        threads: int = 2,
        max_pending: int = 100,
    ) -> None:
        self._send, self._compare, self._max_pending = send, compare, max_pending
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="shadow")
        self._lock = threading.Lock()
        self._compared = self._failed = self._dropped = self._pending = 0
        self._agreement = self._seconds = 0.0

    def mirror(self, request: RequestT, answer: AnswerT) -> bool:
        """Queue a copy of a request with the answer that the user got; False when it was dropped."""
        with self._lock:
            if self._pending >= self._max_pending:
                self._dropped += 1
                return False
            self._pending += 1
        self._pool.submit(self._run, request, answer)
        return True

    def report(self) -> ShadowReport:
        """The results so far."""
        with self._lock:
            n = max(1, self._compared)
            counts = self._compared, self._failed, self._dropped, self._pending
            return ShadowReport(*counts, self._agreement / n, self._seconds / n)

    def __enter__(self) -> "Shadow[RequestT, AnswerT]":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def _run(self, request: RequestT, answer: AnswerT) -> None:
        start = time.perf_counter()
        try:
            other = self._send(request)
            seconds = time.perf_counter() - start
            agreement = self._compare(answer, other)
        except Exception:  # whatever the new version does wrong is a finding, not an error of the service
            with self._lock:
                self._failed += 1
                self._pending -= 1
            return
        with self._lock:
            self._compared += 1
            self._pending -= 1
            self._agreement += agreement
            self._seconds += seconds


def overlap(answer: Sequence[str], other: Sequence[str]) -> float:
    """Share of items that two rankings have in common, 0 to 1."""
    longest = max(len(answer), len(other))
    return len(set(answer) & set(other)) / longest if longest else 1.0
