#!/usr/bin/env bash
# The service on a kind cluster, from nothing: deploy/kind.sh         (needs docker, kind, kubectl and the project's venv)
# Away with all of it:                        kind delete cluster --name recsys
set -euo pipefail
umask 077
deploy=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$deploy/../../.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
state=${STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/recsys-kind}
namespace=recsys

for tool in docker kind kubectl; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed: see https://kind.sigs.k8s.io/docs/user/quick-start/" >&2; exit 1; }
done

echo "== checking the manifests"
(cd "$deploy/.." && "$python" -m recsys manifests check deploy/k8s/overlays/dev)

if [ ! -f "$state/keys.json" ]; then
  echo "== making data, models and keys in $state (the keys are shown this once)"
  (cd "$deploy/.." && "$python" -m recsys train --state "$state")
fi

echo "== building images"
docker build -q -f "$deploy/Dockerfile" --target service -t recsys:dev "$root"
docker build -q -f "$deploy/Dockerfile" --target models --build-context "state=$state" -t recsys-models:dev "$root"

kind get clusters 2>/dev/null | grep -qx recsys || kind create cluster --config "$deploy/kind.yaml"
context=(--context kind-recsys)
kind load docker-image --name recsys recsys:dev recsys-models:dev

echo "== secrets: made here, never in a file of the project, a process list or a shell's history"
kubectl "${context[@]}" apply -f "$deploy/k8s/overlays/dev/namespace.yaml"
kubectl "${context[@]}" -n $namespace create secret generic recsys-keys --from-file="keys.json=$state/keys.json" \
  --from-file="signing.key=$state/signing.key" \
  --dry-run=client -o yaml | kubectl "${context[@]}" apply -f -
if ! kubectl "${context[@]}" -n $namespace get secret recsys-redis >/dev/null 2>&1; then
  password=$(openssl rand -hex 24)
  kubectl "${context[@]}" create -f - <<SECRET
apiVersion: v1
kind: Secret
metadata: {name: recsys-redis, namespace: $namespace}
stringData:
  password: $password
  redis.conf: |
    requirepass $password
SECRET
fi

echo "== applying"
kubectl "${context[@]}" apply -k "$deploy/k8s/overlays/dev"
kubectl "${context[@]}" -n $namespace rollout status statefulset/recsys-redis --timeout=180s
kubectl "${context[@]}" -n $namespace rollout status deployment/recsys --timeout=300s
echo "Running. Reach it with: kubectl ${context[*]} -n $namespace port-forward service/recsys 8080:80"
