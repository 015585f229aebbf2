"""`fleet`: one store, several replicas on it, the front that clients see; nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from recsys import backend as backends
from recsys.api.gate import Gate
from recsys.fleet.admin import token_in
from recsys.fleet.delivery import Delivery
from recsys.fleet.fleet import Fleet, check_count
from recsys.fleet.front import Front
from recsys.fleet.inheritance import Inheritance
from recsys.fleet.metrics import FrontMetrics
from recsys.fleet.process import ReplicaProcess
from recsys.fleet.rotation import Rotation
from recsys.logs import Log
from recsys.prepare import prepare
from recsys.server import Say, address, listen, run
from recsys.settings import Policy, Settings
from recsys.shedding import LoadShedder
from recsys.store import EventStore
from recsys.tenancy import KeyRing

PLACES = 1024
"""Requests at once at the front."""


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """How many replicas, how one is chosen for a request, whether reads are hedged."""

    replicas: int = 2
    policy: Policy = "two-choices"
    hedge: bool = False


def serve_fleet(settings: Settings, options: FleetOptions, say: Say) -> int:
    """Run until TERM or INT; the exit status. Raises BackendError, RuntimeError, ValueError, OSError at start."""
    check_count(options.replicas)
    prepare(settings, say)
    with token_in(settings.state) as token:
        backend = backends.start(settings.redis_url, password_file=settings.redis_password_file)
        try:
            say(f"store: {backend.description}")
            with contextlib.closing(Log(settings.log_file, clock=time.time)) as log:
                return _run(settings, options, backend, log, token, say)
        finally:
            backend.stop()


def _run(settings: Settings, options: FleetOptions, backend: backends.Backend, log: Log, token: str, say: Say) -> int:
    listener, keys, metrics = listen(settings), KeyRing(settings.keys), FrontMetrics()
    listener.listen()  # whoever reads the address may call at once
    rotation = Rotation(options.policy, lambda replica: metrics.ejections.labels(replica.name).inc())
    inheritance = Inheritance(settings.journals, EventStore(backend.client(timeout=5.0, connections=2)))
    fleet = Fleet(_launcher(settings, backend.url), rotation, inheritance, metrics, say)
    delivery = Delivery(rotation, fleet.upstreams, metrics, hedge=options.hedge)
    front = Front(fleet, delivery, metrics, token, hashed=options.policy == "hash")
    chores = (keys.reload, backend.revive, inheritance.apply)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        try:
            await fleet.start(options.replicas)
            say(address(listener))
            async with _repeated(chores, settings.reload_every, log):
                yield
        except RuntimeError as error:
            say(f"recsys: {error}")
            raise
        finally:
            await fleet.stop()

    shedder = LoadShedder(PLACES, lowest=PLACES, highest=PLACES)  # the replicas shed what they cannot carry
    return run(Gate(front.router(lifespan), settings, keys, metrics, log, shedder), listener, settings, log, say)


def _launcher(settings: Settings, store: str) -> Callable[[str], Awaitable[ReplicaProcess]]:
    """Starts a replica with the settings of the fleet, but for the quotas, which the front keeps for all of them."""

    async def launch(name: str) -> ReplicaProcess:
        options = [
            *("--state", str(settings.state), "--alias", settings.alias, "--seed", str(settings.seed)),
            *(
                "--precision",
                settings.precision,
                "--route",
                settings.route,
                "--drift-window",
                str(settings.drift_window),
            ),
        ]
        if not settings.redis_url:
            options += ["--own-store", store]
        if settings.log_file:
            options += ["--log-file", str(_log_of(settings.log_file, name))]
        return await ReplicaProcess.start(name, options)

    return launch


def _log_of(path: Path, name: str) -> Path:
    """`log.jsonl` of replica 1 is `log.1.jsonl`."""
    return path.with_name(f"{path.stem}.{name}{path.suffix}") if path.is_file() else path


@asynccontextmanager
async def _repeated(chores: Sequence[Callable[[], object]], every: float, log: Log) -> AsyncIterator[None]:
    """Do the chores again and again meanwhile; one that fails is logged, and has its turn again."""

    async def repeat() -> None:
        while True:
            for chore in chores:
                try:
                    await asyncio.to_thread(chore)
                except Exception as error:
                    log.write("background_failed", step=chore.__name__, error=type(error).__name__)
            await asyncio.sleep(every)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
