"""Feature reads against raw redis-py, and the point-in-time join against pandas.merge_asof, in one run.

Online: 100 rows of 20 features from a real redis-server on loopback, ours against an HMGET pipeline on hashes.
Offline: 100,000 labelled moments against 200,000 feature rows of 20 features. pandas has to be given sorted frames,
so its time is given with and without the sorting; ours takes both tables as they come.
"""

import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import redis

sys.path.insert(0, str(Path(__file__).parents[2] / "labs" / "recsys"))

from recsys.features import Feature, FeatureView, OnlineStore, point_in_time_join

NAMES = [f"feature_{number}" for number in range(20)]
VIEW = FeatureView("activity", "user_id", tuple(Feature(name, "") for name in NAMES), ttl=3e6, owner="ranking")


@contextmanager
def redis_server() -> Iterator[redis.Redis | None]:
    """A client of a throw-away server on a free loopback port; None where there is no server to start."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([binary, *arguments], stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(port=port)
        deadline = time.monotonic() + 10
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
        yield client
    finally:
        server.terminate()
        server.wait(10)


def seconds(task: Callable[[], object], repeats: int) -> list[float]:
    """Wall time of each repeat, sorted, after one for warming up."""
    task()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        task()
        times.append(time.perf_counter() - begun)
    return sorted(times)


def online(client: redis.Redis) -> None:
    """Print the latency of 100 rows, ours and raw."""
    rng = np.random.default_rng(0)
    users = [f"user-{number}" for number in range(10_000)]
    rows = rng.normal(size=(len(users), len(NAMES))).astype(np.float32)
    store = OnlineStore(client, "bench:")
    store.write_many("acme", VIEW, users, rows, [time.time()] * len(users))
    pipeline = client.pipeline(transaction=False)
    for user, row in zip(users, rows, strict=True):
        pipeline.hset(f"hash:{user}", mapping={name: float(value) for name, value in zip(NAMES, row, strict=True)})
    pipeline.execute()
    asked = [users[number] for number in rng.choice(len(users), 100, replace=False)]

    def raw() -> np.ndarray:
        pipeline = client.pipeline(transaction=False)
        for user in asked:
            pipeline.hmget(f"hash:{user}", NAMES)
        return np.array(pipeline.execute(), dtype=np.float32)

    def ours() -> np.ndarray:
        return store.read("acme", VIEW, asked).values

    np.testing.assert_allclose(ours(), raw(), rtol=1e-6)
    print("100 rows of 20 features, real redis-server")
    peer, mine = seconds(raw, 300), seconds(ours, 2000)
    for name, times in (("HMGET pipeline", peer), ("OnlineStore.read", mine)):
        p50, p99 = statistics.median(times) * 1e3, times[int(len(times) * 0.99)] * 1e3
        print(f"  {name:20} p50 {p50:5.2f} ms   p99 {p99:5.2f} ms")
    print(f"  ours is {statistics.median(peer) / statistics.median(mine):.1f}x at the median")
    one = statistics.median(seconds(lambda: store.read("acme", VIEW, asked[:1]), 1000)) * 1e3
    print(f"  one row: p50 {one:.2f} ms")


def frames(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """`size` rows of 10,000 users over 90 days."""
    moments = 1_700_000_000_000_000 + rng.integers(0, 90 * 86400, size) * 1_000_000
    users = rng.integers(0, 10_000, size)
    return pd.DataFrame(
        {
            "tenant": np.where(users % 3, "acme", "globex"),
            "user_id": [f"user-{user}" for user in users],
            "event_time": pd.to_datetime(moments, unit="us", utc=True),
        }
    )


def offline() -> None:
    """Print the time of the join, ours and pandas', and how it grows."""
    rng = np.random.default_rng(1)
    asked, stored = frames(rng, 100_000), frames(rng, 200_000)
    stored[NAMES] = rng.normal(size=(len(stored), len(NAMES))).astype(np.float32)
    asked_table = pa.Table.from_pandas(asked, preserve_index=False)
    stored_table = pa.Table.from_pandas(stored, preserve_index=False)
    sorted_asked, sorted_stored = asked.sort_values("event_time"), stored.sort_values("event_time")

    def merge(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        tolerance = pd.Timedelta(seconds=VIEW.ttl)
        return pd.merge_asof(left, right, on="event_time", by=["tenant", "user_id"], tolerance=tolerance)

    tasks: dict[str, Callable[[], object]] = {
        "merge_asof + sorting": lambda: merge(asked.sort_values("event_time"), stored.sort_values("event_time")),
        "merge_asof, sorted input": lambda: merge(sorted_asked, sorted_stored),
        "point_in_time_join": lambda: point_in_time_join(asked_table, [(VIEW, stored_table)]),
    }
    print("100,000 moments against 200,000 rows of 20 features")
    medians = {name: statistics.median(seconds(task, 7)) for name, task in tasks.items()}
    ours = medians["point_in_time_join"]
    for name, median in medians.items():
        print(f"  {name:26} {median * 1e3:6.1f} ms   ours takes {ours / median:4.2f} of it")
    half = statistics.median(
        seconds(lambda: point_in_time_join(asked_table[:50_000], [(VIEW, stored_table[:100_000])]), 7)
    )
    print(f"  half the rows: {half * 1e3:.1f} ms, {ours / half:.1f}x less")


def main() -> None:
    """Print both comparisons."""
    with redis_server() as client:
        if client is None:
            print("no redis-server on the path: the online part is left out")
        else:
            online(client)
    offline()


if __name__ == "__main__":
    main()
