"""A Kubernetes cluster of one machine, as far as Spark sees one: an API over HTTP, and a kubelet that starts pods as processes.

The API keeps pods, services and config maps, and lets clients list and watch them; it asks for no rights and checks no object.
The kubelet starts each pod's container in a file system that is laid out as the Dockerfile says, with the pod's user,
environment, config maps, claims and service account, tells its state, and ends it by SIGTERM and, after its grace period,
SIGKILL. There is no scheduler, no limit of memory or cores, and no network: all pods share 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import yaml

NAMESPACE = "default"
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
# What the base image's entry point does, as its source says; it also has tini pass signals on, which exec does here.
ENTRYPOINT = """
case "$1" in
  driver) shift; exec "$SPARK_HOME/bin/spark-submit" --conf "spark.driver.bindAddress=$SPARK_DRIVER_BIND_ADDRESS" \
    --conf "spark.executorEnv.SPARK_DRIVER_POD_IP=$SPARK_DRIVER_BIND_ADDRESS" --deploy-mode client "$@" ;;
  executor) for v in "${!SPARK_JAVA_OPT_@}"; do options+=("${!v}"); done
    exec "$JAVA_HOME/bin/java" "${options[@]}" -Xms"$SPARK_EXECUTOR_MEMORY" -Xmx"$SPARK_EXECUTOR_MEMORY" \
    -cp "$SPARK_HOME/conf:$SPARK_HOME/jars/*:$PWD" org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend \
    --driver-url "$SPARK_DRIVER_URL" --executor-id "$SPARK_EXECUTOR_ID" --cores "$SPARK_EXECUTOR_CORES" \
    --app-id "$SPARK_APPLICATION_ID" --hostname "$SPARK_EXECUTOR_POD_IP" \
    --resourceProfileId "$SPARK_RESOURCE_PROFILE_ID" --podName "$SPARK_EXECUTOR_POD_NAME" ;;
  *) exec "$@" ;;
esac
"""


class Image:
    """The file system that a Dockerfile of FROM, COPY, ENV, RUN and USER lines makes, in a folder, on top of this machine's own.

    The base image's part is rebuilt from what its Dockerfile says: Spark below /opt/spark, user 185 without a home.
    """

    def __init__(self, dockerfile: Path, context: Path, spark: Path, folder: Path) -> None:
        self.root, self.user, self.log = folder, "root", folder.with_suffix(".log")
        java = Path(os.path.realpath("/usr/bin/java")).parents[1]
        self.env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "SPARK_HOME": "/opt/spark",
            "JAVA_HOME": str(java),
            "HOME": "/nonexistent",
        }
        # The one thing that is not in the image: small JVMs start faster so.
        self.env["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
        self.mounts = [(part, part) for part in ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/dev", "/proc", "/sys")]
        self.mounts += [(str(spark / part), f"/opt/spark/{part}") for part in ("bin", "jars", "sbin")]
        self.mounts = [(source, target) for source, target in self.mounts if os.path.exists(source)]
        passwd, self.hosts = folder.with_suffix(".passwd"), folder.with_suffix(".hosts")
        passwd.write_text("root:x:0:0::/root:/bin/bash\nspark:x:185:185::/nonexistent:/bin/sh\n")
        self.hosts.write_text(f"127.0.0.1 localhost {socket.gethostname()}\n")
        self.mounts += [(str(passwd), "/etc/passwd"), (str(self.hosts), "/etc/hosts")]
        for name, mode in {"tmp": 0o1777, "opt/spark/work-dir": 0o777, "opt/spark/conf": 0o755, "var/data": 0o777}.items():
            (folder / name).mkdir(parents=True)
            (folder / name).chmod(mode)
        for line in re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", dockerfile.read_text())).splitlines():
            self.apply(line.strip(), context)

    def apply(self, line: str, context: Path) -> None:
        """One line of the Dockerfile."""
        if not line:
            return
        word, rest = line.split(None, 1)
        if word == "FROM":
            assert re.fullmatch(r"apache/spark:3\.5\.\d+-scala2\.12-java17-ubuntu", rest), rest
        elif word == "ENV":
            self.env.update(item.split("=", 1) for item in shlex.split(rest))
        elif word == "USER":
            self.user = rest
        elif word == "COPY":
            *sources, target = rest.split()
            place = self.root / target.lstrip("/")
            if target.endswith("/") or (context / sources[0]).is_dir():
                place.mkdir(parents=True, exist_ok=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            for source in sources:
                # As docker does, a folder's content is copied.
                part = f"{context / source}/." if (context / source).is_dir() else str(context / source)
                subprocess.run(["cp", "-R", "--preserve=mode", part, place], check=True)
        elif word == "RUN":
            with self.log.open("ab") as log:
                done = self.start(["bash", "-c", rest], {}, [], log).wait()
            assert done == 0, f"RUN {rest}: {self.log.read_text()[-3000:]}"
        else:
            raise AssertionError(f"{word} is a line that Image does not know")

    def start(
        self, command: list[str], env: dict[str, str], mounts: list[tuple[str, str]], log: object, user: str | None = None
    ) -> subprocess.Popen:
        """Starts a process in the image, with only the given environment beside the image's own."""
        user = user or self.user
        number = "0" if user == "root" else user
        lines = ["set -e"]
        for source, target in [*self.mounts, *mounts]:
            place = shlex.quote(f"{self.root}{target}")
            make = (
                f"mkdir -p {place}" if os.path.isdir(source) else f"mkdir -p $(dirname {place}); [ -e {place} ] || touch {place}"
            )
            lines += [make, f"mount --rbind {shlex.quote(source)} {place}"]
        become = ["chroot", str(self.root), "setpriv", "--reuid", number, "--regid", number, "--clear-groups"]
        variables = [f"{name}={value}" for name, value in {**self.env, **env}.items()]
        inside = ["env", "-i", *variables, "bash", "-c", 'cd /opt/spark/work-dir; exec "$@"', "-", *command]
        lines.append(f"exec {shlex.join([*become, *inside])}")
        return subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "bash", "-c", "\n".join(lines)],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


