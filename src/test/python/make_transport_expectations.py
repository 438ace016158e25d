"""Makes src/test/resources/transport/expectations.txt: ridge regression by NumPy in float64, for LinearMapsTest.

Run from the repository's root with any NumPy; the file is committed, so that the tests need no Python.
A line is a name, then numbers: row-major, shapes as in the comments below.
"""

import pathlib

import numpy as np

N, HELD_OUT, D, K, RIDGE = 40, 16, 5, 3, 1e-2

rng = np.random.default_rng(20240523)
x = (rng.normal(size=(N + HELD_OUT, D)) @ rng.normal(size=(D, D)) + np.arange(D)).astype(np.float32)
noise = 0.3 * rng.normal(size=(N + HELD_OUT, K))
y = (x @ rng.normal(size=(D, K)) + noise + 7 * np.arange(K)).astype(np.float32)

train = np.arange(N + HELD_OUT) < N
X, Y = x.astype(np.float64), y.astype(np.float64)
centred = X[train] - X[train].mean(0)
penalty = RIDGE * np.trace(centred.T @ centred) / D
# Least squares of the rows with sqrt(penalty) * I below them: another way than the normal equations.
stacked = np.vstack([centred, np.sqrt(penalty) * np.eye(D)])
wanted = np.vstack([Y[train] - Y[train].mean(0), np.zeros((D, K))])
weights = np.linalg.lstsq(stacked, wanted, rcond=None)[0].T  # (K, D)
bias = Y[train].mean(0) - weights @ X[train].mean(0)  # (K,)

predicted = X[~train] @ weights.T + bias  # (HELD_OUT, K)
actual = Y[~train]
residual = actual - predicted
scatter = ((actual - actual.mean(0)) ** 2).sum()
p, a = predicted - Y[train].mean(0), actual - Y[train].mean(0)
cosine = (p * a).sum(1) / np.linalg.norm(p, axis=1) / np.linalg.norm(a, axis=1)

lines = {
    "shape": np.array([N, HELD_OUT, D, K]),
    "ridge": np.array([RIDGE]),
    "x": x,
    "y": y,
    "weights": weights,
    "bias": bias,
    "predicted": predicted,
    "r2": np.array([1 - (residual**2).sum() / scatter]),
    "explained_variance": np.array([1 - residual.var(0).sum() / actual.var(0).sum()]),
    "mean_cosine": np.array([cosine.mean()]),
}
out = pathlib.Path("src/test/resources/transport/expectations.txt")
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text("".join(f"{name} {' '.join(repr(v) for v in np.asarray(a).ravel().tolist())}\n" for name, a in lines.items()))
