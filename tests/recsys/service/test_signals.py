"""What the running service tells of itself: who was answered how, and whether the answers still look as they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

from prometheus_client.parser import text_string_to_metric_families
from running import Running, until

Serve = Callable[..., Running]
SERIAL = count()


def samples(service: Running, name: str) -> dict[tuple[str, ...], float]:
    """The samples of one metric by the values of its labels, in the labels' order."""
    text = service.request("GET", "/metrics", tenant=None).body.decode()
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_answers_are_counted_by_strategy_and_variant_out_of_a_cache_or_not(service: Running) -> None:
    before, given = samples(service, "recsys_answers_total"), Counter[tuple[str, ...]]()
    users = [f"u{number}" for number in range(12)] + ["stranger"]
    for _ in range(2):
        for user in users:
            answer = service.recommend(user, k=7)
            given[answer["strategy"], answer["variant"] or "none"] += 1
        batch = service.request("POST", "/v1/recommendations/batch", {"requests": [{"user": user} for user in users]})
        given.update((one["strategy"], one["variant"] or "none") for one in batch.json["results"])
    after = samples(service, "recsys_answers_total")
    assert {pair: after[pair] - before[pair] for pair in after if after[pair] != before[pair]} == given
    assert {variant for _, variant in given} >= {"control", "treatment"}


def test_a_batch_is_answered_as_its_users_are_alone(service: Running) -> None:
    users = [f"u{number}" for number in range(40)] + ["nobody"]
    together = service.request(
        "POST", "/v1/recommendations/batch", {"requests": [{"user": user, "hour": 9} for user in users]}
    )
    for user, one in zip(users, together.json["results"], strict=True):
        alone = service.recommend(user, hour=9, exclude=["not:here"])  # another key: computed anew
        assert [item["item"] for item in alone["items"]] == [item["item"] for item in one["items"]]
        scores = [[item["score"] for item in answer["items"]] for answer in (alone, one)]
        assert all(abs(mine - theirs) < 2e-4 for mine, theirs in zip(*scores, strict=True))


def ask(service: Running, users: Sequence[str], **more: object) -> None:
    """Once for each user, of each tenant's model anew: no cache has an answer to a question never asked before."""
    for start in range(0, len(users), 60):
        requests = [{"user": user, "exclude": [f"x:{next(SERIAL)}"], **more} for user in users[start : start + 60]]
        answer = service.request("POST", "/v1/recommendations/batch", {"requests": requests})
        assert answer.status == 200, answer.body


def test_drift_rises_with_unusual_traffic_and_falls_when_it_has_passed(serve: Serve) -> None:
    service = serve("--drift-window", "3")
    usual = [f"u{number}" for number in range(60)] * 4

    def drift(users: Sequence[str], **more: object) -> float:
        ask(service, users, **more)
        return max(samples(service, "recsys_drift_score").values())

    until(lambda: 0 < drift(usual) < 0.25, "low scores of usual traffic")
    until(lambda: drift([f"stranger-{next(SERIAL)}" for _ in range(60)], hour=3) > 1, "strangers at night to show")
    until(lambda: 0 < drift(usual) < 0.25, "their score to fall with usual traffic")
