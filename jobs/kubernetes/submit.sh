#!/usr/bin/env bash
# submit.sh [SPARK OPTIONS] JAR COMMAND [OPTIONS], in a pod: submits in cluster mode, waits, and ends as the driver ended.
# By itself spark-submit ends with 0 whatever becomes of the driver, and leaves the driver running when it is stopped.
# POD and NAMESPACE are this pod's; MASTER is the API server, GRACE the seconds that a driver gets to end.
set -uo pipefail

master=${MASTER:-k8s://https://kubernetes.default.svc}
driver=$POD-driver
log=$(mktemp)
status=$(mktemp)
submit=$SPARK_HOME/bin/spark-submit

{
  "$submit" --master "$master" --deploy-mode cluster --conf spark.kubernetes.namespace="$NAMESPACE" \
    --conf spark.kubernetes.driver.pod.name="$driver" "$@" 2>&1
  echo $? >"$status"
} | tee "$log" &

stop() {
  trap '' TERM
  echo "submit.sh: stopping $driver; what it has done stays, and the same command goes on from there" >&2
  said=$("$submit" --master "$master" --kill "$NAMESPACE:$driver" \
    --conf spark.kubernetes.appKillPodDeletionGracePeriod="${GRACE:-60}" 2>&1)
  echo "$said" >&2
  # Where there is no driver yet, none is to be made any more.
  if [[ $said != *'not found'* ]]; then
    until [ -s "$status" ] || grep -q 'exit code: ' "$log"; do sleep 1; done
  fi
  kill 0
  exit 143
}
trap stop TERM

wait
submitted=$(cat "$status")
[ "$submitted" = 0 ] || exit "${submitted:-1}"
code=$(sed -n 's/^[[:space:]]*exit code: \([0-9]*\)$/\1/p' "$log" | tail -n 1)
if [ -z "$code" ]; then
  echo "submit.sh: what became of $driver is not known: its pod is gone. The same command goes on from what it had." >&2
fi
exit "${code:-1}"
