"""Step 9: a pod that is deleted finishes what has begun, while proxies forget it."""

from recsys.cluster.spec import Spec

FORGOTTEN = 3  # seconds in which proxies learn that an endpoint is gone, with a little air
LONGEST = 10  # seconds that the service itself waits for requests under way


def spec(manifests):
    return Spec(manifests.inventory, manifests.workload, manifests.container)


def test_it_waits_until_nobody_sends_any_more(manifests):
    hook = spec(manifests).termination.hook
    assert hook >= FORGOTTEN, "seconds of its preStop hook: TERM closes the door, and proxies still send"
    assert hook <= 30, "seconds of its preStop hook: each pod of a rollout takes as long"


def test_the_hook_needs_no_shell(manifests):
    hook = manifests.container.get("lifecycle", "preStop") or {}
    assert list(hook) == ["sleep"], "the action of preStop: an image without a shell has no `sleep` to run"


def test_the_grace_period_covers_the_hook_and_the_longest_request(manifests):
    manifests.keep("grace-period")
    termination = spec(manifests).termination
    left = termination.grace - termination.hook
    assert left > LONGEST, "seconds of grace that are left after the hook; the service may take 10 to finish"
    assert termination.grace <= 120, "seconds of grace: a drain waits as long for a pod that hangs"
