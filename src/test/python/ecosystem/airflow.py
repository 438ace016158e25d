"""jobs/airflow in Airflow itself: dag.test() runs its tasks, each by a real spark-submit on real pictures.

Convert, then three epochs side by side, their results in XCom and their partitions told to the training's schedule; one again,
which changes nothing; a settings error, which is not tried again; a home that another command holds, which is.
"""

# needs: airflow spark demo

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
import zipfile
from datetime import timedelta
from pathlib import Path

ROOT, WORK, JAR = (Path(os.environ[name]) for name in ("RELA_ROOT", "RELA_WORK", "RELA_JAR"))
DAGS = WORK / "dags"
LEARNERS = ("early", "middle", "late")
COMMANDS = ("convert", "score", "select", "probe")
# Many small jobs: a JVM that starts fast, and few tasks.
SPARK = f"""
spark.driver.memory            512m
spark.driver.extraJavaOptions  -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dlog4j2.configurationFile={ROOT}/conf/log4j2.properties
spark.ui.enabled               false
spark.sql.shuffle.partitions   2
"""
# A DAG of one's own, whose command does not exist: it leaves no result file.
NONSENSE = """
from airflow.sdk import dag
from rela_operator import RelaOperator

@dag(schedule=None)
def nonsense():
    RelaOperator(task_id="nonsense", command="convrt", options={{}}, results="{results}", application="{jar}", retries=5)

nonsense()
"""


