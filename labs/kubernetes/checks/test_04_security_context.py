"""Step 4: a pod that may do no more than it needs."""

WRITTEN = {"/var/lib/recsys", "/tmp"}  # noqa: S108 - where the service writes, in its container


def test_containers_may_do_no_more_than_they_need(manifests):
    manifests.keep("security-context")


def test_nobody_is_root(manifests):
    pod = manifests.workload.get("securityContext") or {}
    users = [(one.get("securityContext") or {}).get("runAsUser") for one in manifests.workload.every_container()]
    users = [pod.get("runAsUser") if user is None else user for user in users]
    assert set(users) == {65532}, "runAsUser: the user that the Dockerfile makes the state directory for"


def test_what_is_written_has_a_volume(manifests):
    writable = {one.get("name") for one in manifests.workload.get("volumes") or [] if "emptyDir" in one}
    mounts = manifests.container.items("volumeMounts")
    there = {one.get("mountPath") for one in mounts if one.get("name") in writable}
    assert there & WRITTEN == WRITTEN, "the root file system is read-only: mounts of an emptyDir where it writes"
    unlimited = [
        one.get("name") for one in manifests.workload.get("volumes") or []
        if "emptyDir" in one and not (one["emptyDir"] or {}).get("sizeLimit")
    ]  # fmt: skip
    assert unlimited == [], "volumes of emptyDir without a sizeLimit: they would fill the node's disk"


def test_files_are_readable_by_the_group(manifests):
    pod = manifests.workload.get("securityContext") or {}
    assert pod.get("fsGroup") == 65532, "fsGroup: without it a mounted Secret with mode 0440 belongs to root alone"


def test_there_is_no_token_for_an_api_that_is_not_used(manifests):
    token = manifests.workload.get("automountServiceAccountToken")
    assert token is False, "automountServiceAccountToken: the service never calls the Kubernetes API"
