"""`serve`: prepare what is missing, listen on loopback, say where, and leave nothing behind."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from recsys import backend as backends
from recsys.api.protocol import DeadlineProtocol
from recsys.app import create_app
from recsys.logs import LibraryHandler, Log
from recsys.prepare import prepare
from recsys.service import Service
from recsys.settings import Settings

Say = Callable[[str], None]


def serve(settings: Settings, say: Say) -> int:
    """Run until TERM or INT; the exit status. Raises BackendError, JournalUnavailableError, OSError at start."""
    prepare(settings, say)
    backend = backends.start(settings.redis_url, password_file=settings.redis_password_file)
    try:
        say(f"store: {backend.description}")
        log = Log(settings.log_file, clock=time.time)
        try:
            return _run(settings, Service(settings, backend, log), say)
        finally:
            log.close()
    finally:
        backend.stop()


def _run(settings: Settings, service: Service, say: Say) -> int:
    listener = listen(settings)
    say(address(listener))
    return run(create_app(service), listener, settings, service.log, say)


def run(app: ASGIApp, listener: socket.socket, settings: Settings, log: Log, say: Say) -> int:
    """Serve `app` until TERM or INT; the exit status, 1 where it did not even start."""
    logging.getLogger().addHandler(LibraryHandler(log))
    server = uvicorn.Server(_config(settings, app))
    # Before uvicorn listens to signals: stop as soon as it can. After it has stopped it raises the signal again:
    # without this, TERM would end us before the cleaning up.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    _calm_collector()
    server.run(sockets=[listener])
    say("stopped")
    return 0 if server.started else 1


def _calm_collector() -> None:
    """Collect garbage rarely: models and caches live long, and going through them took a sixth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _config(settings: Settings, app: ASGIApp) -> uvicorn.Config:
    protocol = type("Protocol", (DeadlineProtocol,), {"header_timeout": settings.header_timeout})
    return uvicorn.Config(
        app, http=protocol, ws="none", lifespan="on", log_config=None, access_log=False,
        server_header=False, date_header=False, proxy_headers=False, timeout_keep_alive=settings.keep_alive,
        timeout_graceful_shutdown=settings.shutdown_timeout,
    )  # fmt: skip


def listen(settings: Settings) -> socket.socket:
    """A bound socket: with port 0 the system picks a free one, which nobody can take before we listen."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.port))
    listener.set_inheritable(False)
    return listener


def address(listener: socket.socket) -> str:
    """Where it listens, in the words that whoever started us waits for."""
    host, port = listener.getsockname()[:2]
    return f"listening on http://{host}:{port} (documentation at /docs)"


def stop_with_parent() -> None:
    """Stop when standard input ends: a pipe that only the parent holds says so even where the parent was killed."""

    def wait() -> None:
        while os.read(0, 65_536):  # not sys.stdin: its lock would be held when the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def say(line: str) -> None:
    """Print at once: whoever started the service waits for its address."""
    print(line, flush=True, file=sys.stdout)
