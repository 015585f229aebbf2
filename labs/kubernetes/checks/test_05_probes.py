"""Step 5: three probes, tried out by the kubelet's rules on a container whose answers are scripted."""

from recsys.cluster.probes import KINDS, Health, Probe

OPENS, LOADED, HANGS, END = 8.0, 40.0, 300.0, 500.0  # seconds after the start of a slow replica
STEP = 0.5


def probes(manifests):
    return {kind: Probe.of(kind, manifests.container.get(f"{kind}Probe") or {}) for kind in KINDS}


def passes(probe, now):
    """Whether a replica that loads slowly and hangs later answers a probe."""
    if not OPENS <= now < HANGS:
        return False
    return now >= LOADED or probe.handler.get("httpGet", {}).get("path") == "/health/live"


def changes(manifests):
    """What the kubelet makes of it: (second, change), until it restarts the container."""
    health, happened, now = Health(probes(manifests), 0.0), [], 0.0
    while now < END:
        for probe in health.due(now):
            passed = passes(probe, now)
            answered = now if passed or now < OPENS else now + probe.timeout
            if change := health.record(probe.kind, passed, answered):
                happened.append((answered, change))
                if change == "restart":
                    return happened
        now += STEP
    return happened


def first(happened, change):
    return next((at for at, what in happened if what == change), None)


def test_there_are_three(manifests):
    there = [kind for kind in KINDS if manifests.container.get(f"{kind}Probe")]
    assert there == list(KINDS), "the probes of the container"


def test_each_asks_what_the_service_answers(manifests):
    manifests.keep("probe-handlers", "probe-port", "probe-path")
    paths = {kind: probe.handler.get("httpGet", {}).get("path") for kind, probe in probes(manifests).items()}
    wanted = {"startup": "/health/startup", "readiness": "/health/ready", "liveness": "/health/live"}
    assert paths == wanted, "the path of each probe"


def test_liveness_asks_the_process_alone(manifests):
    manifests.keep("liveness-dependencies")


def test_a_slow_start_is_not_ended(manifests):
    restart = first(changes(manifests), "restart")
    said = f"a replica that takes {LOADED:g} s to load its models is restarted after {restart} s"
    assert restart is None or restart >= HANGS, f"{said}: the startup probe has to allow for it"


def test_it_gets_traffic_soon_after_it_can_answer(manifests):
    ready = first(changes(manifests), "ready")
    assert ready is not None, "a replica that has loaded its models becomes ready"
    assert LOADED <= ready <= LOADED + 15, f"seconds until a replica is ready that can answer after {LOADED:g} s"


def test_one_that_hangs_loses_its_traffic_and_then_its_life(manifests):
    happened = changes(manifests)
    unready, restart = first(happened, "unready"), first(happened, "restart")
    assert unready is not None, "a replica that hangs becomes unready"
    assert unready - HANGS <= 20, "seconds until a replica that hangs gets no more traffic"
    assert restart is not None, "a replica that hangs is restarted"
    assert restart - HANGS <= 60, "seconds until a replica that hangs is restarted"
    assert unready < restart, "it is out of the way before it is restarted"


def test_a_pause_is_no_death(manifests):
    liveness = probes(manifests)["liveness"]
    assert liveness.timeout >= 2, "timeoutSeconds of liveness: 1 s is soon over on a busy node"
    patience = liveness.failures * liveness.period
    assert patience >= 20, "seconds for which liveness must fail: overload answers late too, and a restart adds to it"
