"""The Service's address: each connection goes to one of the ready pods, in turn, as a kube-proxy sends it.

It looks at connections, not at requests: nothing is retried, and a connection that is kept alive stays with its pod. A
connection to a pod that no longer listens is refused, which here shows as one that is closed without an answer.

Source: kubernetes.io "Virtual IPs and Service Proxies".
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from recsys.backend import LOOPBACK
from recsys.cluster.endpoints import Endpoints

CHUNK = 65536
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy:
    """One listening address on loopback in front of the endpoints that are known."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints, self.port = endpoints, 0
        self.connections: Counter[str] = Counter()
        """Connections by pod; "" counts those that came while there was none."""
        self._turns = itertools.count()
        self._open: set[asyncio.Task[None] | None] = set()  # else nobody refers to one whose caller is gone
        self._loop = asyncio.new_event_loop()

    @contextmanager
    def running(self) -> Iterator[int]:
        """Listen, from a thread of its own, for as long as the context lasts; yields the port."""
        listening = threading.Event()
        thread = threading.Thread(target=self._run, args=(listening,), name="service-proxy", daemon=True)
        thread.start()
        listening.wait()
        try:
            yield self.port
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def _run(self, listening: threading.Event) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, LOOPBACK, 0, backlog=256))
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(_cancel_others())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join a caller to a pod until either ends; whatever goes wrong ends both."""
        pod: Streams | None = None
        task = asyncio.current_task()
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):
                pod = await self._connect()
                await asyncio.gather(_copy(reader, pod[1]), _copy(pod[0], writer))
        finally:
            self._open.discard(task)
            if pod is None:
                writer.transport.abort()
            else:
                writer.close()
                pod[1].close()

    async def _connect(self) -> Streams:
        """A connection to the endpoint whose turn it is. Raises OSError where nobody listens."""
        known = self.endpoints.known
        name, port = known[next(self._turns) % len(known)] if known else ("", None)
        self.connections[name] += 1
        if port is None:
            raise ConnectionRefusedError
        return await asyncio.open_connection(LOOPBACK, port)


async def _cancel_others() -> None:
    """End every connection that is still open."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(CHUNK):
        target.write(data)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()
