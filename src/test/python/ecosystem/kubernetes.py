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

from cluster import Cluster, Image

ROOT, WORK, JAR, SPARK = (Path(os.environ[name]) for name in ("RELA_ROOT", "RELA_WORK", "RELA_JAR", "SPARK_HOME"))
JOBS = ROOT / "jobs/kubernetes"
VERSION = "1.33"
JAR_IN_IMAGE = "local:///opt/rela/rela-convert.jar"
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


def submission(name: str, job: dict, address: str, more: dict[str, str], command: list[str] | None = None) -> dict:
    """The Job's pod, for this machine: its own command line, one executor, this cluster's address, and more options of Spark."""
    template = json.loads(json.dumps(job["spec"]["template"]))
    (container,) = template["spec"]["containers"]
    at = container["args"].index(JAR_IN_IMAGE)
    conf = {"spark.kubernetes.driver.master": address, "spark.executor.instances": "1", **more}
    options = [part for key, value in conf.items() for part in ("--conf", f"{key}={value}")]
    container["args"] = [*container["args"][:at], *options, *(command or container["args"][at:])]
    container["env"].append({"name": "MASTER", "value": f"k8s://{address}"})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": template["spec"]}


def stopped(cluster: Cluster, job: dict, held: Path) -> None:
    """A Job that is stopped while its executor works stops its driver, and leaves nothing visible."""
    cluster.put("pods", submission("first", job, cluster.url, {}))
    cluster.await_(
        lambda: "first" in cluster.codes or any(cluster.phase(name(pod)) == "Running" for pod in made(cluster, "first"))
    )
    assert "first" not in cluster.codes, cluster.log("first")[-3000:]
    cluster.delete("pods", "first")
    assert cluster.end("first") == 143, cluster.log("first")[-3000:]
    assert cluster.end("first-driver") == 143, cluster.log("first-driver")[-3000:]
    assert not (held / "photos-rela/targets").exists() and not (held / "photos-rela/manifest.json").exists()


def converted(cluster: Cluster, job: dict, held: Path) -> dict:
    """The same Job to its end: all pictures, by an executor, as the image's user."""
    cluster.put("pods", submission("second", job, cluster.url, {}))
    code = cluster.end("second")
    assert code == 0, f"{code}: {cluster.log('second')[-3000:]}"
    result = json.loads((held / "results/convert.json").read_text())
    counts = result["record"]["result"]["counts"]
    assert result["outcome"] == "done" and counts["converted"] == 636, result
    assert made(cluster, "second"), "the driver asked for no executor"
    (driver,) = (thing for thing in cluster.made if name(thing) == "second-driver")
    assert driver["spec"]["terminationGracePeriodSeconds"] == 120, "the driver's template was not taken"
    assert {file.stat().st_uid for file in (held / "photos-rela/targets").iterdir()} == {185}
    assert "INFO SparkContext" not in cluster.log("second-driver"), "the image's log settings were not found"
    return counts


def refused(cluster: Cluster, job: dict) -> None:
    """A settings error comes back as the Job's own exit code, by which its policy ends it."""
    arguments = job["spec"]["template"]["spec"]["containers"][0]["args"]
    command = [*arguments[arguments.index(JAR_IN_IMAGE) :], "--dimensions", "-1"]
    cluster.put("pods", submission("third", job, cluster.url, {}, command))
    assert cluster.end("third") == 2, cluster.log("third")[-3000:]


def graphics(cluster: Cluster, job: dict, application: dict) -> None:
    """Executors of the GPU's application ask Kubernetes for a GPU each, and wait, since there is none here."""
    spec = application["spec"]
    command = [spec["mainApplicationFile"], *spec["arguments"], "--if-exists", "overwrite"]
    sizes = {f"spark.executor.{key}": str(spec["executor"][key]) for key in ("cores", "memory", "memoryOverhead")}
    cluster.put("pods", submission("fourth", job, cluster.url, {**spec["sparkConf"], **sizes}, command))
    cluster.await_(lambda: "fourth" in cluster.codes or made(cluster, "fourth"))
    assert made(cluster, "fourth"), cluster.log("fourth-driver")[-3000:]
    for pod in made(cluster, "fourth"):
        (container,) = pod["spec"]["containers"]
        assert container["resources"]["limits"]["nvidia.com/gpu"] == "1", container["resources"]
        given = {item["name"]: item.get("value") for item in container["env"]}
        assert given["PYTORCH_LIBRARY_PATH"] == spec["sparkConf"]["spark.executorEnv.PYTORCH_LIBRARY_PATH"], given
    cluster.delete("pods", "fourth")
    cluster.end("fourth")


def made(cluster: Cluster, submitted: str) -> list[dict]:
    """The executors' pods of a submission."""
    return cluster.executors(f"{submitted}-driver")


def name(pod: dict) -> str:
    """A pod's name."""
    return pod["metadata"]["name"]


def main() -> None:
    things = manifests()
    schemas(things)
    agreement(things)
    layout()
    if os.geteuid() != 0:
        print("only root can rebuild the image's file system; the manifests hold")
        sys.exit(77)
    image = Image(JOBS / "Dockerfile", ROOT, SPARK, WORK / "image")
    held = data()
    job = things["job.yaml Job"]
    with Cluster(image, {"rela-data": held}, WORK / "cluster") as cluster:
        stopped(cluster, job, held)
        counts = converted(cluster, job, held)
        refused(cluster, job)
        graphics(cluster, job, things["sparkapplication-gpu.yaml SparkApplication"])
        for thing in cluster.made:
            try:
                validate(thing)
            except Exception as problem:
                raise AssertionError(f"{thing['kind']} {name(thing)} as Spark made it: {problem}") from problem
        pods = sum(thing["kind"] == "Pod" for thing in cluster.made)
    print(f"{len(things)} manifests and {pods} pods valid, stopped, then converted {counts['converted']}; code 2 came back")


if __name__ == "__main__":
    main()