class Cluster:
    """The API and the kubelet. Use as a context; at its end all pods are ended."""

    def __init__(self, image: Image, claims: dict[str, Path], folder: Path) -> None:
        self.image, self.claims, self.folder = image, claims, folder
        self.changed = threading.Condition()
        self.objects: dict[tuple[str, str], dict] = {}
        self.events: list[tuple[str, str, dict]] = []
        self.made: list[dict] = []
        self.processes: dict[str, subprocess.Popen] = {}
        self.codes: dict[str, int] = {}
        self.leaving: set[str] = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"cluster": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        account = folder / "account"
        account.mkdir(parents=True)
        (account / "token").write_text("token")
        (account / "namespace").write_text(NAMESPACE)
        authorities = Path("/etc/ssl/certs/ca-certificates.crt").read_text()
        (account / "ca.crt").write_text(authorities[: authorities.index("-----END CERTIFICATE-----") + 26])

    def __enter__(self) -> Cluster:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            # What a script has started may outlive it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.server.shutdown()
        self.server.server_close()

    def put(self, kind: str, thing: dict) -> dict:
        """Makes or replaces an object, and tells the watchers."""
        with self.changed:
            name = thing["metadata"]["name"]
            new = (kind, name) not in self.objects
            thing["metadata"].update(namespace=NAMESPACE, resourceVersion=str(len(self.events) + 1))
            thing["metadata"].setdefault("uid", f"uid-{kind}-{name}")
            thing["metadata"].setdefault("creationTimestamp", "2026-01-01T00:00:00Z")
            if kind == "pods" and new:
                thing["status"] = {"phase": "Pending"}
            if new:
                self.made.append(json.loads(json.dumps(thing)))
            self.objects[kind, name] = thing
            self.events.append((kind, "ADDED" if new else "MODIFIED", json.loads(json.dumps(thing))))
            if kind == "services" and new:
                with self.image.hosts.open("a") as hosts:
                    hosts.write(f"127.0.0.1 {name} {name}.{NAMESPACE}.svc\n")
            self.changed.notify_all()
        if kind == "pods" and new:
            threading.Thread(target=self.kubelet, args=(thing,), daemon=True).start()
        return thing

    def delete(self, kind: str, name: str, grace: int | None = None) -> dict | None:
        """Deletes an object; a pod by SIGTERM, and by SIGKILL after its grace period."""
        with self.changed:
            thing = self.objects.get((kind, name))
            process = self.processes.get(name) if kind == "pods" else None
            self.leaving.add(name)
        if process is not None and process.poll() is None:
            seconds = grace if grace is not None else thing["spec"].get("terminationGracePeriodSeconds", 30)
            process.send_signal(signal.SIGTERM)
            killer = threading.Timer(seconds, lambda: process.poll() is None and process.kill())
            # The program ends without waiting for the grace period of a pod that is gone.
            killer.daemon = True
            killer.start()
        elif thing is not None:
            self.gone(kind, thing)
        return thing

    def gone(self, kind: str, thing: dict) -> None:
        """Forgets an object, tells the watchers, and deletes what it owned."""
        with self.changed:
            if self.objects.pop((kind, thing["metadata"]["name"]), None) is None:
                return
            thing["metadata"]["resourceVersion"] = str(len(self.events) + 1)
            self.events.append((kind, "DELETED", thing))
            self.changed.notify_all()
            owned = [
                key
                for key, other in self.objects.items()
                if any(owner["uid"] == thing["metadata"]["uid"] for owner in other["metadata"].get("ownerReferences", []))
            ]
        for key in owned:
            self.delete(*key)

    def kubelet(self, pod: dict) -> None:
        """Runs a pod to its end. One that asks for a GPU waits for ever: there is none here."""
        name, spec = pod["metadata"]["name"], pod["spec"]
        (container,) = spec["containers"]
        self.tell(pod, "Pending", {"waiting": {"reason": "ContainerCreating"}})
        if any("/" in resource for resource in container.get("resources", {}).get("limits", {})):
            return
        process = self.run(name, spec, container, pod["metadata"])
        with self.changed:
            self.processes[name] = process
        self.tell(pod, "Running", {"running": {"startedAt": "2026-01-01T00:00:00Z"}})
        code = process.wait()
        code = code if code >= 0 else 128 - code
        with self.changed:
            self.codes[name] = code
        ended = {"exitCode": code, "reason": "Completed" if code == 0 else "Error", "finishedAt": "2026-01-01T00:00:01Z"}
        self.tell(pod, "Succeeded" if code == 0 else "Failed", {"terminated": {**ended, "startedAt": "2026-01-01T00:00:00Z"}})
        if name in self.leaving:
            self.gone("pods", pod)

    def run(self, name: str, spec: dict, container: dict, metadata: dict) -> subprocess.Popen:
        """Starts a container's process."""
        fields = {"metadata.name": name, "metadata.namespace": NAMESPACE, "status.podIP": "127.0.0.1", "spec.nodeName": "here"}
        env = {
            item["name"]: item["value"] if "value" in item else fields[item["valueFrom"]["fieldRef"]["fieldPath"]]
            for item in container.get("env", [])
        }
        volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
        mounts = [(str(self.folder / "account"), ACCOUNT)]
        for mount in container.get("volumeMounts", []):
            volume = volumes[mount["name"]]
            place = self.folder / name / mount["name"]
            if "persistentVolumeClaim" in volume:
                place = self.claims[volume["persistentVolumeClaim"]["claimName"]]
            else:
                place.mkdir(parents=True, exist_ok=True)
                place.chmod(0o777)
            if "configMap" in volume:
                # Spark makes it after the pod that mounts it.
                source = ("configmaps", volume["configMap"]["name"])
                self.await_(lambda source=source: source in self.objects)
                for key, text in self.objects[source]["data"].items():
                    (place / key).write_text(text)
            mounts.append((str(place), mount["mountPath"]))
        user = {**spec.get("securityContext", {}), **container.get("securityContext", {})}.get("runAsUser")
        command = container.get("command") or ["bash", "-c", ENTRYPOINT, "entrypoint"]
        with (self.folder / f"{name}.log").open("wb") as log:
            return self.image.start([*command, *container.get("args", [])], env, mounts, log, None if user is None else str(user))

    def tell(self, pod: dict, phase: str, state: dict) -> None:
        """Sets a pod's state; that of one whose deletion was asked for ends with it."""
        (container,) = pod["spec"]["containers"]
        status = {"name": container["name"], "image": container["image"], "state": state, "ready": phase == "Running"}
        ready = {"type": "Ready", "status": str(phase == "Running")}
        address = {"podIP": "127.0.0.1", "hostIP": "127.0.0.1"}
        pod["status"] = {"phase": phase, **address, "conditions": [ready], "containerStatuses": [status]}
        self.put("pods", pod)

    def await_(self, condition: object) -> None:
        """Waits until a condition holds, which is looked at after each change."""
        with self.changed:
            assert self.changed.wait_for(condition, timeout=240), "the cluster did not come to what was waited for"

    def end(self, name: str) -> int:
        """Waits for a pod to end, and returns its container's exit code."""
        self.await_(lambda: name in self.codes)
        return self.codes[name]

    def phase(self, name: str) -> str | None:
        """A pod's phase, or None where there is no such pod."""
        return self.objects.get(("pods", name), {}).get("status", {}).get("phase")

    def executors(self, driver: str) -> list[dict]:
        """The executors' pods that a driver has had made, as Spark asked for them."""
        return [
            thing
            for thing in self.made
            if thing["kind"] == "Pod"
            and thing["metadata"].get("labels", {}).get("spark-role") == "executor"
            and any(owner["name"] == driver for owner in thing["metadata"].get("ownerReferences", []))
        ]

    def log(self, name: str) -> str:
        """What a pod has said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cluster: Cluster

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def parts(self) -> tuple[str, str | None, dict[str, list[str]]]:
        url = urlsplit(self.path)
        found = re.fullmatch(rf"/api/v1/namespaces/{NAMESPACE}/(\w+)(?:/([\w.-]+))?", url.path)
        assert found, self.path
        return found[1], found[2], parse_qs(url.query)

    def body(self) -> dict:
        return yaml.safe_load(self.rfile.read(int(self.headers.get("Content-Length") or 0))) or {}

    def answer(self, code: int, thing: dict) -> None:
        data = json.dumps(thing).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def missing(self, name: str | None) -> None:
        self.answer(404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404, "message": f"{name} not found"})

    def chosen(self, kind: str, query: dict[str, list[str]]) -> object:
        """A test of an object by the query's selectors."""
        labels, fields = (
            [re.fullmatch(r"(.+?)(!?)==?(.*)", item).groups() for item in ",".join(query.get(name, [])).split(",") if item]
            for name in ("labelSelector", "fieldSelector")
        )

        def test(thing: dict) -> bool:
            mine = {"metadata.name": thing["metadata"]["name"], **thing["metadata"].get("labels", {})}
            return all((mine.get(key) == value) != bool(negated) for key, negated, value in [*labels, *fields])

        return test

    def do_GET(self) -> None:
        kind, name, query = self.parts()
        test = self.chosen(kind, query)
        if name is not None:
            thing = self.cluster.objects.get((kind, name))
            self.answer(200, thing) if thing else self.missing(name)
        elif query.get("watch") == ["true"] and "Upgrade" not in self.headers:
            self.watch(kind, test, int(query.get("resourceVersion", ["0"])[0] or 0))
        else:
            with self.cluster.changed:
                found = [thing for (of, _), thing in self.cluster.objects.items() if of == kind and test(thing)]
                version = str(len(self.cluster.events))
            names = {"pods": "PodList", "services": "ServiceList", "configmaps": "ConfigMapList"}
            listed = names.get(kind, "List")
            self.answer(200, {"kind": listed, "apiVersion": "v1", "metadata": {"resourceVersion": version}, "items": found})

    def watch(self, kind: str, test: object, seen: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while True:
                with self.cluster.changed:
                    while len(self.cluster.events) <= seen:
                        self.cluster.changed.wait()
                    fresh, seen = self.cluster.events[seen:], len(self.cluster.events)
                for of, what, thing in fresh:
                    if of == kind and test(thing):
                        data = json.dumps({"type": what, "object": thing}).encode() + b"\n"
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                        self.wfile.flush()
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:
        kind, _, _ = self.parts()
        thing = self.body()
        if (kind, thing["metadata"]["name"]) in self.cluster.objects:
            self.answer(409, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 409, "reason": "AlreadyExists"})
        else:
            self.answer(201, self.cluster.put(kind, thing))

    def do_PUT(self) -> None:
        kind, _, _ = self.parts()
        self.answer(200, self.cluster.put(kind, self.body()))

    def do_PATCH(self) -> None:
        kind, name, _ = self.parts()
        there = self.cluster.objects.get((kind, name), {})
        changes = self.body()
        if isinstance(changes, list):  # JSON patch: of executors' labels, which nothing here looks at
            self.answer(200, there)
            return
        merged = {**there, **changes, "metadata": {**there.get("metadata", {}), **changes.get("metadata", {}), "name": name}}
        self.answer(200, self.cluster.put(kind, merged))

    def do_DELETE(self) -> None:
        kind, name, query = self.parts()
        options = self.body()
        test = self.chosen(kind, query)
        with self.cluster.changed:
            names = (
                [name] if name else [of for (which, of), thing in self.cluster.objects.items() if which == kind and test(thing)]
            )
        for each in names:
            self.cluster.delete(kind, each, options.get("gracePeriodSeconds"))
        self.answer(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})
