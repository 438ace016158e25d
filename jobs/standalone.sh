#!/usr/bin/env bash
# A command on a standalone cluster:  jobs/standalone.sh spark://HOST:7077 convert --input ... --prior ... --home ...
# SPARK_HOME is a Spark 3.5 of Scala 2.12. Pictures, models and homes lie where every worker finds them by the same path.
# DEPLOY_MODE=cluster has a worker start the driver: then JAR is a path or URI that every worker reaches, and since the exit code is
# only 0 or 255, --result-file tells how it ended. GPUs: CONF=conf/spark-gpu.conf, with the discovery script's path on every worker.
set -euo pipefail
cd "$(dirname "$0")/.."

master=$1
shift
# A driver that a worker starts may not find the log settings: then Spark logs as it does by itself.
exec "$SPARK_HOME/bin/spark-submit" --master "$master" --deploy-mode "${DEPLOY_MODE:-client}" --name "rela-$1" \
  --properties-file "${CONF:-conf/spark-cpu.conf}" --conf spark.standalone.submit.waitAppCompletion=true \
  --class io.rela.cli.Main "${JAR:-$PWD/target/rela-convert.jar}" "$@"
