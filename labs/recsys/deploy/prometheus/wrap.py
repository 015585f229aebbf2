"""Wrap the plain rule files for the Prometheus operator, which reads a PrometheusRule; promtool reads the plain ones.

python wrap.py > ../k8s/components/monitoring/prometheusrule.yaml
"""

import sys
from pathlib import Path

FILES = ("rules.yaml", "alerts-slo.yaml", "alerts.yaml")
HEAD = """\
# Made of deploy/prometheus/*.yaml by deploy/prometheus/wrap.py: change those.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: recsys
  labels: {app.kubernetes.io/name: recsys}
spec:
  groups:
"""


def wrapped(folder: Path) -> str:
    """The groups of all rule files, comments and all, as one PrometheusRule."""
    lines = [line for name in FILES for line in _groups((folder / name).read_text(encoding="utf-8"))]
    return HEAD + "".join(f"  {line}\n" if line else "\n" for line in lines)


def _groups(text: str) -> list[str]:
    """The lines below `groups:`."""
    return text.partition("\ngroups:\n")[2].splitlines()


if __name__ == "__main__":
    sys.stdout.write(wrapped(Path(__file__).parent))
