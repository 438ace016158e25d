#!/usr/bin/env bash
# A command on a standalone cluster:  jobs/standalone.sh spark://HOST:7077 convert --input ... --prior ... --home ...
# SPARK_HOME is a Spark 3.5 of Scala 2.12. Pictures, models and homes lie where every worker finds them by the same path.
# A Spark 4 wants JAR=$PWD/target/rela-convert-spark4.jar.
# DEPLOY_MODE=cluster has a worker start the driver: JAR is then a path or URI that every worker reaches, and the exit code only 0 or 1
# (--result-file tells how it ended). GPUs: CONF=conf/spark-gpu.conf, with the discovery script's path on every worker.
set -euo pipefail
cd "$(dirname "$0")/.."

master=$1
shift
line=("$SPARK_HOME/bin/spark-submit" --master "$master" --name "rela-$1" --properties-file "${CONF:-conf/spark-cpu.conf}"
  --class io.rela.cli.Main)
jar=${JAR:-$PWD/target/rela-convert.jar}
if [ "${DEPLOY_MODE:-client}" = client ]; then
  exec "${line[@]}" "$jar" "$@"
fi
# spark-submit ends with 0 whatever becomes of such a driver; its log tells.
"${line[@]}" --deploy-mode cluster --conf spark.standalone.submit.waitAppCompletion=true "$jar" "$@" 2>&1 \
  | tee /dev/stderr | grep 'State of driver .* is FINISHED' >/dev/null
