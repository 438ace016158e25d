"""jobs/kubernetes: manifests by the published schemas, the image rebuilt without docker, its Job on a cluster of one machine.

The Job's own command submits to it in cluster mode; driver and executors run as the image's user, in the image's file system.
What pods Spark makes of the GPU's settings is looked at, too. cluster.py says what of Kubernetes is here and what is not.
"""

# needs: kubernetes spark demo

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

ROOT, WORK, JAR, SPARK = (Path(os.environ[name]) for name in ("RELA_ROOT", "RELA_WORK", "RELA_JAR", "SPARK_HOME"))
JOBS = ROOT / "jobs/kubernetes"
VERSION = "1.33"
OPERATOR = "sparkoperator.k8s.io/v1beta2"
WORDS = {"type": ("Java", "Python", "Scala", "R"), "mode": ("cluster", "client")}


def manifests() -> dict[str, dict]:
    """All objects of the folder's files, by file and kind."""
    import yaml

    found = {}
    for file in sorted(JOBS.glob("*.yaml")):
        for thing in yaml.safe_load_all(file.read_text()):
            found[f"{file.name} {thing['kind']}"] = thing
    return found


def validate(thing: dict) -> None:
    """By the schema of its kind, in which no unknown field may stand.

    :raises Exception: that tells the field
    """
    import kubernetes_validate
    from jsonschema import Draft202012Validator

    if thing["apiVersion"] != OPERATOR:
        kubernetes_validate.validate(thing, VERSION, strict=True)
        return
    import kubeflow_spark_api.models as models

    schema = strict(models.SparkV1beta2SparkApplication.model_json_schema(by_alias=True))
    Draft202012Validator(schema).validate(thing)
    for name, words in WORDS.items():
        assert thing["spec"][name] in words, f"{name} is {thing['spec'][name]}, not one of {words}"
    assert thing["spec"]["restartPolicy"]["type"] in ("Never", "Always", "OnFailure")


def strict(schema: object) -> object:
    """The schema, with unknown fields refused."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: strict(value) for key, value in schema.items()}
    if "properties" in changed and changed.get("type") == "object":
        changed["additionalProperties"] = False
    return changed


def schemas(things: dict[str, dict]) -> None:
    """Every manifest holds; a misspelt field and a wrong type do not."""
    for name, thing in things.items():
        try:
            validate(thing)
        except Exception as problem:
            raise AssertionError(f"{name}: {problem}") from problem
    job, application = things["job.yaml Job"], things["sparkapplication.yaml SparkApplication"]
    for broken in (
        {**job, "spec": {**job["spec"], "podFailurePolicies": {}}},
        {**job, "spec": {**job["spec"], "backoffLimit": "many"}},
        {**application, "spec": {**application["spec"], "sparkConfig": {}}},
        {**application, "spec": {**application["spec"], "arguments": "convert"}},
        {**application, "spec": {**application["spec"], "mode": "clustered"}},
    ):
        try:
            validate(broken)
        except Exception:
            continue
        raise AssertionError(f"the schemas take {broken['spec']}")


def agreement(things: dict[str, dict]) -> None:
    """What stands in two places is the same in both."""
    for name, conf in {"sparkapplication.yaml": "spark-cpu.conf", "sparkapplication-gpu.yaml": "spark-gpu.conf"}.items():
        spec = things[f"{name} SparkApplication"]["spec"]
        said = {**spec["sparkConf"], "spark.executor.cores": str(spec["executor"]["cores"])}
        said["spark.executor.memory"] = spec["executor"]["memory"]
        said["spark.executor.memoryOverhead"] = spec["executor"]["memoryOverhead"]
        lines = re.findall(r"(?m)^(spark\S+)\s+(.*)$", (ROOT / "conf" / conf).read_text())
        # Where spark-submit starts the driver it opens the modules itself.
        asked = {key: value.split(" -XX")[0] for key, value in lines}
        assert said == asked, f"{name} and conf/{conf} differ: {set(said.items()) ^ set(asked.items())}"
    final = set(things["job.yaml Job"]["spec"]["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"])
    retried = re.search(r"tried again later: codes ([\d, and]+)", (ROOT / "src/site/markdown/tables.md").read_text())
    assert final == set(range(1, 9)) - {int(code) for code in re.findall(r"\d", retried[1])}, final


def layout() -> None:
    """Where Dockerfile.gpu puts them, libtorch finds CUDA's libraries: beside each other, two folders up from its own."""
    text = (JOBS / "Dockerfile.gpu").read_text()
    copies = dict(re.findall(r"(?m)^COPY --from=torch /opt/pip/(\S+) (\S+)$", text))
    home = Path(copies.pop("torch/lib"))
    assert copies == {name: os.path.normpath(home / "../.." / name) for name in ("nvidia", "cusparselt")}, copies
    assert (
        f"PYTORCH_LIBRARY_PATH={home} " in text
        and f"PYTORCH_LIBRARY_PATH        {home}\n" in (ROOT / "conf/spark-gpu.conf").read_text()
    )


def data() -> Path:
    """What the claim rela-data holds: the demo's pictures and the built-in prior, by the names that the manifests use."""
    folder = WORK / "data"
    shutil.copytree(os.environ["RELA_PICTURES"], folder / "photos")
    (folder / "models/resnet50").mkdir(parents=True)
    (folder / "results").mkdir()
    with zipfile.ZipFile(JAR) as jar:
        for name in ("prior.pt", "serving.properties"):
            (folder / "models/resnet50" / name).write_bytes(jar.read(f"builtin/prior/{name}"))
    for part in (folder, *folder.rglob("*")):
        part.chmod(0o777 if part.is_dir() else 0o644)
    return folder


def submission(job: dict, cluster: object, name: str, more: dict[str, str], command: list[str] | None = None) -> dict:
    """The Job's pod, for this machine: its own command line, smaller executors, and this cluster's address."""
    template = json.loads(json.dumps(job["spec"]["template"]))
    (container,) = template["spec"]["containers"]
    at = container["args"].index("local:///opt/rela/rela-convert.jar")
    conf = {"spark.kubernetes.driver.master": f"k8s://{cluster.url}", "spark.executor.instances": "1", **more}
    options = [part for key, value in conf.items() for part in ("--conf", f"{key}={value}")]
    container["args"] = [*container["args"][:at], *options, *(command or container["args"][at:])]
    container["env"].append({"name": "MASTER", "value": f"k8s://{cluster.url}"})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": template["spec"]}


def main() -> None:
    things = manifests()
    schemas(things)
    agreement(things)
    layout()
    if os.geteuid() != 0:
        print("only root can rebuild the image's file system; manifests hold")
        sys.exit(77)
    from cluster import Cluster, Image

    image = Image(JOBS / "Dockerfile", ROOT, SPARK, WORK / "image")
    held = data()
    job = things["job.yaml Job"]
    with Cluster(image, {"rela-data": held}, WORK / "cluster") as cluster:

        cluster.put("pods", submission(job, cluster, "first", {}))
        print("ended", cluster.end("first"))


if __name__ == "__main__":
    main()
