"""Capacity: what an autoscaler would do (`hpa`, `behaviour`), and what a load needs and costs (`plan`)."""

from recsys.capacity.behaviour import SCALE_DOWN, SCALE_UP, Policy, Rules, Scaler
from recsys.capacity.hpa import Pod, PodAverage, Tolerance, TotalAverage, TotalValue, Utilization, desired_replicas
from recsys.capacity.plan import Load, Plan, ReplicaType, mean_wait, plan, replicas_for, waiting_probability

__all__ = [
    "SCALE_DOWN",
    "SCALE_UP",
    "Load",
    "Plan",
    "Pod",
    "PodAverage",
    "Policy",
    "ReplicaType",
    "Rules",
    "Scaler",
    "Tolerance",
    "TotalAverage",
    "TotalValue",
    "Utilization",
    "desired_replicas",
    "mean_wait",
    "plan",
    "replicas_for",
    "waiting_probability",
]
