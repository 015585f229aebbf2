"""What can happen to a service in the night, done to the real one: state what should happen, do it, say what did."""

from studyapp.runner.scenarios import bad_model, drift, other_tenant, redis_down, replica_killed, slow_model, spike
from studyapp.runner.scenarios.scenario import Finding, Report, Scenario, play, stated, told
from studyapp.runner.scenarios.scene import Interrupted, ScenarioError, Scene
from studyapp.runner.scenarios.versions import restore

SCENARIOS: tuple[Scenario, ...] = (
    spike.SPIKE,
    drift.DRIFT,
    redis_down.REDIS_DOWN,
    replica_killed.REPLICA_KILLED,
    slow_model.SLOW_MODEL,
    bad_model.BAD_MODEL,
    other_tenant.OTHER_TENANT,
)

__all__ = [
    "SCENARIOS",
    "Finding",
    "Interrupted",
    "Report",
    "Scenario",
    "ScenarioError",
    "Scene",
    "play",
    "restore",
    "stated",
    "told",
]
