"""From a trained model to production, one gate after another, and back again in a second.

`validation` (is the data sound?) -> train -> `challenge` (at least as good as the champion?) ->
`recsys.registry` -> `shadow` (does it answer at all?) -> `canary` and `release` (does it do harm on live
traffic?) -> promote, or roll back. `gates` runs the first part, `proxy` and `traffic` carry the second
(blue-green as well), `audit` remembers all of it.
"""

from recsys.rollout.acceptance import Acceptance
from recsys.rollout.audit import AuditTrail, BrokenTrailError, Entry
from recsys.rollout.canary import CanaryPolicy, Finding, Progress, advance, judge, verdict
from recsys.rollout.challenge import Challenge, challenge
from recsys.rollout.gates import run_gates
from recsys.rollout.measurement import Measurements, Meter
from recsys.rollout.proxy import Exchange, Splitter
from recsys.rollout.release import CanaryRelease
from recsys.rollout.shadow import Shadow, ShadowReport, overlap
from recsys.rollout.traffic import BlueGreen, CanarySplit, Router
from recsys.rollout.validation import TrainingRules, validate

__all__ = [
    "Acceptance",
    "AuditTrail",
    "BlueGreen",
    "BrokenTrailError",
    "CanaryPolicy",
    "CanaryRelease",
    "CanarySplit",
    "Challenge",
    "Entry",
    "Exchange",
    "Finding",
    "Measurements",
    "Meter",
    "Progress",
    "Router",
    "Shadow",
    "ShadowReport",
    "Splitter",
    "TrainingRules",
    "advance",
    "challenge",
    "judge",
    "overlap",
    "run_gates",
    "validate",
    "verdict",
]
