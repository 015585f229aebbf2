"""The wall clock jumps: nothing that serves may depend on it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from recsys import backend
from recsys.app import create_app
from recsys.logs import Log
from recsys.service import Service
from recsys.settings import Settings


class Clock:
    """Seconds since the epoch, as wrong as the test wants them."""

    now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("search_path", [None, "/nowhere"], ids=["redis", "simulated"])
def test_the_clock_jumps_both_ways(
    state: Path, trained: tuple[Path, Mapping[str, str]], search_path: str | None
) -> None:
    store = backend.start(search_path=search_path, bundled=search_path is None)
    try:
        asyncio.run(asyncio.wait_for(scenario(state, trained[1]["acme"], store), 60))
    finally:
        store.stop()


async def scenario(state: Path, key: str, store: backend.Backend) -> None:
    clock = Clock()
    log = Log(state / "log.jsonl", clock=clock)
    service = Service(Settings(state=state, redis_timeout=1.0, answer_timeout=3.0), store, log, clock=clock)
    transport = httpx.ASGITransport(app=create_app(service))
    await service.start()
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://x", headers={"x-api-key": key}) as client:
            while not service.store_up:
                await asyncio.sleep(0.02)
            for turn, jump in enumerate([0.0, -3e8, 6e8, -1.7e9, 7e9, -5.6e9]):
                clock.now += jump
                await one_turn(client, turn)
    finally:
        await service.stop()
        log.close()


async def one_turn(client: httpx.AsyncClient, turn: int) -> None:
    """What was done at this hour counts at once; answers are personal and cached whatever the hour."""
    asked = {"user": "u9", "hour": turn}
    first = (await client.post("/v1/recommendations", json=asked)).json()
    assert first["strategy"] == "personal"
    again = await client.post("/v1/recommendations", json=asked)
    assert again.headers["x-cache"] == "hit"
    event = {"user": "u9", "item": first["items"][0]["item"], "event": "done"}
    assert (await client.post("/v1/events", json={"events": [event]})).status_code == 202
    after = (await client.post("/v1/recommendations", json=asked)).json()
    assert event["item"] not in [one["item"] for one in after["items"]]
