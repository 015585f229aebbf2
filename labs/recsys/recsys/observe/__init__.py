"""Prometheus on this machine: a server of one's own that scrapes a running service, and promtool as a judge of rules.

with Prometheus(folder, rules, ["127.0.0.1:8080"]) as prometheus:
    prometheus.alerts()                                # [Alert(name="RecsysAbsent", state="pending", ...)]

evaluate(rules, [Series('up{job="recsys"}', "1x10")], [("up", "5m")])
"""

from recsys.observe.prometheus import Alert, Prometheus, PrometheusError, installed
from recsys.observe.promtool import PromtoolError, Sample, Series, evaluate
from recsys.observe.recording import Recorded
from recsys.observe.shorten import shortened

__all__ = [
    "Alert",
    "Prometheus",
    "PrometheusError",
    "PromtoolError",
    "Recorded",
    "Sample",
    "Series",
    "evaluate",
    "installed",
    "shortened",
]
