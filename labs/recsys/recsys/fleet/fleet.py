"""The replicas of a fleet: as many as are wanted, by name, more or fewer at any time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import get_args

from recsys.fleet.inheritance import Inheritance
from recsys.fleet.member import Health, Launch, Member, Say, State
from recsys.fleet.metrics import FrontMetrics
from recsys.fleet.rotation import Rotation
from recsys.fleet.upstream import Upstream

MOST = 16
"""Replicas on one machine; each needs some 150 MB."""


def check_count(count: int) -> None:
    """Raises ValueError for a number of replicas that no fleet has."""
    if not 1 <= count <= MOST:
        raise ValueError(f"a fleet has 1 to {MOST} replicas, not {count}")


class Fleet:
    """Keeps replicas `0` to `count - 1` running; use it on one running loop."""

    def __init__(
        self, launch: Launch, rotation: Rotation, inheritance: Inheritance, metrics: FrontMetrics, say: Say
    ) -> None:
        self.upstreams: dict[str, Upstream] = {}
        """Connections to each replica that listens, by its name."""
        self._launch, self._rotation, self._metrics, self._say = launch, rotation, metrics, say
        self._inheritance = inheritance
        self._members: dict[str, Member] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._scaling = asyncio.Lock()

    @property
    def members(self) -> list[Member]:
        """All of them, those that are leaving included, in the order of their names."""
        return sorted(self._members.values(), key=lambda member: int(member.name))

    async def start(self, count: int) -> None:
        """Start so many and wait until one is ready. Raises RuntimeError where each dies before."""
        await self.scale(count)
        pending = {member.first for member in self.members}
        while True:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            if not all(first.exception() for first in done):
                return
            if not pending:
                done.pop().result()

    async def scale(self, count: int) -> None:
        """Start replicas, or let those with the highest numbers finish and end. Raises ValueError for a bad count."""
        check_count(count)
        async with self._scaling:
            wanted = [str(number) for number in range(count)]
            await asyncio.gather(*(self._leave(name) for name in list(self._members) if name not in wanted))
            await asyncio.to_thread(self._inheritance.give_back, *wanted)
            for name in wanted:
                if name not in self._members:
                    self._join(name)
            await asyncio.to_thread(self._inheritance.take, without=wanted)

    async def stop(self) -> None:
        """Let all of them finish and end."""
        async with self._scaling:
            await asyncio.gather(*map(self._leave, list(self._members)))
            await asyncio.to_thread(self._inheritance.close)

    def states(self) -> Mapping[str, int]:
        """How many replicas are in each state."""
        counts = Counter(member.state for member in self.members)
        return {state: counts[state] for state in get_args(State)}

    def health(self) -> Health | None:
        """What the replicas in rotation say together: the store is up where all see it; None where there is none."""
        healths = [member.health for member in self.members if member.state in ("ready", "ejected")]
        if not healths:
            return None
        store = "up" if all(health.store == "up" for health in healths) else "down"
        return Health(store, min(health.models for health in healths))

    def _join(self, name: str) -> None:
        member = Member(name, self._launch, self._rotation, self.upstreams, self._say, self._restarted)
        self._members[name] = member
        self._tasks[name] = task = asyncio.create_task(member.run())
        task.add_done_callback(lambda ended: self._ended(member, ended))

    async def _leave(self, name: str) -> None:
        self._members[name].leave()
        await self._tasks.pop(name)
        del self._members[name]
        self._say(f"replica {name} has left")

    def _ended(self, member: Member, task: asyncio.Task[None]) -> None:
        """A fault of ours must not look like a replica that takes long to start."""
        if not task.cancelled() and (error := task.exception()):
            self._say(f"replica {member.name} is given up: {error!r}")
            if not member.first.done():
                member.first.set_exception(RuntimeError(f"replica {member.name} cannot be kept running: {error!r}"))

    def _restarted(self, name: str) -> None:
        self._metrics.restarts.labels(name).inc()
