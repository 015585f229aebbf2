"""What the checks share: the learner's manifests, read as they are written, and findings as lines to read."""

from pathlib import Path

import pytest

from recsys.manifests import RULES, Inventory, Report, UnreadableError
from recsys.manifests.kustomize import sources
from recsys.manifests.resource import read
from recsys.manifests.schema import check_schema

BASE = Path("deploy/k8s/base")
DEPLOYMENT = BASE / "serving" / "deployment.yaml"
ROUTE = Path("deploy/k8s/components/gateway/httproute.yaml")
OWN = {"app.kubernetes.io/name": "recsys", "track": "stable"}  # the labels by which everything finds the pods
NAMED = {rule.__name__.replace("_", "-"): rule for rule in RULES}


class Manifests:
    """The resources of deploy/k8s/base and the gateway's route."""

    def __init__(self):
        self.inventory = Inventory([*sources(BASE, patches=False), *read(ROUTE)])

    def one(self, kind, name="recsys"):
        """The resource of a kind and name."""
        found = self.inventory.find(kind, name, "default")
        if found is None:
            pytest.fail(f"there is no {kind} named {name!r} in {BASE}: its metadata has to name it")
        return found

    @property
    def workload(self):
        """The Deployment's pod template."""
        for workload in self.inventory.workloads:
            if workload.resource.file == str(DEPLOYMENT):
                return workload
        pytest.fail(f"{DEPLOYMENT}: step 1 first: a pod is described in spec.template, and there is none")

    @property
    def container(self):
        """The container that serves."""
        for container in self.workload.containers():
            if container.name == "recsys":
                return container
        pytest.fail(f"{DEPLOYMENT}: spec.template.spec.containers has none that is named recsys")

    def keep(self, *rules):
        """Fails with the first thing that some rules of the checker find; warnings are about what is made elsewhere."""
        refuse(one for rule in rules for one in self._judged(rule) if one.severity == "error")

    def pass_schema(self, kind, concerns=lambda finding: True):
        """Fails with what the strict schema finds in a kind; skips where the schemas are not installed."""
        pytest.importorskip("kubernetes_validate", reason="the package kubernetes-validate is not installed (108 MB)")
        report = Report()
        check_schema(self.inventory.kind(kind), report)
        refuse(one for one in report.findings if concerns(one))

    def at(self, resource, *keys):
        """Where a field is written, as file:line."""
        return ":".join(map(str, resource.place(keys)))

    def _judged(self, rule):
        try:
            return list(NAMED[rule](self.inventory))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            pytest.fail(f"something has a shape that the API does not know ({error}): the step about it comes first")


def refuse(findings):
    """Fails with the first of some findings, as file, line, reason and remedy."""
    found = list(findings)
    if found:
        more = f" (and {len(found) - 1} more like it)" if len(found) > 1 else ""
        one = found[0]
        pytest.fail(f"{one.file}:{one.line}: {one.resource}: {one.reason}. {one.fix}.{more}")


@pytest.fixture(scope="module")
def manifests():
    try:
        return Manifests()
    except UnreadableError as error:
        pytest.fail(f"{_unreadable()}:{error.line}: this is not YAML: {error}")


def _unreadable():
    """The file that is no YAML."""
    for path in [*sorted(BASE.rglob("*.yaml")), ROUTE]:
        try:
            read(path)
        except UnreadableError:
            return path
    return BASE
