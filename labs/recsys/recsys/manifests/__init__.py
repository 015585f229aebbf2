"""A checker of Kubernetes manifests that looks across resources.

Schema validators judge one document at a time, so they accept a Service that selects no pod, a probe of a port where
nobody listens, or an autoscaler of nothing. Here a strict schema check is followed by rules over the whole set.

report = check(Path("deploy/k8s/overlays/prod"))
for finding in report.findings:
    print(finding)          # file:line: error [rule] Kind/name: reason. What to do.
"""

from recsys.manifests.check import check, check_resources, check_text
from recsys.manifests.finding import Finding, Report
from recsys.manifests.inventory import Inventory
from recsys.manifests.resource import Resource, UnreadableError, parse
from recsys.manifests.rules import RULES

__all__ = [
    "RULES",
    "Finding",
    "Inventory",
    "Report",
    "Resource",
    "UnreadableError",
    "check",
    "check_resources",
    "check_text",
    "parse",
]
