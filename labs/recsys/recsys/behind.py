"""Write-behind: work that improves the future and that no answer should wait for, done by one thread, bounded."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class WriteBehind:
    """Runs calls in order in a thread; drops and counts those that come when `waiting` are queued already."""

    def __init__(self, waiting: int = 256) -> None:
        self._calls: queue.Queue[Callable[[], object] | None] = queue.Queue(waiting)
        self.dropped = self.failed = 0
        self._thread = threading.Thread(target=self._run, name="write-behind", daemon=True)
        self._thread.start()

    def submit(self, call: Callable[[], object]) -> bool:
        """Queue a call; False where it was dropped."""
        try:
            self._calls.put_nowait(call)
        except queue.Full:
            self.dropped += 1
            return False
        return True

    def close(self) -> None:
        """Finish what is queued."""
        self._calls.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call()
            except Exception:
                self.failed += 1
