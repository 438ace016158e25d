#!/usr/bin/env bash
# A command on YARN:  jobs/yarn.sh convert --input hdfs:///photos --prior hdfs:///models/resnet50 --home hdfs:///photos-rela
# SPARK_HOME is a Spark 3.5 of Scala 2.12, HADOOP_CONF_DIR the cluster's settings; nodes have a JDK 17.
# The driver runs in the cluster, and the exit code is only 0 or 1: --result-file tells how it ended. DEPLOY_MODE=client keeps it here.
# GPUs: CONF=conf/spark-gpu.conf; its discovery script travels along.
set -euo pipefail
cd "$(dirname "$0")/.."

# Files lie beside each container's working folder, without conf/.
exec "$SPARK_HOME/bin/spark-submit" --master yarn --deploy-mode "${DEPLOY_MODE:-cluster}" --name "rela-$1" \
  --properties-file "${CONF:-conf/spark-cpu.conf}" --files conf/log4j2.properties,conf/gpu-discovery.sh \
  --conf spark.driver.extraJavaOptions=-Dlog4j2.configurationFile=log4j2.properties \
  --conf spark.executor.extraJavaOptions=-Dlog4j2.configurationFile=log4j2.properties \
  --conf spark.yarn.appMasterEnv.LC_ALL=C.UTF-8 \
  --class io.rela.cli.Main "${JAR:-target/rela-convert.jar}" "$@"