def prepare() -> None:
    """Pictures, learners, and the environment of an Airflow of its own, which has to stand before Airflow is imported."""
    shutil.copytree(ROOT / "jobs/airflow", DAGS, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in sorted(Path(os.environ["RELA_PICTURES"]).iterdir())[:4]:
        (WORK / "pictures" / folder.name).mkdir(parents=True)
        for file in sorted(folder.iterdir())[10:22]:
            shutil.copy(file, WORK / "pictures" / folder.name)
    with zipfile.ZipFile(JAR) as jar:
        for epoch, name in enumerate(LEARNERS):
            (WORK / f"epoch{epoch}.pt").write_bytes(jar.read(f"builtin/learner-{name}/learner.pt"))
    home = {
        "input": f"{WORK}/pictures",
        "prior": "builtin:prior",
        "learner": f"file://{WORK}/epoch{{epoch}}.pt",
        "results": f"file://{WORK}/results",
        "jar": str(JAR),
        "dimensions": 16,
        "properties": str(WORK / "spark.conf"),
    }
    (WORK / "spark.conf").write_text(SPARK)
    (DAGS / "nonsense.py").write_text(NONSENSE.format(jar=JAR, results=home["results"]))
    homes = {
        "photos": {**home, "home": f"file://{WORK}/photos", "test_home": f"file://{WORK}/photos"},
        "wrong": {**home, "home": f"file://{WORK}/wrong", "dimensions": -1},
        "busy": {**home, "home": f"file://{WORK}/busy"},
    }
    os.environ.update(
        AIRFLOW_HOME=str(WORK / "airflow"),
        AIRFLOW__CORE__DAGS_FOLDER=str(DAGS),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION="False",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{WORK}/airflow.db",
        AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
        AIRFLOW_CONN_SPARK_DEFAULT=json.dumps({"conn_type": "spark", "host": "local[2]"}),
        RELA_HOMES=json.dumps(homes),
        PATH=f"{os.environ['SPARK_HOME']}/bin{os.pathsep}{os.environ['PATH']}",
        OPT_OUT_TRACKING="true",
        LC_ALL="C.UTF-8",
    )


def lint() -> None:
    """No part of Airflow that has gone since version 3, and no warning where the DAG file is read."""
    ruff = Path(sys.executable).parent / "ruff"
    subprocess.run([ruff, "check", "--quiet", "--no-cache", "--isolated", "--select", "AIR3", DAGS], check=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sys.path.insert(0, str(DAGS))
        import rela_dag

    policies = (ROOT / "src/site/markdown/policies.md").read_text().split("<!-- policies")[1].split("<!-- end")[0]
    missing = [name for name in [*rela_dag.POLICIES, "learnable"] if f"| `{name}` |" not in policies]
    assert not missing, f"rela_dag.POLICIES names {missing}, which policies.md does not know"
    assert policies.count("\n| `") == len(rela_dag.POLICIES) + 1, "rela_dag.POLICIES lacks a policy of policies.md"


class Runs:
    """Runs DAGs of the folder, and tells what became of their tasks."""

    def __init__(self) -> None:
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(str(DAGS))
        assert not bag.import_errors, bag.import_errors
        self.dags = bag.dags

    def run(self, name: str, pattern: str | None = None, **params: object) -> dict[tuple[str, int], tuple]:
        """Runs a DAG to its end: (task, map index) to (state, tries, what it returned)."""
        from airflow.models.xcom import XComModel
        from airflow.settings import Session

        dag = self.dags[name]
        for task in dag.tasks:
            task.retry_delay, task.retry_exponential_backoff = timedelta(seconds=1), 0
        run = dag.test(run_conf=params, mark_success_pattern=pattern)
        session = Session()
        told = {
            (row.task_id, row.map_index): XComModel.deserialize_value(row)
            for row in session.query(XComModel).filter_by(dag_id=name, run_id=run.run_id, key="return_value")
        }
        return {
            (ti.task_id, ti.map_index): (ti.state, ti.try_number, told.get((ti.task_id, ti.map_index)))
            for ti in run.get_task_instances(session=session)
        }

    @staticmethod
    def partitions() -> list[str]:
        """Keys of the partitions that were told so far."""
        from airflow.models.asset import AssetEvent
        from airflow.settings import Session

        return sorted(str(event.partition_key) for event in Session().query(AssetEvent))


def results(tasks: dict[tuple[str, int], tuple]) -> dict[tuple[str, int], dict]:
    """What the commands returned; all tasks of the run have to have succeeded in their first try."""
    wrong = {key: value[:2] for key, value in tasks.items() if value[0] != "success" or value[1] != 1}
    assert not wrong, f"tasks that did not succeed at once: {wrong}"
    found = {key: value[2] for key, value in tasks.items() if key[0].rpartition(".")[2] in COMMANDS}
    return found


def epochs(runs: Runs) -> None:
    """Three epochs in one run, and one of them in another, which finds all done."""
    made = results(runs.run("rela_photos", last_epoch=2, policy="hard", ratio=0.5))
    assert len(made) == 10 and {value["outcome"] for value in made.values()} == {"done"}, made
    assert made["convert", -1]["record"]["result"]["counts"]["converted"] == 48, made["convert", -1]
    for epoch in range(3):
        selected = made["subset.select", epoch]
        assert selected["record"]["epoch"] == epoch and selected["record"]["counts"]["selected"] == 24, selected
        assert selected["table"].endswith(f"photos/subsets/epoch={epoch}"), selected
        probed = made["subset.probe", epoch]["record"]
        assert probed["test"]["samples"] == 48 and 0.5 < probed["accuracy"]["top1"] <= 1, probed
    assert runs.partitions() == ["0", "1", "2"], runs.partitions()

    again = results(runs.run("rela_photos", first_epoch=2, last_epoch=2, policy="hard", ratio=0.5))
    assert {key: value["outcome"] for key, value in again.items()} == {
        ("convert", -1): "unchanged",
        ("subset.probe", 0): "done",
        ("subset.score", 0): "unchanged",
        ("subset.select", 0): "unchanged",
    }, again
    before = [made[key]["record"] for key in (("convert", -1), *((f"subset.{task}", 2) for task in ("probe", "score", "select")))]
    assert [again[key]["record"] for key in sorted(again)] == before, (again, before)
    assert runs.partitions() == ["0", "1", "2"], f"what was unchanged was told again: {runs.partitions()}"


def training() -> None:
    """The training's schedule waits for exactly the partitions that were told."""
    from airflow.models.asset import AssetPartitionDagRun
    from airflow.settings import Session

    waiting = {(row.target_dag_id, row.partition_key) for row in Session().query(AssetPartitionDagRun)}
    assert waiting == {("train_photos", str(epoch)) for epoch in range(3)}, waiting


def settings(runs: Runs) -> None:
    """A settings error fails in its first try, though five more are allowed; one that leaves no result file as well."""
    tasks = runs.run("rela_wrong")
    assert tasks["convert", -1][:2] == ("failed", 1), tasks
    result = json.loads(next((WORK / "results/rela_wrong").rglob("convert-try1.json")).read_text())
    assert result["exit"] == 2 and not result["retryable"] and "--dimensions" in result["message"], result
    tasks = runs.run("nonsense")
    assert tasks["nonsense", -1][:2] == ("failed", 1), tasks
    assert not list((WORK / "results/nonsense").rglob("*.json"))


def busy(runs: Runs) -> None:
    """A home that a living command holds: the first try ends with 7, and one after the other's end finds the work done."""
    holder = subprocess.Popen(
        [
            *("spark-submit", "--master", "local[1]", "--properties-file", WORK / "spark.conf", JAR, "convert"),
            *("--home", f"file://{WORK}/busy", "--input", WORK / "pictures", "--prior", "builtin:prior", "--dimensions", "16"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (WORK / "busy/.rela/lock").exists():
            assert holder.poll() is None, f"the command that should hold the home ended with {holder.returncode}"
            time.sleep(0.05)
        holder.send_signal(signal.SIGSTOP)
        tries = []

        def retry(context: dict) -> None:
            tries.append(str(context["exception"]))
            holder.send_signal(signal.SIGCONT)
            holder.wait()

        runs.dags["rela_busy"].get_task("convert").on_retry_callback = [retry]
        tasks = runs.run("rela_busy", pattern=r"subset\..*")
        state, number, result = tasks["convert", -1]
        assert len(tries) == 1 and "convert ended with 7: busy" in tries[0], tries
        assert holder.returncode == 0, holder.returncode
        assert (state, number, result["outcome"]) == ("success", 2, "unchanged"), tasks
    finally:
        if holder.poll() is None:
            holder.kill()


def main() -> None:
    # Else this file would be what "import airflow" finds.
    sys.path.remove(str(Path(__file__).resolve().parent))
    prepare()
    migrate = [Path(sys.executable).parent / "airflow", "db", "migrate"]
    subprocess.run(migrate, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    logging.disable(logging.INFO)
    lint()
    runs = Runs()
    epochs(runs)
    training()
    settings(runs)
    busy(runs)
    print("3 epochs in XCom and as partitions, probed, rerun unchanged, settings error tried once, busy home twice")


if __name__ == "__main__":
    main()
