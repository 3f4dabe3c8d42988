"""Training is an iterator: `train(...)` yields a `Step` after each update; no other control is needed.

Loop over it, wrap it in a progress bar, draw each step, or simply stop asking for more.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from rnnlab.messages import at_least_one


class Step(NamedTuple):
    """What one update of the weights leaves behind."""

    step: int  # 1 to steps
    steps: int  # how many there will be
    loss: Tensor  # shape (), the mini-batch's mean loss before the update, on the model's device


def curve(losses: Sequence[Tensor]) -> np.ndarray:
    """The losses of the steps so far as an array, (steps,); it may be empty."""
    return torch.stack([*losses]).cpu().numpy() if losses else np.empty(0)


class Diverged(ValueError):
    """The loss or the weights are no longer finite; a smaller rate or clipping may prevent it."""


def mse(predictions: Tensor, targets: Tensor) -> Tensor:
    """The mean squared error, shape (). Raises ValueError unless both have the same shape.

    torch's own loss broadcasts (n, 1) against (n,) to n x n pairs, and so teaches the batch's mean.
    """
    if predictions.shape != targets.shape:
        allowed = f"{tuple(predictions.shape)}, the shape of the predictions"
        raise ValueError(f"targets has shape {tuple(targets.shape)}; allowed: {allowed}")
    return (predictions - targets).square().mean()


def train(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    *,
    loss: Callable[[Tensor, Tensor], Tensor] = mse,
    epochs: int = 10,
    batch_size: int = 150,
    lr: float = 0.015,
    clip: float = math.inf,
    seed: int = 0,
) -> Iterator[Step]:
    """Adam with a one-cycle rate over shuffled mini-batches of inputs (n, ...) and targets (n, ...).

    - lr: the rate climbs to it and falls to nearly 0 (Smith & Topin 2019), so the last step is the best one to stop at.
      For a layer n times as wide, divide it by about sqrt(n).
    - clip: the largest joint norm of the gradients; a larger one is scaled down to it (Pascanu, Mikolov & Bengio 2013).
    - seed: this alone decides the order of the batches.

    The defaults suit a forecaster of 32 units: 40 steps on 600 values, so few that Adam's averages are kept short
    (betas 0.8 and 0.95). Model, inputs and targets share a device; nothing is copied. Raises ValueError at once for bad
    arguments, and Diverged at the first step whose loss is not finite, or if the last step leaves weights that are not.
    """
    if len(inputs) != len(targets) or not len(inputs):
        raise ValueError(
            f"targets has {len(targets)} rows and inputs has {len(inputs)}; allowed: the same number, 1 or more"
        )
    at_least_one(epochs=epochs, batch_size=batch_size)
    if not 0 < lr < math.inf:
        raise ValueError(f"lr is {lr}; allowed: a finite rate above 0")
    if not clip > 0:
        raise ValueError(f"clip is {clip}; allowed: a norm above 0, or inf to clip nothing")
    return _steps(model, inputs, targets, loss, epochs, batch_size, lr, clip, seed)


def _steps(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    loss: Callable[[Tensor, Tensor], Tensor],
    epochs: int,
    batch_size: int,
    lr: float,
    clip: float,
    seed: int,
) -> Iterator[Step]:
    generator = torch.Generator().manual_seed(seed)
    steps = epochs * -(-len(inputs) // batch_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, betas=(0.8, 0.95), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, lr, total_steps=steps + 1, div_factor=5, cycle_momentum=False
    )
    step = 0
    for _ in range(epochs):
        for batch in torch.randperm(len(inputs), generator=generator, device="cpu").to(inputs.device).split(batch_size):
            batch_loss = loss(model(inputs.index_select(0, batch)), targets.index_select(0, batch))
            if not math.isfinite(batch_loss.item()):
                raise _diverged(f"at step {step + 1} of {steps} the loss is {batch_loss.item()}", lr, clip)
            optimizer.zero_grad()
            batch_loss.backward()
            if clip < math.inf:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            schedule.step()
            step += 1
            if step == steps and not all(weight.isfinite().all() for weight in model.parameters()):
                raise _diverged("the last step left weights that are not finite", lr, clip)
            yield Step(step, steps, batch_loss.detach())


def _diverged(how: str, lr: float, clip: float) -> Diverged:
    return Diverged(
        f"the training diverged: {how}; lr is {lr:g} and clip {clip:g}; allowed: smaller values, which stay finite"
    )
