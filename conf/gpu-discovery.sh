#!/usr/bin/env bash
# For spark.executor.resource.gpu.discoveryScript: the numbers of this machine's GPUs, as Spark wants them.
set -euo pipefail
gpus=$(nvidia-smi --query-gpu=index --format=csv,noheader | sed 's/.*/"&"/' | paste -sd, -)
printf '{"name": "gpu", "addresses": [%s]}\n' "$gpus"
