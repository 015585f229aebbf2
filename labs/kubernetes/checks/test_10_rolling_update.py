"""Step 10, measured: a rolling update of your service under load, rehearsed here without a failed request."""

import time

import pytest

from recsys.cluster.spec import Spec

OVERLAY = "deploy/k8s/overlays/dev"
RATE, SECONDS = 20, 45


@pytest.fixture(scope="module")
def said(manifests, launch):
    """What a rehearsal printed, once it has come to its verdict."""
    assert manifests.container.get("args"), "step 1 and step 2 first: there is nothing to rehearse"
    served = launch(OVERLAY, "--update", f"--rate={RATE}", command="rehearse")
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        lines = served.log()
        if any(line.startswith(("sound:", "NOT SOUND:")) for line in lines):
            return lines
        time.sleep(0.1)
    pytest.fail(f"the update was not over within {SECONDS} s; its last event: {served.log()[-1].strip()}")


def test_nothing_of_the_service_fails_in_an_update(said):
    print("\n".join(said))
    verdict = next(line for line in said if "SOUND:" in line.upper())
    assert verdict.startswith("sound: updated; 0 of"), f"a rolling update at {RATE} requests a second: {verdict}"


def test_a_new_pod_was_ready_before_an_old_one_went(said):
    reasons = [line.split()[3] for line in said if " s  recsys-" in line]
    ready, gone = ([place for place, what in enumerate(reasons) if what == reason] for reason in ("Ready", "Killing"))
    assert len(gone) >= 2, "old pods that were replaced"
    assert ready[len(gone)] < gone[0], "the first new pod is ready before the first old one is stopped"


def test_it_keeps_its_bounds_and_gives_up_in_time(manifests):
    spec = Spec(manifests.inventory, manifests.workload, manifests.container)
    allowed = spec.bounds(3)
    assert allowed.unavailable == 0, "pods that may be missing of 3 in an update"
    assert 1 <= allowed.surge <= 2, "pods above 3 in an update"
    deadline = spec.resource.get("spec", "progressDeadlineSeconds")
    assert deadline is not None, "progressDeadlineSeconds is given: 600 s by default are long for a pipeline that waits"
    assert 60 <= deadline <= 600, "progressDeadlineSeconds"
