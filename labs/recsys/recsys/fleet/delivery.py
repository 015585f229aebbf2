"""Getting one answer to one request, whatever a replica does: another try, or a second one at the same time.

A request that may be repeated (`recsys.passing.repeatable`) goes to another replica when one fails it, at most twice,
and as long as the budget that all requests share allows (`recsys.retry`). With hedging it goes to a second replica as
soon as it takes longer than 95 % of the requests do (`recsys.hedging`). An event goes to another replica only when it
is certain that the first has not seen a byte of it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from recsys.balance import NoReplicaError, Replica
from recsys.fleet.metrics import FrontMetrics
from recsys.fleet.rotation import Rotation
from recsys.fleet.upstream import NotSentError, Upstream
from recsys.hedging import Hedger
from recsys.passing import Answer, repeatable
from recsys.retry import RetryBudget, backoff

ATTEMPTS = 3
READ_SECONDS = 2.0
"""For one attempt at a read: the service answers within 0.3 s, so what takes this long hangs."""
RESERVE = 50.0
"""Retries at hand for the moment in which a replica dies with all that it was working on."""
PAUSE, LONGEST_PAUSE = 0.01, 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """A request on its way: `target` is path and query, `key` decides where it goes under the policy hash."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    key: str = ""

    @property
    def repeatable(self) -> bool:
        """Whether two replicas may see it."""
        return repeatable(self.method, self.target)


class UndeliveredError(Exception):
    """A replica gave no good answer; `answer` is the bad one, if there was one."""

    def __init__(self, replica: str, answer: Answer | None = None, *, sent: bool = True) -> None:
        super().__init__(f"replica {replica} gave no good answer")
        self.replica, self.answer, self.sent = replica, answer, sent


class Delivery:
    """Sends requests to the replicas in rotation, and counts what comes of it."""

    def __init__(
        self, rotation: Rotation, upstreams: Mapping[str, Upstream], metrics: FrontMetrics, *, hedge: bool = False
    ) -> None:
        """`upstreams` holds the connections to each replica in rotation, by its name."""
        self._rotation, self._upstreams, self._metrics = rotation, upstreams, metrics
        self._hedger = Hedger() if hedge else None
        self._budget, self._random = RetryBudget(reserve=RESERVE), random.Random()

    async def deliver(self, request: Request) -> tuple[str, Answer]:
        """The name of the replica that answered, and its answer, which may be a refusal.

        Raises NoReplicaError where nobody could be asked, UndeliveredError where nobody answered.
        """
        tried: set[str] = set()
        self._budget.earn()
        failure: UndeliveredError | None = None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._once(request, tried)
            except UndeliveredError as error:
                failure = error
            except NoReplicaError:
                if failure is None:
                    raise
                break
            if attempt == ATTEMPTS or not self._may_repeat(request, failure):
                break
            self._metrics.retries.inc()
            await asyncio.sleep(backoff(attempt, PAUSE, LONGEST_PAUSE, self._random))
        assert failure is not None
        if failure.answer is None:
            raise failure
        return failure.replica, failure.answer

    def _may_repeat(self, request: Request, failure: UndeliveredError) -> bool:
        """What was not sent loads nobody and is for free; everything else is paid for, and must bear repeating."""
        return not failure.sent or (request.repeatable and self._budget.spend())

    async def _once(self, request: Request, tried: set[str]) -> tuple[str, Answer]:
        if self._hedger is None or not request.repeatable:
            return await self._attempt(request, tried)

        async def send(target: str) -> tuple[str, Answer]:
            if target == "second":
                self._metrics.hedges.inc()
            return await self._attempt(request, tried)

        return await self._hedger.call(send, ("first", "second"))

    async def _attempt(self, request: Request, tried: set[str]) -> tuple[str, Answer]:
        """One replica's answer, noted in its favour or against it. Raises UndeliveredError, NoReplicaError."""
        with self._rotation.lease(request.key, tried) as replica:
            tried.add(replica.name)
            began = time.perf_counter()
            try:
                answer = await self._ask(replica, request)
            except (OSError, TimeoutError) as error:
                self._note(replica, "unanswered", answered=False, ok=False)
                raise UndeliveredError(replica.name, sent=not isinstance(error, NotSentError)) from error
            except asyncio.CancelledError:
                self._note_given_up(replica, time.perf_counter() - began)
                raise
            good = answer.status < 500
            outcome = "answered" if good else "refused" if answer.status == 503 else "failed"
            self._note(replica, outcome, answered=outcome != "failed", ok=good)
            if not good:
                raise UndeliveredError(replica.name, answer)
            return replica.name, answer

    async def _ask(self, replica: Replica, request: Request) -> Answer:
        """Reads are given up early; for an event the gate's time-out is the only one: a second try is forbidden."""
        upstream = self._upstreams[replica.name]
        async with asyncio.timeout(READ_SECONDS if request.repeatable else None):
            return await upstream.ask(request.method, request.target, request.headers, request.body)

    def _note_given_up(self, replica: Replica, seconds: float) -> None:
        """The client or a hedge did not wait any longer: held against a replica that was slow, and no other."""
        slow = seconds >= (self._hedger.delay if self._hedger else READ_SECONDS)
        self._note(replica, "given up", answered=not slow, ok=not slow)

    def _note(self, replica: Replica, outcome: str, *, answered: bool, ok: bool) -> None:
        self._metrics.requests.labels(replica.name, outcome).inc()
        self._rotation.record(replica, answered=answered, ok=ok)
