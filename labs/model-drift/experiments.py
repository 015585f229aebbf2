"""Predict, then run: what drift scores say about data that moved, and about data that did not."""

import re
import time
import uuid
from collections.abc import Collection

import numpy as np

from recsys.drift.alarms import alarms
from recsys.drift.labels import DelayedLabels
from recsys.drift.profile import ReferenceProfile
from recsys.drift.statistics import ks, psi
from recsys.drift.windows import Window
from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client

REGULARS = [f"u{number}" for number in range(200)]
SCORE = re.compile(r'recsys_drift_score\{feature="(\w+)"\} (\S+)')
SIGNALS = ("top_score", "spread", "known_items", "first_kind")
HOUR, QUIET_SECONDS = 3600.0, 80.0  # the service looks back a minute


def small_samples(service: Client) -> Outcome:
    """Percent of unchanged days of 100 rows whose PSI is above 0.1; the curve over rows a day."""
    draw, even = np.random.default_rng(1), [0.1] * 10
    shares = []
    for rows in (50, 100, 200, 400, 800):
        days = draw.multinomial(rows, even, (1000, 2))
        shares.append(100 * float(np.mean([psi(before, now) > 0.1 for before, now in days])))
    return Outcome(shares[1], {"days above 0.1 with 50, 100, 200, 400, 800 rows": shares}, "%")


def twenty_features(service: Client) -> Outcome:
    """Percent of days on which some of twenty unchanged features has p < 0.05; and days on which `alarms` speaks."""
    draw, names, days = np.random.default_rng(2), [f"f{number}" for number in range(20)], 400
    profile = ReferenceProfile.fit({name: draw.random(20_000) for name in names})
    naive = mended = 0
    for _ in range(days):
        window = Window(profile)
        window.update_many({name: draw.random(1000) for name in names})
        drifts = window.scores(profile)
        naive += any(one.p_value < 0.05 for one in drifts)
        mended += bool(alarms(drifts, 20_000))
    shares = [100 * naive / days, 100 * mended / days]
    return Outcome(shares[0], {"days with an alarm: p < 0.05, your alarms": shares}, "%")


def million_rows(service: Client) -> Outcome:
    """How many of ten features the KS test finds different, where each moved by a hundredth of its deviation."""
    draw, found, scores = np.random.default_rng(3), 0, []
    for _ in range(10):
        before, now = draw.normal(size=1_000_000), draw.normal(0.01, size=1_000_000)
        found += ks(before, now)[1] < 0.05
        edges = np.quantile(before, np.linspace(0.1, 0.9, 9))
        scores.append(psi(*(np.bincount(np.searchsorted(edges, values), minlength=10) for values in (before, now))))
    return Outcome(found, {"PSI of each feature": scores}, "features")


def judged_early(service: Client) -> Outcome:
    """Percent of predictions that seem accepted after six hours, if no answer yet counts as no; the rate in the end."""
    draw, labels = np.random.default_rng(4), DelayedLabels(72 * HOUR)
    made = np.linspace(0, 6 * HOUR, 6000)
    accepted = np.flatnonzero(draw.random(6000) < 0.1)
    answered = sorted(zip(made[accepted] + draw.exponential(24 * HOUR, len(accepted)), accepted, strict=True))
    for number, at in enumerate(made):
        labels.predicted(str(number), 0.1, at)
    rates, final = [], 0.0
    for hours in (6, 12, 24, 48, 72, 96):
        while answered and answered[0][0] <= hours * HOUR:
            at, number = answered.pop(0)
            final += labels.labelled(str(number), 1.0, at) is not None
        rates.append(100 * final / 6000)
        labels.matured(hours * HOUR)
    return Outcome(rates[0], {"accepted so far, after 6, 12, 24, 48, 72, 96 h": rates}, "%")


def nine_o_clock(service: Client) -> Outcome:
    """How many of the four signals pass 0.1, where the same 200 users ask as ever but all at nine in the morning."""
    _await_quiet(service, SIGNALS)
    for user in REGULARS:
        service.recommend(user, "globex", hour=9)
    scores = _drift(service)
    return Outcome(sum(score > 0.1 for score in scores.values()), {", ".join(scores): list(scores.values())}, "signals")


def newcomers(service: Client) -> Outcome:
    """After how many newcomers the drift score of `known_items` passes 0.25, where 200 regulars asked before them."""
    _await_quiet(service, ["known_items"])
    run, curve = uuid.uuid4().hex[:8], []
    for user in REGULARS:
        service.recommend(user, "initech")
    while len(curve) < 100 and (not curve or curve[-1] <= 0.25):
        service.recommend(f"{run}-{len(curve)}", "initech")
        curve.append(_drift(service)["known_items"])
    return Outcome(len(curve), {"drift score of known_items after each newcomer": curve}, "newcomers")


def _await_quiet(service: Client, signals: Collection[str]) -> None:
    """Wait until what drifted has left the window. Raises RuntimeError where traffic goes on drifting."""
    deadline = time.monotonic() + QUIET_SECONDS
    while any(_drift(service)[signal] > 0.1 for signal in signals):
        if time.monotonic() > deadline:
            raise RuntimeError("other traffic drifts already: stop it, then predict")
        time.sleep(1.0)


def _drift(service: Client) -> dict[str, float]:
    """The drift score of each signal, of the tenant where it is worst."""
    text = service.request("GET", "/metrics").body.decode()
    return {feature: float(value) for feature, value in SCORE.findall(text)}
