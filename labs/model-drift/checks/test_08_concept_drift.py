"""Step 8: errors that rise while the inputs look the same, with labels that come late."""

import numpy as np

from recsys.drift.concept import PageHinkley
from recsys.drift.labels import DelayedLabels

HOUR = 3600.0


def first_alarm(detector, errors):
    """The place of the first error at which the detector speaks up, None where it does not."""
    return next((place for place, error in enumerate(errors) if detector.update(float(error))), None)


def errors(rate, count, seed=1):
    return np.random.default_rng(seed).random(count) < rate


def test_a_label_finds_its_prediction():
    labels = DelayedLabels(24 * HOUR)
    labels.predicted("a", 0.7, 0.0)
    outcome = labels.labelled("a", 1.0, 1800.0)
    assert outcome is not None, "labelled('a') after predicted('a') gives its outcome"
    assert (outcome.score, outcome.label, outcome.delay) == (0.7, 1.0, 1800.0), "(score, label, delay) of the outcome"
    assert len(labels) == 0, "predictions that wait, after the only one got its label"


def test_a_label_that_nothing_waits_for():
    labels = DelayedLabels(24 * HOUR)
    labels.predicted("a", 0.7, 0.0)
    labels.labelled("a", 1.0, 1.0)
    assert labels.labelled("a", 1.0, 2.0) is None, "a second label of the same prediction has no outcome"
    assert labels.labelled("z", 1.0, 2.0) is None, "nor has a label of a prediction that was never made"
    assert labels.unmatched == 2, "labels counted that found nothing"


def test_no_answer_is_none_before_the_horizon():
    labels = DelayedLabels(24 * HOUR)
    labels.predicted("a", 0.7, 0.0)
    labels.predicted("b", 0.2, HOUR)
    assert labels.matured(23.9 * HOUR) == [], "outcomes after 23.9 h, horizon 24 h: judged now, each open one is a miss"
    assert [each.prediction_id for each in labels.matured(24 * HOUR)] == ["a"], "outcomes after exactly 24 h"
    (late,) = labels.matured(30 * HOUR)
    assert (late.prediction_id, late.label, late.delay) == ("b", 0.0, 24 * HOUR), (
        "(id, label, delay) of what got no answer"
    )
    assert labels.matured(99 * HOUR) == [], "each outcome is given out once"


def test_the_default_is_the_callers():
    labels = DelayedLabels(HOUR, default=1.0)
    labels.predicted("a", 0.7, 0.0)
    assert [each.label for each in labels.matured(HOUR)] == [1.0], "label of what got no answer, where default=1"


def test_what_waits_is_bounded():
    labels = DelayedLabels(24 * HOUR, capacity=3)
    for number in range(5):
        labels.predicted(str(number), 0.5, float(number))
    assert (len(labels), labels.overflowed) == (3, 2), "(waiting, overflowed) of five predictions, capacity 3"
    assert labels.labelled("0", 1.0, 9.0) is None, "of those that were too many the oldest was given up"


def test_errors_that_rise():
    quiet, worse = errors(0.1, 2000), errors(0.4, 1000)
    place = first_alarm(PageHinkley(threshold=20.0), [*quiet, *worse])
    assert place is not None, (
        "place of the first alarm, where the error rate rises from 10 % to 40 % after 2,000 errors"
    )
    assert place >= 2000, "place of the first alarm, where the rate rises after 2,000 errors: not before"
    assert place < 2200, "place of the first alarm, where the rate rises after 2,000 errors: soon"


def test_errors_that_do_not():
    assert first_alarm(PageHinkley(), errors(0.1, 20_000)) is None, "alarms in 20,000 errors at a steady 10 %"
    assert first_alarm(PageHinkley(), [*errors(0.4, 2000), *errors(0.1, 2000)]) is None, (
        "alarms where errors become fewer"
    )


def test_a_rise_within_the_tolerance():
    steady = [0.2] * 500 + [0.21] * 3000
    assert first_alarm(PageHinkley(delta=0.02, threshold=1.0), steady) is None, "a rise of 0.01, delta 0.02: tolerated"
    assert first_alarm(PageHinkley(delta=0.001, threshold=1.0), steady) is not None, "the same rise, delta 0.001"


def test_not_before_the_minimum():
    assert first_alarm(PageHinkley(threshold=0.5, minimum=30), [0.0] * 5 + [1.0] * 10) is None, (
        "alarms in 15 errors, minimum 30"
    )


def test_it_starts_anew():
    detector = PageHinkley(threshold=20.0)
    first_alarm(detector, [*errors(0.1, 2000), *errors(0.4, 1000)])
    again = first_alarm(detector, errors(0.4, 1000, seed=2))
    assert again is None, "alarms in 1,000 more errors at 40 %: after an alarm the new level is the normal one"
