"""Requests a second of the recommender against a bare FastAPI route with the same request and response, in turn.

Both run as one uvicorn worker on this machine; the load is closed-loop over a few connections, so the figures are
throughput and not latency. A hit asks for the same list again, a miss for one that nobody has asked for, of one of 200
users whose history the process has seen. `stored` is the bare route with one round trip to the same Redis: what a miss
could cost at best, if it came alone and nothing had to be computed.

The goals are ratios: 0.7 of the bare route on a hit, 0.5 on a miss, and with batches of 64 ten times the lists a second
of single requests, one after the other. Those of many connections at once are batched by the service itself: against
them a batch saves the HTTP alone.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS, ROUNDS = 1.2, 5
CONNECTIONS = {"batch hit": 4, "batch miss": 4, "one miss": 1, "one batch miss": 1}
MANY = 48

BARE = """
import sys
import redis.asyncio
import uvicorn
from fastapi import FastAPI
from recsys.api.schemas import RecommendationRequest, RecommendationResponse
app = FastAPI()
store = redis.asyncio.Redis(port=int(sys.argv[2]))
ITEMS = [{"item": f"board:{n}", "score": -1.5} for n in range(10)]
@app.post("/bare")
async def bare(body: RecommendationRequest) -> RecommendationResponse:
    return RecommendationResponse(user=body.user, strategy="personal", variant=None, model_version="1", items=ITEMS)
@app.post("/stored")
async def stored(body: RecommendationRequest) -> RecommendationResponse:
    await store.get(body.user)
    return await bare(body)
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", access_log=False)
"""


class Connection(asyncio.Protocol):
    """Sends the next request as soon as an answer is complete; counts the answers."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.requests, self.buffer, self.answers, self.failed = requests, b"", 0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]):
            return
        self.buffer = b""
        self.answers += 1
        if not head.startswith(b"HTTP/1.1 200"):
            self.failed = head + body
        self.transport.write(next(self.requests))


async def rate(port: int, requests: Iterator[bytes], count: int) -> float:
    """Answers a second over SECONDS."""
    loop = asyncio.get_running_loop()
    pairs = [await loop.create_connection(lambda: Connection(requests), "127.0.0.1", port) for _ in range(count)]
    connections = [connection for _, connection in pairs]
    await asyncio.sleep(0.2)
    before, started = sum(one.answers for one in connections), time.perf_counter()
    await asyncio.sleep(SECONDS)
    answered = (sum(one.answers for one in connections) - before) / (time.perf_counter() - started)
    for transport, _ in pairs:
        transport.abort()
    if failed := [one.failed for one in connections if one.failed]:
        raise RuntimeError(f"{len(failed)} connections met a failure: {failed[0][:300]!r}")
    return answered


def post(path: str, body: object, key: str = "") -> bytes:
    """A request as bytes."""
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-api-key: {key}\r\n"
    return f"{head}content-length: {len(data)}\r\n\r\n".encode() + data


def loads(key: str) -> dict[str, Callable[[], Iterator[bytes]]]:
    """Endless requests of each kind."""
    number = itertools.count()
    single, batch = "/v1/recommendations", "/v1/recommendations/batch"

    def unseen() -> dict[str, object]:
        serial = next(number)
        return {"user": f"u{serial % 200}", "k": 10, "exclude": [f"none:{serial}"]}

    def misses() -> Iterator[bytes]:
        return (post(single, unseen(), key) for _ in itertools.count())

    def batches() -> Iterator[bytes]:
        return (post(batch, {"requests": [unseen() for _ in range(64)]}, key) for _ in itertools.count())

    seen = [{"user": f"u{number}", "k": 10} for number in range(64)]
    return {
        "bare": lambda: itertools.repeat(post("/bare", {"user": "u1", "k": 10})),
        "stored": lambda: itertools.repeat(post("/stored", {"user": "u1", "k": 10})),
        "hit": lambda: itertools.repeat(post(single, {"user": "u1", "k": 10}, key)),
        "miss": misses,
        "batch hit": lambda: itertools.repeat(post(batch, {"requests": seen}, key)),
        "batch miss": batches,
        "one miss": misses,
        "one batch miss": batches,
    }


def wait_for(port: int) -> None:
    """Return when somebody listens; a loaded machine takes seconds to import FastAPI."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens on port {port}")


@contextmanager
def servers() -> Iterator[tuple[int, int, str]]:
    """The ports of the bare route and of the recommender, and an API key."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bare_port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as state:
        folder = ROOT / "labs" / "recsys"
        command = [sys.executable, "-m", "recsys", "serve", "--state", state, "--log-file", f"{state}/log"]
        ours = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
        started = [ours]
        try:
            assert ours.stdout is not None
            key = port = store = ""
            while not port:
                line = ours.stdout.readline()
                key = key or line.partition("once): ")[2].strip()
                store = store or line.partition("started here on port ")[2].strip()
                port = line.partition("listening on http://127.0.0.1:")[2].split(" ")[0]
            started.append(subprocess.Popen([sys.executable, "-c", BARE, str(bare_port), store or "6379"], cwd=folder))
            wait_for(bare_port)
            time.sleep(2.0)
            yield bare_port, int(port), key
        finally:
            for process in started:
                process.terminate()
                process.wait(20)


def main() -> None:
    """Print the median of the ratios over the rounds."""
    with servers() as (bare_port, port, key):
        kinds = loads(key)
        rates: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(ROUNDS):
            for name, requests in kinds.items():
                target = bare_port if name in ("bare", "stored") else port
                rates[name].append(asyncio.run(rate(target, requests(), CONNECTIONS.get(name, MANY))))
    for name, values in rates.items():
        print(f"{name:<14} {statistics.median(values):>8,.0f} requests a second")
    for name, other, factor, goal in (
        ("hit", "bare", 1, "0.7"), ("miss", "bare", 1, "0.5"), ("miss", "stored", 1, "none"),
        ("batch hit", "hit", 64, "10"), ("one batch miss", "one miss", 64, "10"),
        ("batch miss", "miss", 64, "none"), ("batch miss", "bare", 64, "1"),
    ):  # fmt: skip
        ratio = statistics.median(factor * one / two for one, two in zip(rates[name], rates[other], strict=True))
        print(f"{name} against {other}: {ratio:.2f} times the lists a second (goal: {goal})")


if __name__ == "__main__":
    main()
