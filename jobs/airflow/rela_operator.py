"""For Airflow: submits one command of rela-convert and returns how it ended; waits for a learner."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import BaseSensorOperator, Context, ObjectStoragePath
from airflow.sdk.exceptions import AirflowException, AirflowFailException

# Exit codes that the same command would end with again: settings, rejects, another home, no device.
FINAL = frozenset({2, 4, 5, 6})


class RelaOperator(SparkSubmitOperator):
    """Runs ``spark-submit rela-convert.jar COMMAND``, and returns the command's result file as a dictionary.

    The task fails for good, without a retry, where the result says that the same command would end the same way again
    (``retryable: false``), or, where no result can be read, by exit codes 2, 4, 5 and 6. Everything else may be retried:
    commands go on from what they have, and change nothing where all is done.

    :param command: ``convert``, ``score``, ``select``, ``distill``, ... (templated)
    :param options: the command's options without their dashes; true makes a flag; None, false and an empty text leave an
        option out (templated)
    :param results: URI of a folder for result files, which both the driver and the Airflow worker reach (templated)
    :param results_conn_id: Airflow connection that opens ``results``, where its file system needs one
    :param partition: key of the partition that the task makes of each asset in its outlets, such as the epoch (templated)
    :param kwargs: of SparkSubmitOperator; ``application`` is the jar's path
    """

    template_fields: Sequence[str] = (*SparkSubmitOperator.template_fields, "command", "options", "results", "partition")

    def __init__(
        self,
        *,
        command: str,
        options: Mapping[str, Any],
        results: str,
        results_conn_id: str | None = None,
        partition: str | int | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("name", f"rela-{command}")
        super().__init__(**kwargs)
        self.command = command
        self.options = options
        self.results = results
        self.results_conn_id = results_conn_id
        self.partition = partition

    def execute(self, context: Context) -> dict[str, Any]:
        if shutil.which(self._spark_binary or "spark-submit", path=(self.env_vars or {}).get("PATH")) is None:
            raise AirflowFailException(
                "There is no spark-submit on the worker's PATH (the provider brings none): install a Spark 3.5 of Scala "
                "2.12, and set SPARK_HOME to it and PATH to its bin folder."
            )
        file = self._result_file(context, context["ti"].try_number)
        if file.protocol in ("", "file"):
            file.parent.mkdir(parents=True, exist_ok=True)
        self.application_args = [self.command, *arguments(self.options), "--result-file", str(file)]
        failure = None
        try:
            super().execute(context)
        except AirflowFailException:
            raise
        except Exception as problem:
            failure = problem
        result = self._read(file)
        if result is None and failure is not None:
            if exit_code(str(failure)) in FINAL:
                raise AirflowFailException(f"{self.command} left no result file; its log has the message. {failure}") from failure
            raise failure
        if result is None and self.durable:
            # A try that found the job of an earlier one running: that one's file was asked for.
            earlier = range(context["ti"].try_number - 1, 0, -1)
            result = next(filter(None, (self._read(self._result_file(context, number)) for number in earlier)), None)
        if result is None:
            raise AirflowFailException(
                f"spark-submit ended well, but this worker finds no {file}: let results name a folder that both it and the "
                "driver reach."
            )
        # Where the cluster runs the driver, what spark-submit ends with says little: 0 for a failure on standalone clusters and
        # Kubernetes.
        if result["exit"] != 0:
            kind = AirflowException if result["retryable"] else AirflowFailException
            raise kind(f"{self.command} ended with {result['exit']}: {result['message']}") from failure
        self.log.info("%s: %s", result["outcome"], result["message"])
        self._publish(context, result)
        return result

    def _result_file(self, context: Context, try_number: int) -> ObjectStoragePath:
        """One file per try: no try takes the result of another for its own."""
        ti = context["ti"]
        # HDFS refuses colons, which run ids have.
        parts = [re.sub(r"[^A-Za-z0-9._-]", "-", part) for part in (ti.dag_id, ti.run_id, ti.task_id)]
        index = "" if ti.map_index is None or ti.map_index < 0 else f"-{ti.map_index}"
        folder = ObjectStoragePath(self.results, conn_id=self.results_conn_id)
        return folder / parts[0] / parts[1] / f"{parts[2]}{index}-try{try_number}.json"

    def _read(self, file: ObjectStoragePath) -> dict[str, Any] | None:
        try:
            return json.loads(file.read_text())
        except FileNotFoundError:
            return None

    def _publish(self, context: Context, result: Mapping[str, Any]) -> None:
        """Tells the schedule of who waits for the outlets about the partition.

        A command that found everything there has made nothing to tell of, except in a later try: then the earlier one may
        have been cut off before it could tell.
        """
        if self.partition is None:
            return
        if result["outcome"] != "done" and context["ti"].try_number == 1:
            # An outlet without a partition would be told of, too.
            self.outlets = []
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = {"table": result.get("table"), "outcome": result["outcome"]}
            context["outlet_events"][outlet].add_partitions(str(self.partition))


class CheckpointSensor(BaseSensorOperator):
    """Waits for a learner's file; between two looks nobody holds a slot.

    :param uri: of the file, on any file system; ``builtin:`` learners are always there (templated)
    :param uri_conn_id: Airflow connection that opens it, where its file system needs one
    :param kwargs: of BaseSensorOperator
    """

    template_fields: Sequence[str] = ("uri",)

    def __init__(self, *, uri: str, uri_conn_id: str | None = None, **kwargs: Any) -> None:
        super().__init__(**{"mode": "reschedule", **kwargs})
        self.uri = uri
        self.uri_conn_id = uri_conn_id

    def poke(self, context: Context) -> bool:
        return self.uri.startswith("builtin:") or ObjectStoragePath(self.uri, conn_id=self.uri_conn_id).exists()


def arguments(options: Mapping[str, Any]) -> list[str]:
    """The options as a command line."""
    line = []
    for name, value in options.items():
        if value is True:
            line.append(f"--{name}")
        elif value is not None and value is not False and value != "":
            line += [f"--{name}", str(value)]
    return line


def exit_code(message: str) -> int | None:
    """The driver's exit code as the provider's hook tells it, or None."""
    found = re.search(r"[Ss]park exit code is: (\d+)", message) or re.search(r"[Ee]rror code is: (\d+)", message)
    return int(found.group(1)) if found else None
