"""What the unroll lab's settings give: a small network's states up to a step, without widgets."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from rnnlab.live.settings import Between, OneOf, Settings, knob

STEPS = 6
INPUTS = {
    "pulse": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    "late pulse": [0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
    "step": [0.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    "alternating": [1.0, -1.0, 1.0, -1.0, 1.0, -1.0],
}
WEIGHTS = {  # W_xh (2, 1), W_hh (2, 2), b_h (2,)
    "mixed": ([[1.0], [-0.5]], [[0.6, -0.4], [0.3, 0.5]], [0.1, 0.0]),
    "delay line": ([[1.0], [0.0]], [[0.0, 0.0], [1.0, 0.0]], [0.0, 0.0]),
    "turning": ([[1.0], [0.0]], [[0.7, -0.9], [0.9, 0.7]], [0.0, 0.0]),
    "feed-forward": ([[1.0], [-0.5]], [[0.0, 0.0], [0.0, 0.0]], [0.1, 0.0]),
}


@dataclass(frozen=True)
class UnrollSettings(Settings):
    """Everything that a picture of the unroll lab depends on."""

    t: int = knob(2, Between(0, STEPS), "the newest time step")
    input: str = knob("pulse", OneOf(INPUTS), "the inputs x_1 to x_6")
    weights: str = knob("mixed", OneOf(WEIGHTS), "the weights W_xh, W_hh and b_h")


@dataclass(frozen=True)
class UnrollState:
    """The states up to step t. There is nothing to train, so it is done at once."""

    settings: UnrollSettings
    x: Tensor  # (STEPS,)
    h: Tensor  # (t + 1, 2), from h_0 = 0
    done: float = 1.0


def unroll_run(settings: UnrollSettings) -> Iterator[UnrollState]:
    """Read the input up to step t, with h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h): a single state, which is done."""
    kind = {"dtype": torch.float64, "device": "cpu"}
    W_xh, W_hh, b_h = (torch.tensor(weight, **kind) for weight in WEIGHTS[settings.weights])
    x = torch.tensor(INPUTS[settings.input], **kind)
    h = [torch.zeros(2, **kind)]
    for t in range(settings.t):
        h.append(torch.tanh(W_xh @ x[t : t + 1] + W_hh @ h[t] + b_h))
    yield UnrollState(settings, x, torch.stack(h))
