"""Small dataset homes for tests, laid out as rela-convert does it; the real ones are read by bin/check-ecosystem."""

import io
import json
import tarfile
import uuid
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from PIL import Image

INDEX = [0, 1, 3, 4, 5, 7, 8, 9, 10]  # 2 and 6 were rejected
FLOATS = pa.list_(pa.field("element", pa.float32(), nullable=False))
SAMPLES = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("uri", pa.string(), nullable=False),
        ("offset", pa.int64()),
        pa.field("length", pa.int64(), nullable=False),
        ("label", pa.int32()),
        ("label_name", pa.string()),
        pa.field("target", FLOATS, nullable=False),
    ]
)
IMAGE = pa.field("image", pa.struct([pa.field("bytes", pa.binary()), pa.field("path", pa.string())]), nullable=False)
RUN = {"outcome": "done", "end": "", "seconds": {"total": 1.5}, "versions": {}, "devices": [], "warnings": []}


def png(index: int) -> bytes:
    """A picture that tells its index: 8 × 6 pixels of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (index, 100, 255 - index)).save(out, "png")
    return out.getvalue()


def target(index: int, generation: int) -> list[float]:
    """Three values that tell index and generation."""
    return np.array([index / 3, generation, 1], np.float32).tolist()


class Maker:
    """Writes a home below a folder, of pictures that it writes there as well: files, a tar, a Parquet file, or kept ones."""

    def __init__(self, folder: Path, kind: str = "folder") -> None:
        self.folder, self.kind, self.generation = folder, kind, 0
        self.home = folder / "home"
        self.source = folder / "a b%20#1"
        self.source.mkdir(parents=True)
        self.manifest = {"format": 1, "class_names": ["even", "odd", "empty"], "tables": {}, "records": []}
        self.places = {index: self._place(index) for index in INDEX} if kind in ("folder", "kept") else self._pack()
        self.convert()

    def _place(self, index: int) -> tuple[str, int | None]:
        file = self.source / f"{index}#3.png"
        file.write_bytes(png(index))
        return f"file:{file}", None

    def _pack(self) -> dict[int, tuple[str, int | None]]:
        if self.kind == "parquet":
            image = pa.array([{"bytes": png(index), "path": str(index)} for index in range(11)], IMAGE.type)
            pyarrow.parquet.write_table(pa.table({"image": image}), self.source / "p.parquet", row_group_size=4)
            return {index: (f"file:{self.source}/p.parquet#{index}", None) for index in INDEX}
        with tarfile.open(self.source / "p.tar", "w") as tar:
            for index in range(11):
                entry = tarfile.TarInfo(f"{index}.png")
                entry.size = len(png(index))
                tar.addfile(entry, io.BytesIO(png(index)))
        with tarfile.open(self.source / "p.tar") as tar:
            return {int(entry.name[:-4]): (f"file:{self.source}/p.tar", entry.offset_data) for entry in tar}

    def rows(self, indices: list[int]) -> pa.Table:
        """Samples as `targets/` has them."""
        columns = [
            indices,
            [f"{index}.png" for index in indices],
            [self.places[index][0] for index in indices],
            [self.places[index][1] for index in indices],
            [len(png(index)) for index in indices],
            [None if index == 10 else index % 2 for index in indices],
            [None if index == 10 else ("even", "odd")[index % 2] for index in indices],
            [target(index, self.generation) for index in indices],
        ]
        return pa.table(columns, schema=SAMPLES)

    def convert(self) -> None:
        """Makes a generation: all tables anew, those of epochs gone."""
        for name in list(self.manifest["tables"]):
            self.remove(name)
        self.generation += 1
        parts = [self.rows(INDEX[:4]), self.rows(INDEX[4:])]
        if self.kind == "kept":
            images = [[{"bytes": png(i), "path": None} for i in part["index"].to_pylist()] for part in parts]
            parts = [part.append_column(IMAGE, pa.array(image, IMAGE.type)) for part, image in zip(parts, images, strict=True)]
        self.write("targets", *parts)
        features = pa.array([[float(index), float(index) ** 2] for index in INDEX[::-1]], FLOATS)
        self.write("features", pa.table({"index": INDEX[::-1], "feature": features}))
        counts = {"listed": 11, "converted": 9, "rejected": 2, "rejected_by_reason": {"corrupt": 2}}
        settings = {"source": {"input_format": self.kind.replace("kept", "folder")}, "view": {"input_size": 8}}
        record = {"command": "convert", "settings": settings}
        record |= {"prior": {"uri": "builtin:prior"}, "source": {"count": 11}, "manner": {}, "added": "later"}
        record |= {"result": {"counts": counts, "projection": {"dimensions": 3}}, "run": RUN | {"start": str(self.generation)}}
        self.commit(record)

    def distill(self, epoch: int, indices: list[int], losses: dict[int, float]) -> None:
        """Makes the losses and the subset of an epoch; the weight of a sample tells its index."""
        self.write(f"losses/epoch={epoch}", pa.table({"index": list(losses), "loss": pa.array(losses.values(), pa.float32())}))
        weight = pa.array([1 + index / 7 for index in indices], pa.float32())
        self.write(f"subsets/epoch={epoch}", self.rows(indices).append_column("weight", weight))
        counts = {"listed": 9, "converted": 9, "rejected": 0, "rejected_by_reason": {}, "selected": len(indices)}
        subset = {"settings": {"policy": {"policy": "hard"}}}
        record = {"command": "distill", "epoch": epoch, "subset": subset, "counts": counts, "run": RUN | {"start": "x"}}
        self.commit(record)

    def write(self, name: str, *parts: pa.Table) -> None:
        """Writes a table instead of what there is, one file for each part."""
        self.remove(name)
        files = []
        for part in parts:
            file = self.home / name / f"part-{uuid.uuid4()}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            pyarrow.parquet.write_table(part, file, row_group_size=2)
            files.append({"path": f"{name}/{file.name}", "rows": len(part), "bytes": file.stat().st_size})
        self.manifest["tables"][name] = files

    def remove(self, name: str) -> None:
        """Removes the files of a table."""
        for file in self.manifest["tables"].pop(name, []):
            (self.home / file["path"]).unlink()

    def commit(self, record: dict) -> None:
        """Replaces the manifest in one step."""
        self.manifest["records"].append(record)
        part = self.home / ".manifest"
        part.write_text(json.dumps(self.manifest))
        part.replace(self.home / "manifest.json")
