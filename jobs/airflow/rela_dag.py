"""Targets once, then a subset of the pictures for each epoch: one DAG per dataset home, and one that trains by it.

Put this file and rela_operator.py into the DAG folder, and describe your homes in HOMES, or in the environment variable
RELA_HOMES as JSON of the same fields. Each home wants a pool of its name: airflow pools set rela_photos 4 "the home photos".
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, Param, PartitionedAssetTimetable, PartitionedAtRuntime, dag, task, task_group
from rela_operator import CheckpointSensor, RelaOperator


@dataclass(frozen=True)
class Home:
    """A dataset home, and what it is made of.

    ``learner`` is where the training leaves its checkpoints: a URI with ``{epoch}`` in it. The learner of epoch E is what the
    subset of epoch E is chosen by, so the one of epoch 0 has to be there first. ``test_home`` is a home of other labeled
    pictures: where there is one, each learner is probed on it beside its scoring.
    """

    home: str
    input: str
    prior: str
    learner: str
    results: str
    jar: str = "/opt/rela/rela-convert.jar"
    dimensions: int | None = None
    spark: str = "spark_default"
    properties: str | None = None
    test_home: str | None = None


HOMES = {
    "photos": Home(
        home="hdfs:///rela/photos",
        input="hdfs:///photos",
        prior="hdfs:///models/resnet50",
        learner="hdfs:///runs/photos/epoch{epoch}.pt",
        results="hdfs:///rela/results",
    )
}
if "RELA_HOMES" in os.environ:
    HOMES = {name: Home(**fields) for name, fields in json.loads(os.environ["RELA_HOMES"]).items()}

# All but learnable, which wants losses to compare with.
POLICIES = ["uniform", "cyclic", "infobatch", "orderdp", "seta", "ccs", "rcap", "importance", "middle", "hard", "easy"]


def define(name: str, home: Home) -> None:
    """The two DAGs of one home."""
    subsets = Asset(name=f"rela_{name}_subsets", uri=f"{home.home}/subsets")
    submit: dict[str, Any] = {
        "application": home.jar,
        "conn_id": home.spark,
        "properties_file": home.properties,
        "results": home.results,
        "pool": f"rela_{name}",
        # Commands resume by themselves. With durable=True, YARN's cluster mode wants yarn_track_via_rm_api, too.
        "durable": False,
    }

    @dag(
        dag_id=f"rela_{name}",
        schedule=PartitionedAtRuntime(),
        catchup=False,
        # Runs of other epochs work side by side; two of the same epoch do not meet: one is told that it is busy, and retries.
        max_active_runs=8,
        default_args={"retries": 5, "retry_delay": timedelta(minutes=1), "retry_exponential_backoff": True},
        params={
            "first_epoch": Param(0, type="integer", minimum=0, description="First epoch to choose pictures for"),
            "last_epoch": Param(0, type="integer", minimum=0, description="Last epoch, included"),
            "policy": Param("uniform", type="string", enum=POLICIES, description="By which rule"),
            "ratio": Param(0.5, type="number", exclusiveMinimum=0, maximum=1, description="Share of the pictures to keep"),
            "epochs": Param(
                None,
                type=["integer", "null"],
                minimum=1,
                description="Of the whole training, for policies that change at its end",
            ),
            "columns": Param("targets", type="string", enum=["index", "targets", "images"], description="How wide a subset is"),
            "seed": Param(0, type="integer", description="Of everything random"),
            "if_exists": Param(
                "error", type="string", enum=["error", "skip", "overwrite"], description="Of epochs that are there"
            ),
        },
        tags=["rela"],
    )
    def make() -> None:
        convert = RelaOperator(
            task_id="convert",
            command="convert",
            options={"home": home.home, "input": home.input, "prior": home.prior, "dimensions": home.dimensions},
            **submit,
        )

        @task
        def epochs(params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
            """The epochs of this run, each with its learner."""
            first, last = params["first_epoch"], params["last_epoch"]
            if last < first:
                raise ValueError(f"last_epoch {last} is before first_epoch {first}: give an epoch from {first} on.")
            return [{"epoch": epoch, "learner": home.learner.format(epoch=epoch)} for epoch in range(first, last + 1)]

        @task_group
        def subset(epoch: int, learner: str) -> None:
            wait = CheckpointSensor(task_id="wait", uri=learner, poke_interval=60, timeout=timedelta(days=2))
            score = RelaOperator(
                task_id="score",
                command="score",
                options={
                    "home": home.home,
                    "epoch": epoch,
                    "learner": learner,
                    "if-exists": "{{ params.if_exists }}",
                },
                **submit,
            )
            select = RelaOperator(
                task_id="select",
                command="select",
                options={
                    "home": home.home,
                    "epoch": epoch,
                    "policy": "{{ params.policy }}",
                    "ratio": "{{ params.ratio }}",
                    "epochs": "{{ params.epochs or '' }}",
                    "columns": "{{ params.columns }}",
                    "seed": "{{ params.seed }}",
                    "if-exists": "{{ params.if_exists }}",
                },
                outlets=[subsets],
                partition=epoch,
                **submit,
            )
            wait >> score >> select
            if home.test_home:
                wait >> RelaOperator(
                    task_id="probe",
                    command="probe",
                    options={"home": home.home, "test-home": home.test_home, "learner": learner},
                    **submit,
                )

        convert >> subset.expand_kwargs(epochs())

    @dag(
        dag_id=f"train_{name}",
        schedule=PartitionedAssetTimetable(assets=subsets),
        catchup=False,
        max_active_runs=1,
        tags=["rela"],
    )
    def train() -> None:
        @task
        def train_epoch(dag_run: Any = None) -> str:
            """Replace by your training: it reads the subset, trains, and leaves the next learner where home.learner says."""
            return f"{home.home}/subsets/epoch={dag_run.partition_key}"

        train_epoch()

    make()
    train()


for _name, _home in HOMES.items():
    define(_name, _home)
