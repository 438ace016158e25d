#!/usr/bin/env bash
# A command on YARN:  jobs/yarn.sh convert --input hdfs:///photos --prior hdfs:///models/resnet50 --home hdfs:///photos-rela
# SPARK_HOME is a Spark 3.5 of Scala 2.12, HADOOP_CONF_DIR the cluster's settings; nodes have a JDK 17.
# A Spark 4 wants JAR=target/rela-convert-spark4.jar.
# DEPLOY_MODE=cluster has a node run the driver; the exit code is then only 0 or 1, and --result-file tells how the command ended.
# GPUs: CONF=conf/spark-gpu.conf; its discovery script travels along.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${DEPLOY_MODE:-client}
# Files that travel along lie in each container's working folder, without conf/. YARN would start a command that failed a second time.
[ "$mode" = client ] && log=conf/log4j2.properties || log=log4j2.properties
exec "$SPARK_HOME/bin/spark-submit" --master yarn --deploy-mode "$mode" --name "rela-$1" \
  --properties-file "${CONF:-conf/spark-cpu.conf}" --files conf/log4j2.properties,conf/gpu-discovery.sh \
  --conf spark.driver.extraJavaOptions="-Dlog4j2.configurationFile=$log" \
  --conf spark.executor.extraJavaOptions=-Dlog4j2.configurationFile=log4j2.properties \
  --conf spark.yarn.appMasterEnv.LC_ALL=C.UTF-8 --conf spark.yarn.maxAppAttempts=1 \
  --class io.rela.cli.Main "${JAR:-target/rela-convert.jar}" "$@"
