"""Step 6: a Service with endpoints, a route that leads to it, a policy that lets through what is needed and no more."""

from conftest import OWN


def peers(policy, direction, side):
    """(what a peer's selectors say, its ports) of each rule of a policy."""
    for rule in policy.items("spec", direction):
        for peer in rule.get(side) or [{}]:
            yield str(peer), {(one.get("protocol", "TCP"), one.get("port")) for one in rule.get("ports") or []}


def test_the_service_sends_traffic_to_the_pods(manifests):
    manifests.keep("service-selects-nothing", "service-port")
    service = manifests.one("Service")
    assert service.get("spec", "selector") == OWN, f"{manifests.at(service, 'spec', 'selector')}: its selector"


def test_it_is_inside_the_cluster_only(manifests):
    service = manifests.one("Service")
    kind = service.get("spec", "type") or "ClusterIP"
    assert kind == "ClusterIP", f"{manifests.at(service, 'spec', 'type')}: its type; a Gateway is the way in for all"


def test_the_route_leads_to_it(manifests):
    manifests.keep("route-backend")


def test_only_the_tenants_interface_is_public(manifests):
    route = manifests.one("HTTPRoute")
    paths = [match.get("path", {}).get("value") for rule in route.items("spec", "rules") for match in rule["matches"]]
    assert paths == ["/v1"], f"{manifests.at(route, 'spec', 'rules')}: the paths of the route; metrics stay inside"


def test_the_policy_is_about_the_pods(manifests):
    manifests.keep("policy-selects-nothing")


def test_the_gateway_and_the_monitoring_come_in_and_nobody_else(manifests):
    policy = manifests.one("NetworkPolicy")
    incoming = list(peers(policy, "ingress", "from"))
    at = manifests.at(policy, "spec", "ingress")
    assert all("namespaceSelector" in peer or "podSelector" in peer for peer, _ in incoming), f"{at}: who may come in"
    for namespace in ("gateway", "monitoring"):
        ports = [ports for peer, ports in incoming if f"'{namespace}'" in peer]
        assert ports == [{("TCP", 8080)}], f"{at}: the ports for the namespace {namespace}"


def test_it_reaches_redis_and_the_name_server(manifests):
    policy = manifests.one("NetworkPolicy")
    outgoing = list(peers(policy, "egress", "to"))
    at = manifests.at(policy, "spec", "egress")
    redis = [ports for peer, ports in outgoing if "recsys-redis" in peer]
    assert redis == [{("TCP", 6379)}], f"{at}: the ports to Redis"
    names = [ports for _, ports in outgoing if ("UDP", 53) in ports]
    assert names == [{("UDP", 53), ("TCP", 53)}], f"{at}: the ports for DNS; without it no name is found"
    assert all(peer != "{}" for peer, _ in outgoing), f"{at}: each rule names its peers"
