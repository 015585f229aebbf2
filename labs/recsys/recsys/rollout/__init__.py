"""From a trained model to production, one gate after another, and back again in a second.

`validation` (is the data sound?) -> train -> `challenge` (at least as good as the champion?) ->
`recsys.registry` -> live traffic, by one of three `strategies`: `shadow_release` (does it answer at all?), `canary` and
`release` (does it do harm to a few?) or `blue_green` (to all, and back at once) -> promote, or roll back. `gates` runs
the first part, `proxy` and `traffic` carry the second, `audit` remembers all of it.
"""

from recsys.rollout.acceptance import Acceptance
from recsys.rollout.audit import AuditTrail, BrokenTrailError, Entry
from recsys.rollout.blue_green import BlueGreenRelease
from recsys.rollout.canary import CanaryPolicy, Finding, Progress, advance, judge, verdict
from recsys.rollout.challenge import Challenge, challenge
from recsys.rollout.gates import run_gates
from recsys.rollout.measurement import Measurements, Meter
from recsys.rollout.proxy import Exchange, Splitter
from recsys.rollout.release import CanaryRelease
from recsys.rollout.shadow import Shadow, ShadowReport, overlap
from recsys.rollout.shadow_release import ShadowRelease
from recsys.rollout.strategies import NEW, OLD, Strategy, Terms, release_by
from recsys.rollout.traffic import BlueGreen, CanarySplit, Router
from recsys.rollout.validation import TrainingRules, validate

__all__ = [
    "NEW",
    "OLD",
    "Acceptance",
    "AuditTrail",
    "BlueGreen",
    "BlueGreenRelease",
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
    "ShadowRelease",
    "ShadowReport",
    "Splitter",
    "Strategy",
    "Terms",
    "TrainingRules",
    "advance",
    "challenge",
    "judge",
    "overlap",
    "release_by",
    "run_gates",
    "validate",
    "verdict",
]
