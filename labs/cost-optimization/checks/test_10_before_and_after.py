"""Step 10, measured: the service in eight bits and cheap first against the same service as it was, in one run."""

import shutil
from dataclasses import replace

import numpy as np
import psutil
import pytest

from recsys.bundle import load, publish, registry_of
from recsys.data import read_events
from recsys.history import by_user, encode
from recsys.recommend import CANDIDATES, Query, confidence, recommend
from recsys.registry import Lineage
from recsys.routing import calibrate

TENANT = "globex"  # whose lists the ranker changes least
USERS = [f"u{number}" for number in range(64)]
K, ALIKE, PROMISE = 10, 8, 0.8
"""Lists are alike with 8 items of 10 in common; four in five that are made cheaply are to be."""


def model_of(state):
    """The model of the tenant that serves."""
    return load(registry_of(state / "models", TENANT).resolve("champion"), TENANT)


def calibrated_copy(state, copy):
    """A copy of the state whose model carries the confidence that your `calibrate` finds on its users' histories."""
    shutil.copytree(state, copy, ignore=shutil.ignore_patterns("journal", "keys.json"))
    model, histories = model_of(copy), by_user(read_events(copy / "events.parquet").of_tenant(TENANT))
    queries = [Query(histories[user], K) for user in sorted(histories)]
    encoded = [encode(model.retriever.catalogue, query.interactions) for query in queries]
    _, scores = model.retriever.candidates(encoded, [one.finished for one in encoded], CANDIDATES)
    cheap, whole = (recommend(model.retriever, model.ranker, queries, sure=sure) for sure in (-1.0, np.inf))
    alike = np.array([len({*one.items} & {*two.items}) >= ALIKE for one, two in zip(cheap, whole, strict=True)])
    sure = calibrate(confidence(scores, K).astype(np.float64), alike, PROMISE)
    version = publish(copy / "models", replace(model, sure=sure), Lineage("histories", "calibrated"), {})
    registry_of(copy / "models", TENANT).set_alias("champion", version, reason="calibrated anew")
    return copy


def lists(served, **asked):
    """A list for each user, all of one batch; what was not asked before is in no cache."""
    body = {"requests": [{"user": user, **asked} for user in USERS]}
    answer = served.client.request("POST", "/v1/recommendations/batch", body, TENANT)
    return [{one["item"] for one in result["items"]} for result in answer.json["results"]]


def processor_seconds(served, hours):
    """What the service's process worked for everybody's lists at these hours, of ten and of eleven items."""
    before = psutil.Process(served.pid).cpu_times()
    for hour in hours:
        for k in (K, K + 1):
            lists(served, hour=hour, k=k)
    after = psutil.Process(served.pid).cpu_times()
    return after.user + after.system - before.user - before.system


def ranking_seconds(served):
    """What the service says that it has spent on ranking so far."""
    text = served.client.request("GET", "/metrics").body.decode()
    return next(float(line.split()[-1]) for line in text.splitlines() if 'seconds_sum{stage="rank"}' in line)


@pytest.fixture(scope="module")
def cheap(service, launch, tmp_path_factory):
    """The same models with your confidence in them, in eight bits and cheap first."""
    state = calibrated_copy(service.state, tmp_path_factory.mktemp("cheap") / "state")
    return launch("--precision", "int8", "--route", "cheap-first", state=state)


def test_the_model_is_small(service):
    retriever = model_of(service.state).retriever
    share = round(retriever.quantised("int8").nbytes / retriever.nbytes, 3)
    assert share <= 0.3, "bytes of the served model in int8, as a share of those in 32 bits"


def test_the_lists_are_nearly_the_same(service, cheap):
    whole, made = lists(service), lists(cheap)
    shared = [len(one & two) for one, two in zip(whole, made, strict=True)]
    recall = round(sum(shared) / K / len(USERS), 3)
    assert recall >= 0.75, (
        f"recall@{K} of {len(USERS)} users' lists, in int8 and cheap first, against the whole model's"
    )
    alike = round(sum(each >= ALIKE for each in shared) / len(USERS), 2)
    assert alike >= PROMISE - 0.1, f"share of the lists with {ALIKE} items of {K} in common ({PROMISE} was promised)"


def test_the_processor_works_less_on_ranking_and_no_more_in_all(service, cheap):
    ranked, worked = [], []
    for served in (service, cheap):
        processor_seconds(served, [0])
        ranked.append(-ranking_seconds(served))
        worked.append(0.0)
    for hour in range(1, 24):
        for place, served in enumerate((service, cheap)):
            worked[place] += processor_seconds(served, [hour])
    for place, served in enumerate((service, cheap)):
        ranked[place] += ranking_seconds(served)
    share = round(ranked[1] / ranked[0], 2)
    assert share <= 0.7, "seconds spent on ranking, int8 and cheap first, as a share of the plain service's"
    total = round(worked[1] / worked[0], 2)
    assert total <= 1.2, (
        "processor time of a list that is in no cache, in int8 and cheap first, over the plain service's"
    )
