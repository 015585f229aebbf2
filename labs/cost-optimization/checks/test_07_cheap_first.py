"""Step 7: the small model answers what it is sure of, and how sure is sure enough is measured."""

import numpy as np
import pytest

from recsys.catalogue import Catalogue
from recsys.cheap_first import ALIKE, TARGET, K, calibrated
from recsys.generator import World, generate_tenant
from recsys.history import by_user, encode
from recsys.model import Retriever, ease_weights, interaction_matrix
from recsys.ranking import Ranker
from recsys.recommend import CANDIDATES, Query, confidence, recommend
from recsys.routing import Cascade, calibrate

SURE = np.array([0.9, 0.1, 0.5, 0.2])


def cascade(threshold, asked=None):
    """The cheap model negates, and is as sure as the input says; the costly one takes a hundred times the input."""

    def costly(inputs):
        if asked is not None:
            asked.append(inputs.tolist())
        return 100 * inputs, np.ones(len(inputs))

    return Cascade(lambda inputs: (-inputs, inputs), costly, threshold)


def judged(seed, n=4000):
    """Confidences, and whether the small model agrees: the surer, the likelier, but never as likely as it says."""
    rng = np.random.default_rng(seed)
    sure = rng.random(n)
    return sure, rng.random(n) < 0.6 + 0.36 * sure


def test_the_sure_stand_and_the_others_are_passed_on():
    routed = cascade(0.5).answer(SURE)
    assert routed.passed_on.tolist() == [False, True, False, True], (
        "confidences .9, .1, .5, .2, threshold .5: passed on"
    )
    assert routed.answers.tolist() == [-0.9, 10, -0.5, 20], "answers in the order of the inputs"


def test_the_costly_model_sees_the_unsure_alone():
    asked = []
    cascade(0.5, asked).answer(SURE)
    cascade(0.0, asked).answer(SURE)
    assert asked == [[0.1, 0.2]], "what the costly model was asked, first with threshold .5, then with 0 (nothing)"


def test_no_number_is_not_sure():
    routed = cascade(0.0).answer(np.array([np.nan, 0.3]))
    assert routed.passed_on.tolist() == [True, False], "confidences NaN and .3, threshold 0: passed on"


def test_who_is_passed_on_pays_twice():
    cost = cascade(0.5).answer(SURE).cost(cheap=0.1, costly=1.0)
    assert cost == pytest.approx(0.6), "the small model at 0.1, half passed on at 1: cost of a request"


@pytest.mark.parametrize("target", [0.8, 0.85, 0.9])
def test_the_threshold_keeps_its_promise(target):
    threshold = calibrate(*judged(1), target)
    sure, agrees = judged(2)
    kept = sure >= threshold
    assert kept.any(), f"target {target}: the threshold {threshold:.2f} lets somebody through"
    assert round(agrees[kept].mean(), 3) >= target - 0.01, (
        f"target {target}, on requests it has not seen: they agree in"
    )


def test_the_lowest_threshold_that_does():
    sure, agrees = judged(1)
    threshold = calibrate(sure, agrees, 0.8)
    share = round(float((judged(2)[0] >= threshold).mean()), 2)
    assert share >= 0.6, "target .8, where the small model agrees in .6 + .36 x confidence: share it may answer"


def test_a_few_lucky_ones_prove_nothing():
    threshold = calibrate(np.linspace(0, 1, 10), np.ones(10, dtype=bool), 0.95)
    assert threshold == float("inf"), "ten requests of ten agree, target .95: threshold (Wilson's lower end is .72)"


@pytest.fixture(scope="module")
def trained():
    """A retriever, a ranker that changes its order (too much in a sixth of the lists), the histories of 500 users."""
    events, _ = generate_tenant(1, "acme", World(users=500, items=300, events=16_000, topics=5))
    catalogue, histories = Catalogue.fit(events), by_user(events)
    interactions = interaction_matrix(events, catalogue)
    vectors = np.linalg.svd(interactions, full_matrices=False)[2][:16].T
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    retriever = Retriever(catalogue, ease_weights(interactions, 200.0), vectors.astype(np.float32))
    hidden = np.array([[1, 0, 0, 1, 1, 1, 0, 0, 20]], dtype=np.float32).T
    ranker = Ranker(np.zeros(8, np.float32), np.ones(8, np.float32), hidden, np.array([1, 0], dtype=np.float32))
    return retriever, ranker, histories


def test_lists_are_compared_by_what_they_share(trained):
    retriever, ranker, histories = trained
    learnt = {user: histories[user] for user in sorted(histories)[::2]}
    sure = calibrated(retriever, ranker, learnt)
    queries = [Query(histories[user], K) for user in sorted(histories)[1::2]]
    encoded = [encode(retriever.catalogue, query.interactions) for query in queries]
    level = confidence(retriever.candidates(encoded, [one.finished for one in encoded], CANDIDATES)[1], K)
    whole, cheap = recommend(retriever, ranker, queries), recommend(retriever, ranker, queries, sure=-1.0)
    alike = [len({*one.items} & {*two.items}) / K >= ALIKE for one, two in zip(whole, cheap, strict=True)]
    kept = level >= sure
    assert 0.05 <= kept.mean() <= 0.95, "share of other users' lists that are answered cheaply, threshold calibrated"
    agree = round(float(np.mean(np.array(alike)[kept])), 2)
    assert agree >= TARGET - 0.05, f"of these, lists with {ALIKE:.0%} of the whole model's items (target {TARGET:.0%})"


def test_without_anybody_to_learn_from(trained):
    retriever, ranker, _ = trained
    assert calibrated(retriever, ranker, {}) == float("inf"), "no history to calibrate on: threshold"
