"""The notebooks, executed from end to end on the demo's home; what they assert at their end holds."""

# needs: torch spark demo
from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT, WORK = Path(os.environ["RELA_ROOT"]), Path(os.environ["RELA_WORK"])
# bin/rela shall take the embedded Spark; only the kernel of PySpark's notebook needs this one.
SPARK = os.environ.pop("SPARK_HOME")
os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
os.environ |= {"PYTHONPATH": f"{ROOT / 'src/main/python'}:{Path(SPARK).parent}", "OMP_NUM_THREADS": "1"}
HOME = shutil.copytree(os.environ["RELA_HOME_DEMO"], WORK / "home")
COMMON = {"HOME": str(HOME), "RELA": str(ROOT / "bin/rela"), "WORK": str(WORK)}
# The training comes first: it makes the epochs that are looked at.
PARAMETERS = {
    "train-on-subsets": {"EPOCHS": 2, "WORKERS": 1},
    "look-at-a-home": {"POLICIES": ["uniform", "hard"]},
    "from-other-spark-jobs": {"PICTURES": os.environ["RELA_PICTURES"], "JAR": os.environ["RELA_JAR"]},
}


def execute(name: str, parameters: dict[str, object]) -> int:
    """Executes a notebook with its parameters replaced; returns how many pictures it drew."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)
    assert all(not cell.get("outputs") for cell in notebook.cells), f"{name} has outputs: clear them before committing"
    assert notebook.cells[-1].source.lstrip().startswith("assert ") or "\nassert " in notebook.cells[-1].source, name
    (tagged,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    known = {line.partition(" = ")[0] for line in tagged.source.splitlines()}
    tagged.source += "".join(f"\n{key} = {value!r}" for key, value in (COMMON | parameters).items() if key in known)
    assert parameters.keys() <= known, f"{name} lacks parameters {parameters.keys() - known}"
    os.environ.pop("SPARK_HOME", None)
    if "JAR" in parameters:
        os.environ["SPARK_HOME"] = SPARK
    try:
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(WORK)}}).execute()
    finally:
        nbformat.write(notebook, WORK / f"{name}.ipynb")
    return sum("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))


assert {file.stem for file in (ROOT / "notebooks").glob("*.ipynb")} == PARAMETERS.keys(), "a notebook that nobody executes"
# The kernel is this environment's Python, whatever kernels the machine has.
os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
drawn = {name: execute(name, parameters) for name, parameters in PARAMETERS.items()}
assert drawn["look-at-a-home"] == 4 and drawn["train-on-subsets"] == 1, drawn
print(f"{len(drawn)} notebooks, {sum(drawn.values())} pictures, all assertions hold")
