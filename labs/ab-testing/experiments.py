"""Predict, then run: what goes wrong in an experiment that nobody planned, and what a running one shows."""

import math
from collections.abc import Sequence

import numpy as np

from recsys.experiment.cuped import cuped
from recsys.experiment.estimate import normal_estimate
from recsys.experiment.means import Moments, welch
from recsys.experiment.power import units_for_means
from recsys.experiment.proportions import two_proportions
from recsys.experiment.ratio import ratio_of_sums
from recsys.experiment.sequential import always_valid_p
from recsys.experiment.srm import sample_ratio
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client

DAYS, BATCH = 14, 64
HALVES = {"control": 0.5, "treatment": 0.5}


def peeking(service: Client) -> Outcome:
    """Percent of A/A tests that show p < 0.05 on some day; by day, looked at daily and by always-valid p-values."""
    draw, users = np.random.default_rng(3), 100 * np.arange(1, DAYS + 1)
    difference = draw.normal(0, math.sqrt(2 * 100), (2000, DAYS)).cumsum(axis=1) / users
    p = [[normal_estimate(0.0, d, 2 / n).p_value for d, n in zip(test, users, strict=True)] for test in difference]
    fixed, valid = np.array(p), always_valid_p(difference, 2 / users, 0.1)
    curves = [100 * (np.minimum.accumulate(each, axis=1) < 0.05).mean(axis=0) for each in (fixed, valid)]
    series = {"called different by day 1 to 14, daily p": curves[0], "the same, always-valid p": curves[1]}
    return Outcome(float(curves[0][-1]), {name: curve.tolist() for name, curve in series.items()}, "%")


def wrong_unit(service: Client) -> Outcome:
    """Percent of A/A tests on clicks, users randomised, that are significant: impressions as units, then users."""
    draw, tests, naive, delta = np.random.default_rng(2), 500, 0, 0
    for _ in range(tests):
        control, treatment = _impressions(draw, 1000), _impressions(draw, 1000)
        sums = [int(group[part].sum()) for group in (control, treatment) for part in (0, 1)]
        naive += two_proportions(*sums).p_value < 0.05
        delta += ratio_of_sums(control, treatment).p_value < 0.05
    shares = [100 * naive / tests, 100 * delta / tests]
    return Outcome(shares[0], {"significant: impressions as units, delta method": shares}, "%")


def uneven_split(service: Client) -> Outcome:
    """How many times the users of 50/50 a split of 90/10 needs; the curve over the treatment's share."""
    even = units_for_means(1.0, 0.02).total
    times = [units_for_means(1.0, 0.02, share=share).total / even for share in (0.5, 0.4, 0.3, 0.2, 0.1, 0.05)]
    return Outcome(times[4], {"times the users with 50, 40, 30, 20, 10, 5 % treated": times}, "times")


def late_covariate(service: Client) -> Outcome:
    """The lift that CUPED finds with a covariate from after the start, where the true one is 10; and from before."""
    draw, lifts = np.random.default_rng(3), []
    for late in (True, False):
        groups = []
        for lift in (0.0, 10.0):
            habit = draw.normal(100, 20, 20_000)
            week_before = habit + draw.normal(0, 10, 20_000)
            first_week, whole = (habit + lift + draw.normal(0, 10, 20_000) for _ in range(2))
            groups.append((whole, first_week if late else week_before))
        lifts.append(cuped(*groups).difference)
    return Outcome(lifts[0], {"lift with a covariate from after, from before the start": lifts}, "minutes")


def lost_users(service: Client) -> Outcome:
    """How many of 2,000 treated users must be lost before the sample-ratio check speaks; p by users lost.

    The groups are those of the running service, cut to 2,000 each.
    """
    variants = _variants(service, [f"visitor-{number}" for number in range(4400)])
    control, treatment = (sum(one == name for one in variants) for name in HALVES)
    if min(control, treatment) < 2000:
        raise RuntimeError(f"4,400 users came as {control} and {treatment}: that is no split of 50/50")
    p = [sample_ratio({"control": 2000, "treatment": 2000 - lost}, HALVES) for lost in range(301)]
    lost = next(number for number, ratio in enumerate(p) if ratio.mismatch)
    return Outcome(lost, {"p with 0, 20, 40 ... 300 users lost": [ratio.p_value for ratio in p[::20]]}, "users")


def two_hundred_users(service: Client) -> Outcome:
    """Whether 200 users show that lists score lower in the running experiment's treatment, which triples diversity."""
    means: dict[str, list[float]] = {"control": [], "treatment": []}
    for number in range(200):
        answer = service.recommend(f"u{number}", "acme").json
        means[answer["variant"]].append(float(np.mean([item["score"] for item in answer["items"]])))
    estimate = welch(*(Moments.of(values) for values in means.values()))
    series = {"difference of the mean score: low, estimate, high": [estimate.low, estimate.difference, estimate.high]}
    if estimate.p_value >= 0.05:
        return Outcome("same", series)
    return Outcome("up" if estimate.difference > 0 else "down", series)


def _impressions(draw: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Clicks and impressions of so many users: some see much, some see little, and tastes differ."""
    shown = 1 + draw.poisson(19 * draw.gamma(1.0, 1.0, count))
    return draw.binomial(shown, draw.beta(1.0, 9.0, count)), shown


def _variants(service: Client, users: Sequence[str]) -> list[str]:
    """The variant of each user, as the service's answers have it."""
    variants = []
    for start in range(0, len(users), BATCH):
        body = {"requests": [{"user": user, "k": 1} for user in users[start : start + BATCH]]}
        answer = service.request("POST", "/v1/recommendations/batch", body, "acme")
        variants += [one["variant"] for one in answer.json["results"]]
    return variants
