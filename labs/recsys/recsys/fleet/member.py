"""One place in the fleet: a replica that is started, probed, taken in and out of rotation, and started again.

What a kubelet does for a pod, in small: the readiness probe decides about traffic, silence for long about life, and a
replica that keeps dying is started after a pause that doubles.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from recsys.balance import Replica
from recsys.fleet.process import ReplicaProcess
from recsys.fleet.rotation import Rotation
from recsys.fleet.upstream import Upstream
from recsys.passing import LOOPBACK

State = Literal["starting", "ready", "ejected", "down", "draining"]
Say = Callable[[str], None]
Launch = Callable[[str], Awaitable[ReplicaProcess]]

PROBE_EVERY, PROBE_SECONDS = 0.25, 2.0
UNREADY = 3
"""Probes in a row that fail before a replica leaves the rotation."""
SILENT = 8
"""Probes in a row without any answer after which it is killed, to be started again."""
FIRST_PAUSE, LONGEST_PAUSE, STEADY = 0.5, 30.0, 20.0
"""Seconds before a dead replica is started again, at most, and of life after which its deaths are forgotten."""
DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Health:
    """What a replica says of itself: whether its store answers, how many models it has."""

    store: str
    models: int


class Member:
    """The replica of one name, for as long as the fleet wants it."""

    def __init__(
        self, name: str, launch: Launch, rotation: Rotation, upstreams: dict[str, Upstream], say: Say,
        on_restart: Callable[[str], object],
    ) -> None:  # fmt: skip
        self.name, self.pid, self.health = name, 0, Health("down", 0)
        self._launch, self._rotation, self._upstreams = launch, rotation, upstreams
        self._say, self._on_restart = say, on_restart
        self._state: State = "starting"
        self._replica: Replica | None = None
        self._draining: Replica | None = None
        self._leaving = asyncio.Event()
        self.first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when it is ready for the first time; fails with RuntimeError where it dies before."""

    @property
    def state(self) -> State:
        """What it is doing."""
        if self._state == "ready" and self._replica is not None and not self._replica.available:
            return "ejected"
        return self._state

    @property
    def url(self) -> str:
        """Where it listens, empty where it does not."""
        upstream = self._upstreams.get(self.name)
        return f"http://{LOOPBACK}:{upstream.port}" if upstream else ""

    def leave(self) -> None:
        """Take no more requests, finish those under way, end: `run` returns when that is done."""
        self._leaving.set()
        self._leave_rotation("draining")

    async def run(self) -> None:
        """Keep a replica of this name running until it is asked to leave."""
        deaths, clock = 0, asyncio.get_running_loop().time
        while not self._leaving.is_set():
            born = clock()
            ended = await self._live()
            if self._leaving.is_set():
                return
            deaths = 1 if clock() - born > STEADY else deaths + 1
            pause = min(FIRST_PAUSE * 2 ** (deaths - 1), LONGEST_PAUSE)
            self._say(f"replica {self.name} {ended}; it is started again in {pause:g} s")
            self._on_restart(self.name)
            await self._left_within(pause)

    async def _live(self) -> str:
        """One life of the replica; how it ended, in words."""
        self._state = "starting"
        try:
            process = await self._launch(self.name)
        except OSError as error:
            return self._died(f"cannot be started: {error}")
        self.pid = process.pid
        self._say(f"replica {self.name}: pid {self.pid}")
        exits = asyncio.create_task(process.wait())
        try:
            if port := await self._port(process):
                await self._serve(process, Upstream(port), exits)
        finally:
            self._leave_rotation("draining" if self._leaving.is_set() else "down")
            await self._drained()
            status = await process.stop()
            self.pid = 0
            await exits
        return self._died(f"ended with status {status}")

    def _died(self, how: str) -> str:
        self._state = "down"
        if not self.first.done():
            self.first.set_exception(RuntimeError(f"replica {self.name} {how} while starting"))
        return how

    async def _port(self, process: ReplicaProcess) -> int | None:
        """Where it listens; None where it ends, or has to leave, before it does."""
        said = asyncio.create_task(process.port())
        leaves = asyncio.create_task(self._leaving.wait())
        await asyncio.wait({said, leaves}, return_when=asyncio.FIRST_COMPLETED)
        leaves.cancel()
        if said.done():
            return said.result()
        said.cancel()
        return None

    async def _serve(self, process: ReplicaProcess, upstream: Upstream, exits: asyncio.Task[int]) -> None:
        """Probe it, until it ends, is silent for too long, or has to leave."""
        self._upstreams[self.name] = upstream
        unready = silent = 0
        while not exits.done() and not self._leaving.is_set():
            answered, health = await self._probe(upstream)
            silent = 0 if answered else silent + 1
            unready = 0 if health else unready + 1
            if health and not self._leaving.is_set() and not exits.done():
                self._ready(health)
            elif unready == UNREADY and self._replica is not None:
                self._leave_rotation("down")
            if silent == SILENT and self.first.done():
                self._say(f"replica {self.name} does not answer and is killed")
                process.kill()
            await self._left_within(PROBE_EVERY, exits)

    async def _probe(self, upstream: Upstream) -> tuple[bool, Health | None]:
        """Whether it answers, and how it is where it is ready."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                answer = await upstream.ask("GET", "/health/ready", [("host", LOOPBACK)])
            said = json.loads(answer.body)
            return True, Health(said["store"], said["models"]) if answer.status == 200 else None
        except (OSError, TimeoutError):
            return False, None
        except (ValueError, KeyError, TypeError):
            return True, None

    def _ready(self, health: Health) -> None:
        self.health = health
        if self._replica is None:
            self._replica = Replica(self.name, self.url)
            self._rotation.add(self._replica)
            self._state = "ready"
            self._say(f"replica {self.name} (pid {self.pid}) is ready at {self.url}")
        if not self.first.done():
            self.first.set_result(None)

    def _leave_rotation(self, state: State) -> None:
        self._state = state
        if self._replica is not None:
            self._rotation.remove(self._replica)
            self._draining, self._replica = self._replica, None

    async def _drained(self) -> None:
        """Wait for what is under way, then let the connections go."""
        end = asyncio.get_running_loop().time() + DRAIN_SECONDS
        while self._draining and self._draining.in_flight and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)
        if upstream := self._upstreams.pop(self.name, None):
            upstream.close()

    async def _left_within(self, seconds: float, *others: asyncio.Task[int]) -> None:
        """Wait so long, or until it is asked to leave or one of `others` is done."""
        leaves = asyncio.create_task(self._leaving.wait())
        await asyncio.wait({leaves, *others}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        leaves.cancel()
