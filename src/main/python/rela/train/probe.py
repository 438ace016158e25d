"""Linear evaluation of features where no Java is, as `rela probe` does it on Spark: logistic regression, to its optimum."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def probe(
    train: tuple[torch.Tensor, torch.Tensor], test: tuple[torch.Tensor, torch.Tensor], ridge: float = 1e-3, iterations: int = 200
) -> float:
    """Share of the test samples whose class is found, in [0, 1]; each part is N × d features and N labels.

    Features are scaled by the training part's mean and deviation; `ridge` times half the weights' squared norm is added to the
    mean cross-entropy. Deterministic on a CPU.
    """
    (x, label), (other, truth) = train, test
    mean, deviation = x.mean(0), x.std(0, unbiased=False)
    deviation = torch.where(deviation > 1e-6 * deviation.max(), deviation, torch.ones_like(deviation))
    x, other = (x - mean) / deviation, (other - mean) / deviation
    classes = int(label.max()) + 1
    weights = torch.zeros(x.shape[1] + 1, classes, device=x.device, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        value = F.cross_entropy(torch.addmm(weights[-1], x, weights[:-1]), label) + ridge / 2 * weights[:-1].square().sum()
        value.backward()
        return value

    search.step(loss)
    with torch.no_grad():
        return (torch.addmm(weights[-1], other, weights[:-1]).argmax(1) == truth).float().mean().item()
