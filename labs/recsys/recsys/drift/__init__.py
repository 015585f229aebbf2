"""Model drift, from the numbers to the decision.

`quality` asks whether the data are sound, `statistics` how far two samples are apart, `profile` keeps the reference,
`windows` follows live traffic, `batch` compares whole tables, `score` scores counts; `alarms` corrects for many
tests, `concept` and `adwin` watch errors that `labels` brings in late, `retrain` decides.
"""

from recsys.drift.adwin import Adwin
from recsys.drift.alarms import Alarm, alarms
from recsys.drift.batch import compare
from recsys.drift.concept import PageHinkley
from recsys.drift.labels import DelayedLabels, Outcome
from recsys.drift.profile import ReferenceProfile
from recsys.drift.quality import ColumnRule, Expectations, Violation
from recsys.drift.retrain import Decision, RetrainPolicy
from recsys.drift.score import FeatureDrift
from recsys.drift.statistics import chi_square, jensen_shannon, kl, ks, psi, psi_threshold, wasserstein
from recsys.drift.windows import RollingWindow, Window

__all__ = [
    "Adwin",
    "Alarm",
    "ColumnRule",
    "Decision",
    "DelayedLabels",
    "Expectations",
    "FeatureDrift",
    "Outcome",
    "PageHinkley",
    "ReferenceProfile",
    "RetrainPolicy",
    "RollingWindow",
    "Violation",
    "Window",
    "alarms",
    "chi_square",
    "compare",
    "jensen_shannon",
    "kl",
    "ks",
    "psi",
    "psi_threshold",
    "wasserstein",
]
