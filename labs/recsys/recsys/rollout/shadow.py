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
    """What the mirrored requests showed; `agreement` is the mean of the comparison, latency in seconds."""

    compared: int
    failed: int
    dropped: int
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
        self._send, self._compare = send, compare
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="shadow")
        self._room = threading.BoundedSemaphore(max_pending)
        self._lock = threading.Lock()
        self._failed = self._dropped = 0
        self._agreements: list[float] = []
        self._seconds = 0.0

    def mirror(self, request: RequestT, answer: AnswerT) -> bool:
        """Queue a copy of a request with the answer that the user got; False when it was dropped."""
        if not self._room.acquire(blocking=False):
            with self._lock:
                self._dropped += 1
            return False
        self._pool.submit(self._run, request, answer)
        return True

    def report(self) -> ShadowReport:
        """The results so far."""
        with self._lock:
            n = len(self._agreements)
            agreement = sum(self._agreements) / n if n else 0.0
            return ShadowReport(n, self._failed, self._dropped, agreement, self._seconds / n if n else 0.0)

    def close(self) -> None:
        """Wait for the copies under way and stop the threads."""
        self._pool.shutdown()

    def __enter__(self) -> "Shadow[RequestT, AnswerT]":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, request: RequestT, answer: AnswerT) -> None:
        start = time.perf_counter()
        try:
            other = self._send(request)
            seconds = time.perf_counter() - start
            agreement = self._compare(answer, other)
        except Exception:  # whatever the new version does wrong is a finding, not an error of the service
            with self._lock:
                self._failed += 1
        else:
            with self._lock:
                self._agreements.append(agreement)
                self._seconds += seconds
        finally:
            self._room.release()


def overlap(answer: Sequence[str], other: Sequence[str]) -> float:
    """Share of items that two rankings have in common, 0 to 1."""
    longest = max(len(answer), len(other))
    return len(set(answer) & set(other)) / longest if longest else 1.0
