"""Step 1: a Deployment that a cluster accepts, and that finds its own pods."""

from conftest import DEPLOYMENT, OWN

from recsys.manifests.resource import read


def test_it_has_a_pod_template():
    (deployment,) = [one for one in read(DEPLOYMENT) if one.kind == "Deployment"]
    fields = {name: bool(deployment.get("spec", name)) for name in ("selector", "template", "containers")}
    wanted = {"selector": True, "template": True, "containers": False}
    assert fields == wanted, f"{DEPLOYMENT}: what stands right below spec; containers belong into template.spec"
    assert deployment.name == "recsys", f"{DEPLOYMENT}: metadata.name; the autoscaler and the overlays refer to it"


def test_the_selector_finds_the_pods(manifests):
    manifests.keep("selector-mismatch", "overlapping-selectors")
    selector = manifests.one("Deployment").get("spec", "selector", "matchLabels")
    assert selector == OWN, (
        f"{manifests.at(manifests.one('Deployment'), 'spec', 'selector')}: spec.selector.matchLabels"
    )
    labels = manifests.workload.labels
    assert {name: labels.get(name) for name in OWN} == OWN, "the labels of spec.template.metadata"


def test_nothing_of_the_pod_was_lost(manifests):
    pod = manifests.workload
    containers = {one.name for one in pod.every_container()}
    assert containers == {"models", "recsys"}, "the containers of spec.template.spec, init containers too"
    volumes = {one.get("name") for one in pod.get("volumes") or []}
    assert volumes >= {"state", "journal", "keys"}, "the volumes of spec.template.spec"
    assert pod.get("serviceAccountName") == "recsys", "spec.template.spec.serviceAccountName"


def test_the_service_listens_where_others_reach_it(manifests):
    manifests.keep("listen-address")
    ports = manifests.container.items("ports")
    assert [(one.get("name"), one.get("containerPort")) for one in ports] == [("http", 8080)], "its ports by name"


def test_the_schema_accepts_it(manifests):
    manifests.pass_schema("Deployment", lambda finding: "volumeMounts" not in finding.reason)  # those are for step 2
