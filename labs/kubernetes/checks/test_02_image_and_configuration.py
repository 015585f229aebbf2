"""Step 2: an image that an overlay pins, settings by reference, a password in a file."""

SECRETS = {"recsys-redis": "/etc/recsys/redis", "recsys-keys": "/etc/recsys/keys"}


def variables(container):
    return {one.get("name"): one.get("valueFrom") or one.get("value") for one in container.items("env")}


def test_the_image_is_named_without_a_tag(manifests):
    images = sorted(one.image for one in manifests.workload.every_container())
    assert images == ["recsys", "recsys-models"], "the images: bare names, which each overlay pins to a digest"


def test_mounts_are_where_they_belong(manifests):
    manifests.pass_schema("Deployment", lambda finding: "volumeMounts" in finding.reason)
    manifests.keep("mount-without-volume")


def test_settings_come_from_the_config_map(manifests):
    found = variables(manifests.container)
    for name, key in (("MODEL_ALIAS", "model-alias"), ("OMP_NUM_THREADS", "threads")):
        wanted = {"configMapKeyRef": {"name": "recsys-config", "key": key}}
        assert found.get(name) == wanted, f"env {name}: from the ConfigMap that kustomization.yaml generates"
    manifests.keep("missing-key", "missing-reference")


def test_arguments_use_them(manifests):
    arguments = manifests.container.items("args")
    assert "--alias=$(MODEL_ALIAS)" in arguments, "args: the alias is the variable's value"
    assert "--replica=$(POD_NAME)" in arguments, "args: each pod is a replica of its own name, or two write one journal"
    wanted = {"fieldRef": {"fieldPath": "metadata.name"}}
    assert variables(manifests.container).get("POD_NAME") == wanted, "env POD_NAME: the pod's own name"


def test_no_secret_is_in_the_environment(manifests):
    inside = [name for name, value in variables(manifests.container).items() if "secretKeyRef" in str(value)]
    assert inside == [], (
        "variables with a Secret's value: they do not follow a rotation, and every crash report has them"
    )
    path = variables(manifests.container).get("REDIS_PASSWORD_FILE")
    assert path == "/etc/recsys/redis/password", "env REDIS_PASSWORD_FILE: the file that the service reads"
    assert "password" not in str(variables(manifests.container).get("REDIS_URL")), "env REDIS_URL has no password"


def test_secrets_are_mounted_for_reading(manifests):
    volumes = {
        one.get("name"): (one.get("secret") or {}).get("secretName") for one in manifests.workload.get("volumes")
    }
    mounted = {
        volumes.get(one.get("name")): (one.get("mountPath"), one.get("readOnly"))
        for one in manifests.container.items("volumeMounts")
    }
    for secret, path in SECRETS.items():
        assert mounted.get(secret) == (path, True), f"where Secret {secret} is mounted, and whether read-only"
