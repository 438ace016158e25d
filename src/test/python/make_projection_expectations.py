"""Makes src/test/resources/projection/expectations.txt: principal axes by NumPy in float64, for ProjectionsTest.

Run from the repository's root with any NumPy; the file is committed, so that the tests need no Python.
A line is a name, then numbers: row-major, shapes as in the comments below.
"""

import pathlib

import numpy as np

N, D, K = 24, 6, 4

rng = np.random.default_rng(20240522)
mixing = rng.normal(size=(D, D)) * np.array([3, 2, 1, 0.5, 0.25, 0.1])[:, None]
features = (rng.normal(size=(N, D)) @ mixing + np.arange(D)).astype(np.float32)  # (N, D)

x = features.astype(np.float64)
mean = x.mean(0)  # (D,)
comoment = (x - mean).T @ (x - mean)  # (D, D)
values, vectors = np.linalg.eigh(comoment / (N - 1))
order = np.argsort(values)[::-1][:K]
axes = vectors[:, order].T  # (K, D)
largest = np.abs(axes).argmax(1)
axes = axes * np.sign(axes[np.arange(K), largest])[:, None]
projected = (x - mean) @ axes.T
targets = (projected - projected.mean(0)) / projected.std(0)  # (N, K)

variances = projected.var(0)
mean_variance = x.var(0).mean()


def scale(divisors: np.ndarray) -> np.ndarray:
    """What each axis is divided by, so that the variances of the targets are 1 on average."""
    return np.sqrt(divisors * (variances / divisors).mean())


none, shrink = scale(np.ones(K)), scale(variances + 0.5 * mean_variance)

lines = {
    "shape": np.array([N, D, K]),
    "features": features,
    "mean": mean,
    "comoment": comoment,
    "eigenvalues": values[order],
    "axes": axes,
    "scale": projected.std(0),
    "total_variance": np.array([np.trace(comoment) / (N - 1)]),
    "targets": targets,
    "scale_none": none,
    "targets_none": projected / none,
    "scale_shrink": shrink,
    "targets_shrink": projected / shrink,
}
out = pathlib.Path("src/test/resources/projection/expectations.txt")
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text("".join(f"{name} {' '.join(repr(v) for v in np.asarray(a).ravel().tolist())}\n" for name, a in lines.items()))
