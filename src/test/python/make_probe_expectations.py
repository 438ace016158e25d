"""Makes src/test/resources/probe/expectations.txt: logistic regression by scikit-learn, for ClassifierStepTest.

Run from the repository's root with any scikit-learn from 1.5 on; the file is committed, so that the tests need no Python.
A line is a name, then numbers: row-major, shapes as in the comments below. Of two classes there is one row of coefficients.
"""

import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

N, TEST, D, K = 120, 60, 5, 7
# Name, whether inputs are standardised, 1/C, and how many of the classes count.
CASES = [("standardized", True, 1.0, K), ("raw", False, 4.0, K), ("binary", True, 1.0, 2)]

rng = np.random.default_rng(20240601)
label = np.arange(N + TEST) % K
centre = 1.5 * rng.normal(size=(K, D))
unit = np.array([1, 10, 0.1, 3, 1])
x = ((centre[label] + rng.normal(size=(N + TEST, D))) * unit + 5 * unit).astype(np.float32)
x[:, 4] = 0.1  # An input without variance.

lines = {"shape": np.array([N, TEST, D, K]), "x": x, "label": label}
for name, standardized, penalty, classes in CASES:
    some = label < classes
    train, test = some & (np.arange(N + TEST) < N), some & (np.arange(N + TEST) >= N)
    values = x.astype(np.float64)
    if standardized:
        values = StandardScaler().fit(values[train]).transform(values)
    model = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=100_000).fit(values[train], label[train])
    scores = model.decision_function(values[test])
    if classes == 2:
        scores = np.stack([np.zeros(len(scores)), scores], axis=1)
    own = scores[np.arange(len(scores)), label[test]]
    rank = (scores > own[:, None]).sum(1)
    lines |= {
        f"{name}.coefficients": model.coef_,  # (classes, D)
        f"{name}.intercepts": model.intercept_,
        f"{name}.rank": rank,  # of the test samples of these classes, in their order
    }
out = pathlib.Path("src/test/resources/probe/expectations.txt")
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text("".join(f"{name} {' '.join(repr(v) for v in np.asarray(a).ravel().tolist())}\n" for name, a in lines.items()))
