"""Step 4: drift and coverage of the answers, the worst tenant's, and nothing said of too few."""

import random
from types import SimpleNamespace

import pytest

from recsys.drift import ReferenceProfile
from recsys.monitoring import ENOUGH, SIGNALS, AnswerMonitor
from recsys.recommend import Recommended

MAJOR = 0.25


def rows(seed, count, shift=0.0):
    """Signals of answers: the score of the first item around 0, the rest likewise."""
    rng = random.Random(seed)
    return [
        {"top_score": rng.gauss(shift, 1), "spread": abs(rng.gauss(2, 1)), "known_items": float(rng.randrange(30)),
         "first_kind": rng.choice(["board", "item", "automation"])}
        for _ in range(count)
    ]  # fmt: skip


def model(tenant, version="1", catalogue=100):
    """What the monitor asks a model for: whose it is, which version, its reference, its catalogue."""
    reference = rows(1, 2000)
    profile = ReferenceProfile.fit({name: [row[name] for row in reference] for name in SIGNALS})
    retriever = SimpleNamespace(catalogue=range(catalogue))
    return SimpleNamespace(tenant=tenant, version=version, profile=profile, retriever=retriever)


def answers(monitor, served, count, shift=0.0, items=100, seed=2):
    """Answers of a model are observed; ten items each, of the first `items` of the catalogue."""
    rng = random.Random(seed)
    for row in rows(seed, count, shift):
        first = row["first_kind"]
        names = [f"{first}:{rng.randrange(items)}", *(f"item:{rng.randrange(items)}" for _ in range(9))]
        scores = [row["top_score"] - row["spread"] * place / 9 for place in range(10)]
        monitor.observe(served, Recommended(names, scores), int(row["known_items"]))


@pytest.fixture
def reported(metrics, samples):
    """(drift by feature, coverage) as the gauges have them after a report."""

    def look(monitor):
        monitor.report(metrics)
        found = samples(metrics)
        drift = {
            dict(labels)["feature"]: value for (name, labels), value in found.items() if name == "recsys_drift_score"
        }
        return drift, found["recsys_catalogue_coverage", ()]

    return look


def test_answers_like_those_of_the_training_have_not_drifted(reported):
    monitor, served = AnswerMonitor(), model("acme")
    monitor.follow(served)
    answers(monitor, served, 3000)
    drift, _ = reported(monitor)
    assert set(drift) == set(SIGNALS), "the features that recsys_drift_score has"
    assert max(drift.values()) > 0, (
        "the greatest PSI of 3000 answers: two samples are never quite alike, were any counted?"
    )
    assert max(drift.values()) < 0.1, f"the greatest PSI of 3000 answers like those of the training: {drift}"


def test_other_answers_have(reported):
    monitor, served = AnswerMonitor(), model("acme")
    monitor.follow(served)
    answers(monitor, served, 1000, shift=1.5)
    drift, _ = reported(monitor)
    assert drift["top_score"] > MAJOR, (
        f"PSI of top_score, which moved by 1.5 standard deviations: {drift['top_score']:.2f}"
    )
    assert drift["known_items"] < MAJOR, f"PSI of known_items, which did not move: {drift['known_items']:.2f}"


def test_too_few_say_nothing(reported):
    monitor, served = AnswerMonitor(), model("acme")
    monitor.follow(served)
    answers(monitor, served, ENOUGH - 1, shift=3, items=1)
    drift, coverage = reported(monitor)
    assert max(drift.values()) == 0, (
        f"PSI of {ENOUGH - 1} answers, where {ENOUGH} are enough: chance alone makes it large"
    )
    assert coverage == 1, f"coverage after {ENOUGH - 1} answers, where {ENOUGH} are enough"


def test_the_worst_tenant_is_shown_by_feature(reported, samples, metrics):
    monitor, quiet, moved = AnswerMonitor(), model("acme"), model("globex")
    for served in (moved, quiet):
        monitor.follow(served)
    answers(monitor, moved, 1000, shift=1.5)
    answers(monitor, quiet, 1000)
    drift, _ = reported(monitor)
    assert drift["top_score"] > MAJOR, (
        f"PSI of top_score, which moved for globex and not for acme: {drift['top_score']:.2f}"
    )
    named = [labels for name, labels in samples(metrics) if "acme" in str(labels) or "globex" in str(labels)]
    assert named == [], "series that name a tenant: there may be thousands of them"


def test_coverage_is_the_least_of_any_tenant(reported):
    monitor, wide, narrow = AnswerMonitor(), model("acme"), model("globex")
    for served in (narrow, wide):
        monitor.follow(served)
    answers(monitor, narrow, 400, items=5)
    answers(monitor, wide, 1000, items=100)
    _, coverage = reported(monitor)
    assert 0.05 <= coverage <= 0.2, f"the share of globex's 100 items that it got, a few names only: {coverage:.2f}"


def test_a_new_version_begins_anew(reported):
    monitor, old, new = AnswerMonitor(), model("acme", "1"), model("acme", "2")
    monitor.follow(old)
    answers(monitor, old, 1000, shift=1.5)
    monitor.follow(new)
    answers(monitor, old, 1000, shift=2.5)
    answers(monitor, new, 1000)
    drift, _ = reported(monitor)
    said = "PSI of top_score after version 2 took over, with answers of version 1 still coming in: they are not its own"
    assert drift["top_score"] < MAJOR, f"{said}: {drift['top_score']:.2f}"


def test_a_model_without_a_reference_is_not_watched(reported):
    monitor, served = AnswerMonitor(), model("acme")
    served.profile = None
    monitor.follow(served)
    answers(monitor, served, 300)
    assert reported(monitor)[1] == 1, "coverage where no model has a reference profile"


def test_a_report_may_be_asked_for_again(reported):
    monitor, served = AnswerMonitor(), model("acme")
    monitor.follow(served)
    answers(monitor, served, 1000, shift=1.5)
    first = reported(monitor)[0]["top_score"]
    assert reported(monitor)[0]["top_score"] == first, "PSI of top_score in a second report, with no answer between"
