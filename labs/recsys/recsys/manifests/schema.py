"""Is each resource what the Kubernetes API would accept? Strictly: a field that does not exist is an error.

The schemas come with the kubernetes-validate package. Custom resources (HTTPRoute, ServiceMonitor, ...) are not among
them; only a cluster that has their definitions can check those: `kubectl apply --dry-run=server`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from recsys.manifests.finding import Finding, Report
from recsys.manifests.resource import Keys, Resource

OLDEST = "1.31"
MISSING = "the schema was not checked: pip install kubernetes-validate (108 MB) adds it"


def check_schema(resources: Iterable[Resource], report: Report, versions: Sequence[str] = ()) -> None:
    """Add what the schemas of these Kubernetes versions (the oldest supported and the newest known) refuse."""
    try:
        import kubernetes_validate
    except ImportError:
        report.notes.append(MISSING)
        return
    unknown: set[str] = set()
    for resource in resources:
        for version in versions or (OLDEST, kubernetes_validate.latest_version()):
            try:
                kubernetes_validate.validate(resource.data, version, strict=True)
            except kubernetes_validate.SchemaNotFoundError:
                unknown.add(f"{resource.kind} ({resource.data['apiVersion']})")
                continue
            except kubernetes_validate.ValidationError as error:
                report.findings.append(_finding(resource, error, version))
                break
    report.notes += [f"no schema for {kind}: only the rules looked at it" for kind in sorted(unknown)]


def _finding(resource: Resource, error: Exception, version: str) -> Finding:
    keys: Keys = tuple(getattr(error, "path", ()))
    message = str(getattr(error, "message", error))
    if unexpected := re.search(r"\('([^']+)'", message):
        keys = (*keys, unexpected[1])
    where = ".".join(str(key) for key in keys)
    fix = f"Compare with `kubectl explain {resource.kind.lower()}`"
    return resource.finding("schema", keys, f"{where}: Kubernetes {version}: {message}", fix)
