"""One replica as a process: `python -m recsys serve` on the fleet's store, ended with the front, however that ends.

Its standard input is a pipe that only the front holds: when the front is gone, even by KILL, the replica reads the end
of it and stops. It is in a session of its own, so that ^C reaches the front alone, which drains in order.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

LISTENING = "listening on http://127.0.0.1:"
STOP_SECONDS = 15.0


class ReplicaProcess:
    """A started replica."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, name: str, options: Sequence[str]) -> ReplicaProcess:
        """Start `serve` as replica `name` with the fleet's options. Raises OSError."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "recsys", "serve", "--replica", name, "--with-parent", *options,
            cwd=Path(__file__).parents[2], start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        return cls(process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def port(self) -> int | None:
        """The port that it says it listens on; None where it ends before."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if found := line.decode("utf-8", "replace").partition(LISTENING)[2]:
                self._reading = asyncio.create_task(self._read_on())
                return int(found.split()[0])
        return None

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        return await self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        if self._process.returncode is None:
            self._process.kill()

    async def stop(self) -> int:
        """TERM, so that it finishes what it has begun, then KILL; its exit status."""
        if self._process.returncode is None:
            self._process.terminate()
        try:
            return await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self.kill()
            return await self._process.wait()
        finally:
            if self._reading is not None:
                self._reading.cancel()

    async def _read_on(self) -> None:
        """Keep the pipe empty: a process whose standard output is full stands still."""
        assert self._process.stdout is not None
        while await self._process.stdout.read(65_536):
            pass
