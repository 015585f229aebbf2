"""Step 6: one caller computes what many miss, without holding up the others."""

import threading

import pytest

from recsys.cache import MISSING, LRUCache

CALLERS = 50


def test_fifty_misses_compute_once(together, until):
    cache, calls = LRUCache(10), []

    def compute():
        calls.append(1)
        until(lambda: cache.stats().misses >= CALLERS)
        return "answer"

    answers = together(*[lambda: cache.get_or_compute("a", compute)] * CALLERS)
    assert len(calls) == 1, f"model calls, where {CALLERS} callers miss one key at the same time"
    assert set(answers) == {"answer"}, "what the callers got: the one answer, all of them"
    assert cache.get("a") == "answer", "the answer is in the cache afterwards"


def test_other_keys_do_not_wait(together):
    cache, meeting = LRUCache(10), threading.Barrier(2)

    def compute():
        try:
            meeting.wait(2)  # passes only when both computations are under way
        except threading.BrokenBarrierError:
            return "alone"
        return "side by side"

    answers = together(*[lambda key=key: cache.get_or_compute(key, compute) for key in "ab"])
    said = "how two callers that miss different keys have them computed: no lock is held while the model runs"
    assert answers == ["side by side", "side by side"], said


def test_a_hit_does_not_wait_for_a_computation(together):
    cache, read = LRUCache(10), threading.Event()
    cache.put("hit", 1)
    running = threading.Event()

    def compute():
        running.set()
        return read.wait(2)

    def hit():
        running.wait(2)
        cache.get("hit")
        read.set()

    answers = together(lambda: cache.get_or_compute("a", compute), hit)
    assert answers[0] is True, "whether another key was read while the model was computing"


def test_an_error_reaches_every_caller(together, until):
    cache, calls = LRUCache(10), []

    def fail():
        calls.append(1)
        until(lambda: cache.stats().misses >= 8)
        raise LookupError("the model is down")

    answers = together(*[lambda: cache.get_or_compute("a", fail)] * 8)
    kinds = {type(answer).__name__ for answer in answers}
    assert kinds == {"LookupError"}, "what eight callers get of a computation that raises LookupError"
    assert len(calls) == 1, "model calls, where eight callers miss a key whose computation fails"


def test_an_error_is_not_kept():
    cache = LRUCache(10)
    with pytest.raises(LookupError):
        cache.get_or_compute("a", lambda: {}["the model is down"])
    try:
        answer = cache.get_or_compute("a", lambda: "recovered")
    except LookupError as error:
        answer = error
    assert answer == "recovered", "the model failed once and works again: the next caller computes anew"


@pytest.mark.parametrize("forget", ["delete", "clear", "delete_where"])
def test_what_is_forgotten_meanwhile_is_not_stored(forget):
    cache = LRUCache(10)
    act = {
        "delete": lambda: cache.delete("a"),
        "clear": cache.clear,
        "delete_where": lambda: cache.delete_where(lambda key: key == "a"),
    }[forget]
    answer = cache.get_or_compute("a", lambda: [act(), "old"][1])
    assert answer == "old", "the caller that computed gets its answer"
    said = f"{forget} came while the value was computed: it may be out of date and is not stored"
    assert cache.get("a") is MISSING, said


def test_what_is_put_meanwhile_stays():
    cache = LRUCache(10)
    cache.get_or_compute("a", lambda: [cache.put("a", "new"), "old"][1])
    assert cache.get("a") == "new", "put came while the value was computed: what was put is newer and stays"
