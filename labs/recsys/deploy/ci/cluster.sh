#!/usr/bin/env bash
# Drive the rollout: cluster.sh start|continue PHASE. Ends well once the rollout is in PHASE (Paused, Healthy), and with
# status 1 as soon as it is Degraded: then Argo Rollouts has already sent all traffic back.
# CLUSTER_SERVER, CLUSTER_CA (base64) and CLUSTER_TOKEN say which cluster; where the cloud has OIDC, use that instead.
set -euo pipefail
umask 077
namespace=recsys
folder=$(cd "$(dirname "$0")" && pwd)
KUBECONFIG=$(mktemp)
export KUBECONFIG
trap 'rm -f "$KUBECONFIG"' EXIT
# Written by the shell itself: as arguments of a program, secrets would show in the process list.
cat >"$KUBECONFIG" <<CONFIG
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "$CLUSTER_SERVER", certificate-authority-data: "$CLUSTER_CA"}}]
users: [{name: u, user: {token: "$CLUSTER_TOKEN"}}]
contexts: [{name: x, context: {cluster: c, user: u, namespace: $namespace}}]
current-context: x
CONFIG

get() { kubectl get "$1" recsys --output "jsonpath=$2"; }

case $1 in
  start) kubectl apply --server-side --kustomize "$folder/argo" ;;
  # What `kubectl argo rollouts promote` does, without a plugin to download.
  continue) kubectl patch rollout recsys --subresource status --type merge --patch '{"status":{"pauseConditions":null}}' ;;
  *) echo "cluster.sh start|continue PHASE" >&2; exit 2 ;;
esac

phase=unobserved
deadline=$((SECONDS + 9000))
while [ $SECONDS -lt $deadline ]; do
  sleep 10
  # The controller must have seen this release before its phase says anything about it.
  [ "$(get rollout '{.status.workloadObservedGeneration}')" = "$(get deployment '{.metadata.generation}')" ] || continue
  phase=$(get rollout '{.status.phase}')
  case $phase in
    "$2") echo "$phase"; exit 0 ;;
    Degraded) get rollout '{.status.message}' >&2; exit 1 ;;
  esac
done
echo "still $phase after $SECONDS s" >&2
exit 1
