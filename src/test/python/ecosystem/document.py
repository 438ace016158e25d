"""The Python that src/site/markdown/python.md shows runs as it stands there, in one go."""

# needs: torch demo
from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pyarrow.parquet
import torch

work = Path(os.environ["RELA_WORK"])
shutil.copytree(os.environ["RELA_HOME_DEMO"], work / "photos-rela")
os.chdir(work)
text = (Path(os.environ["RELA_ROOT"]) / "src/site/markdown/python.md").read_text("utf-8")
snippets = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
names: dict[str, object] = {}
for snippet in snippets:
    exec(compile(snippet, "python.md", "exec"), names)
assert len(snippets) == 3 and names["matrix"].shape == (636, 32)
assert pyarrow.parquet.read_table("run/losses.parquet").num_rows == len(names["subset"]) == 318
assert torch.jit.load("learner.pt")(torch.zeros(2, 3, 32, 32)).shape == (2, 32)
print(f"{len(snippets)} snippets")
