"""Makes a WebDataset tar and a Parquet table of a folder of class folders: inputs.py PICTURES OUT.

Both hold the same bytes in the same order as the folder, so that all three give the same targets.
"""

import io
import sys
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

pictures, out = map(Path, sys.argv[1:])
files = sorted(file for file in pictures.glob("*/*") if file.is_file())
classes = sorted({file.parent.name for file in files})

with tarfile.open(out / "pictures.tar", "w") as tar:
    for file in files:
        for name, data in ((file.name, file.read_bytes()), (f"{file.stem}.cls", str(classes.index(file.parent.name)).encode())):
            entry = tarfile.TarInfo(f"{file.parent.name}/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))

image = pa.array([{"bytes": file.read_bytes(), "path": str(file.relative_to(pictures))} for file in files])
label = pa.array([classes.index(file.parent.name) for file in files])
pyarrow.parquet.write_table(pa.table({"image": image, "label": label}), out / "pictures.parquet", row_group_size=100)
