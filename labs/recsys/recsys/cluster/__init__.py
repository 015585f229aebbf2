"""A rehearsal of Kubernetes manifests on one machine.

The pods of a Deployment are processes of the service here. What the control plane and the kubelet decide about them is
one module each, usable alone and without a process: `probes`, `termination`, `rolling`, `endpoints`, `autoscaler`.
`pod`, `deployment` and `cluster` bring them together with real processes, real HTTP and one clock; `rehearsal` sends
requests meanwhile and judges.

from recsys.cluster.plan import Plan
from recsys.cluster.rehearsal import rehearse
from recsys.cluster.spec import read

spec, notes = read(Path("deploy/k8s/overlays/dev"))
outcome = rehearse(spec, Settings(), Plan(update=True, rate=20))
print(outcome.verdict)          # updated; 0 of 812 requests failed

What it cannot show: images and registries, volumes, scheduling and placement, network policies, quotas, node drains.
"""
