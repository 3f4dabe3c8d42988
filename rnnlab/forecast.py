"""Judging forecasts: k steps ahead on a model's own predictions, and the best that a linear predictor can do."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn


@torch.no_grad()
def free_run(model: Callable[[Tensor], Tensor], inputs: Tensor, k: int) -> Tensor:
    """The next `k` values after each window, with every prediction fed back as if it had been observed.

    inputs (batch, tau) -> (batch, k); column j - 1 is the forecast j steps ahead. `model` maps (batch, tau) to
    (batch,). Raises ValueError unless k >= 1 and the inputs are floating-point numbers.
    """
    if k < 1:
        raise ValueError(f"k is {k}; allowed: 1 or more steps ahead")
    if not inputs.is_floating_point():
        raise ValueError(f"inputs has dtype {inputs.dtype}; allowed: floating-point numbers; use inputs.float()")
    tau = inputs.shape[1]
    values = torch.cat([inputs, inputs.new_empty(len(inputs), k)], dim=1)
    for step in range(k):
        values[:, tau + step] = model(values[:, step : step + tau])
    return values[:, tau:]


def linear_floor(clean: Tensor, tau: int, noise: float) -> float:
    """The smallest mean squared error that any linear window predictor can expect on `clean` plus noise.

    A predictor with weights a and bias b sees windows of s + e and must predict the next s + e, where e is white noise
    of standard deviation `noise`. Over the windows w_t of the clean series its expected error is

        mean_t (s_t - a.w_t - b)^2  +  noise^2 |a|^2  +  noise^2

    (what it gets wrong, the noise its weights let in, the noise of the target itself). That is ridge regression, so the
    minimum has a closed form; it is found here by least squares in float64. The weights know the clean series, which no
    trained model does: this is a bound, not a rival.

    clean: (length,), length > tau; tau >= 1; noise >= 0. Over a whole number of periods this is the Wiener predictor
    (Wiener 1949, in discrete time).
    """
    if not 1 <= tau < len(clean):
        raise ValueError(f"tau is {tau}; allowed: 1 to {len(clean) - 1} for {len(clean)} values")
    if not (math.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise is {noise}; allowed: a finite standard deviation, 0 or more")
    clean = clean.cpu().double()
    windows, targets = clean.unfold(0, tau, 1)[:-1], clean[tau:]
    windows, targets = windows - windows.mean(0), targets - targets.mean()  # the best b removes the means
    penalty = noise * math.sqrt(len(targets)) * torch.eye(tau, dtype=torch.float64, device="cpu")
    system = torch.cat([windows, penalty])
    wanted = nn.functional.pad(targets, (0, tau)).unsqueeze(-1)
    a = torch.linalg.lstsq(system, wanted, driver="gelsd").solution
    missed = (wanted - system @ a).square().sum() / len(targets)
    return float(missed) + noise**2
