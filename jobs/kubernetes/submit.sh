#!/usr/bin/env bash
# submit.sh [SPARK OPTIONS] JAR COMMAND [OPTIONS], in a pod: submits in cluster mode, waits, and ends as the driver ended.
# By itself spark-submit ends with 0 whatever becomes of the driver, and leaves the driver running when it is stopped.
# POD and NAMESPACE are this pod's; MASTER is the API server, GRACE the seconds that a driver gets to end.
set -uo pipefail

master=${MASTER:-k8s://https://kubernetes.default.svc}
driver=$POD-driver
log=$(mktemp)
submit=$SPARK_HOME/bin/spark-submit

"$submit" --master "$master" --deploy-mode cluster \
  --conf spark.kubernetes.namespace="$NAMESPACE" --conf spark.kubernetes.driver.pod.name="$driver" "$@" > >(tee "$log") 2>&1 &
submission=$!

stop() {
  trap '' TERM
  echo "submit.sh: stopping $driver; what it has done stays, and the same command goes on from there" >&2
  "$submit" --master "$master" --kill "$NAMESPACE:$driver" --conf spark.kubernetes.appKillPodDeletionGracePeriod="${GRACE:-60}" >&2
  wait "$submission"
  exit 143
}
trap stop TERM

wait "$submission"
submitted=$?
[ "$submitted" = 0 ] || exit "$submitted"
code=$(sed -n 's/^[[:space:]]*exit code: \([0-9]*\)$/\1/p' "$log" | tail -n 1)
if [ -z "$code" ]; then
  echo "submit.sh: what became of $driver is not known: its pod is gone. The same command goes on from what it had." >&2
fi
exit "${code:-1}"
