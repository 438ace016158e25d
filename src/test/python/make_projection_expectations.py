"""Makes src/test/resources/projection/expectations.txt and consensus.txt: axes by NumPy in float64, for the tests of projections.

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


def write(name: str, lines: dict[str, np.ndarray]) -> None:
    """A line for each array, its name first."""
    out = pathlib.Path("src/test/resources/projection") / name
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(f"{key} {' '.join(repr(v) for v in np.asarray(a).ravel().tolist())}\n" for key, a in lines.items()))


write("expectations.txt", lines)

# Canonical correlations with a ridge of one mean variance, by whitening with the root of the inverse and NumPy's SVD.
N, D1, D2, K = 30, 6, 5, 4
shared = rng.normal(size=(N, 3)) * np.array([2, 1, 0.5])
ours = (shared @ rng.normal(size=(3, D1)) + 0.5 * rng.normal(size=(N, D1)) + 1).astype(np.float32)  # (N, D1)
theirs = (shared @ rng.normal(size=(3, D2)) + 0.5 * rng.normal(size=(N, D2)) - 2).astype(np.float32)  # (N, D2)


def whitening(centred: np.ndarray) -> np.ndarray:
    """The root of the inverse covariance, its diagonal raised by the mean variance."""
    covariance = centred.T @ centred / N
    values, vectors = np.linalg.eigh(covariance + np.trace(covariance) / len(covariance) * np.eye(len(covariance)))
    return vectors / np.sqrt(values) @ vectors.T


x, y = (side.astype(np.float64) - side.astype(np.float64).mean(0) for side in (ours, theirs))
left, correlations, right = np.linalg.svd(whitening(x) @ (x.T @ y / N) @ whitening(y))
a, b = whitening(x) @ left[:, :K], whitening(y) @ right[:K].T  # (D1, K), (D2, K)
signs = np.sign(a[np.abs(a).argmax(0), np.arange(K)])
average = x @ (a * signs / (x @ a).std(0)) + y @ (b * signs / (y @ b).std(0))
average /= average.std(0)  # (N, K)
weighted = average * correlations[:K] / np.sqrt((correlations[:K] ** 2).mean())
write(
    "consensus.txt",
    {
        "shape": np.array([N, D1, D2, K]),
        "ours": ours,
        "theirs": theirs,
        "correlations": correlations,
        "targets_axis": average,
        "targets_none": weighted,
    },
)
