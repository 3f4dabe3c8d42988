"""What the gradient lab's settings give: one gradient through time, taken apart step by step, without widgets."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn

from rnnlab.cells import backward_deltas, forward_states
from rnnlab.live.settings import Between, OneOf, Settings, knob

HIDDEN, BATCH, INPUTS = 32, 16, 4
LONGEST = 100  # steps
STEEPEST = {"tanh": 1.0, "sigmoid": 0.25, "relu": 1.0, "linear": 1.0}  # max f'
FAR = 100.0  # the gradient has vanished when the first state's is this many times smaller than the last's


def short(value: float) -> str:
    """A number of any size, with two significant digits."""
    return f"{value:.2g}"


def _fixed() -> tuple[dict[str, Tensor], Tensor, Tensor, Tensor]:
    """W_hh of radius 1 for each start, W_xh (HIDDEN, INPUTS), x (100, BATCH, INPUTS) and w_hq (HIDDEN,): drawn once."""
    draws = {"generator": torch.Generator().manual_seed(0), "dtype": torch.float64, "device": "cpu"}
    W = torch.randn(HIDDEN, HIDDEN, **draws)
    unit = {
        "random": W / torch.linalg.eigvals(W).abs().max(),
        "orthogonal": nn.init.orthogonal_(torch.empty_like(W), generator=draws["generator"]),
        "identity": torch.eye(HIDDEN, dtype=torch.float64, device="cpu"),
    }
    # Weak inputs, which leave tanh its slope: strong ones saturate it, and gradients vanish at every radius.
    W_xh = 0.25 * torch.randn(HIDDEN, INPUTS, **draws) / INPUTS**0.5
    x = torch.randn(LONGEST, BATCH, INPUTS, **draws)
    return unit, W_xh, x, nn.functional.normalize(torch.randn(HIDDEN, **draws), dim=0)


UNIT_W_HH, W_XH, X, W_HQ = _fixed()


@dataclass(frozen=True)
class GradientSettings(Settings):
    """Everything that a picture of the gradient lab depends on. From truncation_k = T on nothing is cut off; a clip of
    inf clips nothing."""

    spectral_radius: float = knob(0.9, Between(0.2, 2, 0.05), "the largest |eigenvalue| of W_hh")
    T: int = knob(50, Between(2, LONGEST), "the steps from the first input to the loss")
    truncation_k: int = knob(10, Between(1, LONGEST), "the steps that the gradient is followed back")
    nonlinearity: str = knob("tanh", OneOf(STEEPEST), "f in h_t = f(a_t)")
    start: str = knob("random", OneOf(UNIT_W_HH), "the kind of matrix that W_hh is")
    clip: float = knob(
        math.inf,
        OneOf((math.inf, 10.0, 1.0, 0.1), {math.inf: "off", 10.0: "10", 1.0: "1"}),
        "the largest gradient norm that is let through",
    )

    def __str__(self) -> str:
        return f"{self.nonlinearity}, {self.start}, spectral radius {self.spectral_radius:.2f}, T {self.T}"

    @property
    def W_hh(self) -> Tensor:
        """The recurrent weights, (HIDDEN, HIDDEN)."""
        return self.spectral_radius * UNIT_W_HH[self.start]


@dataclass(frozen=True)
class GradientState:
    """One gradient and its parts, all by lag, the steps back from the loss: lag 0 is step T. Done at once."""

    settings: GradientSettings
    dh: Tensor  # dL/dh_T ... dL/dh_0, (T + 1, BATCH, HIDDEN)
    shares: Tensor  # what steps T ... 1 add to dL/dW_hh, (T, HIDDEN, HIDDEN)
    done: float = 1.0

    @cached_property
    def norms(self) -> np.ndarray:
        """||dL/dh_{T - lag}|| over that of lag 0, (T + 1,)."""
        norms = self.dh.flatten(1).norm(dim=1)
        return (norms / norms[0]).numpy()

    @cached_property
    def bound(self) -> np.ndarray:
        """What `norms` cannot exceed, (max f' ||W_hh||_2)^lag, (T + 1,)."""
        steepest = STEEPEST[self.settings.nonlinearity] * torch.linalg.matrix_norm(self.settings.W_hh, 2).item()
        return steepest ** np.arange(len(self.dh))

    @cached_property
    def radius_line(self) -> np.ndarray:
        """spectral radius^lag, (T + 1,): the rule of thumb."""
        return self.settings.spectral_radius ** np.arange(len(self.dh))

    @cached_property
    def partial_sums(self) -> Tensor:
        """dL/dW_hh truncated at k = 1 ... T, (T, HIDDEN, HIDDEN); the last is the whole gradient."""
        return self.shares.cumsum(0)

    @cached_property
    def norm(self) -> float:
        """||G||, the norm of the whole gradient dL/dW_hh."""
        return self.partial_sums[-1].norm().item()

    @cached_property
    def share_norms(self) -> np.ndarray:
        """The norm of every step's share, (T,)."""
        return self.shares.flatten(1).norm(dim=1).numpy()

    @cached_property
    def projections(self) -> np.ndarray:
        """How far every share points the gradient's way, (T,): <share, G> / ||G||, which add up to ||G||."""
        if self.norm == 0:
            return np.zeros(len(self.shares))
        return ((self.shares * self.partial_sums[-1]).sum((1, 2)) / self.norm).numpy()

    @cached_property
    def losses(self) -> np.ndarray:
        """||G_k - G|| / ||G|| for k = 1 ... T, (T,)."""
        missing = (self.partial_sums - self.partial_sums[-1]).flatten(1).norm(dim=1)
        return (missing / (self.norm or 1.0)).numpy()

    @cached_property
    def kept(self) -> int:
        """How many steps are left after truncation: k, or T if that is less."""
        return min(self.settings.truncation_k, len(self.shares))

    @cached_property
    def kept_norm(self) -> float:
        """||G_k||, the norm of the truncated gradient, before clipping."""
        return self.partial_sums[self.kept - 1].norm().item()

    @cached_property
    def scale(self) -> float:
        """What clipping multiplies the truncated gradient by, and with it every share: 1 or less."""
        return min(1.0, self.settings.clip / self.kept_norm) if self.kept_norm else 1.0

    def fate(self) -> str:
        """What becomes of the gradient on its way back."""
        if self.norm == 0:
            return "dead"
        return "vanishing" if self.norms[-1] < 1 / FAR else "exploding" if self.norms[-1] > FAR else "carried"


def gradient_run(settings: GradientSettings) -> Iterator[GradientState]:
    """The gradient of L = mean over the batch of w_hq . h_T, taken apart: a single state, which is done.

    The read-out has no target, so dL/dh_T is the same for all settings (a squared error would scale it by how wrong
    the untrained network is), and everything that happens after lag 0 is due to the recurrence. A shorter T reads the
    last of the same inputs.
    """
    h_0 = torch.zeros(BATCH, HIDDEN, dtype=torch.float64, device="cpu")
    h = forward_states(X[-settings.T :], W_XH, settings.W_hh, h_0[0], h_0, settings.nonlinearity)
    dh_T = (W_HQ / BATCH).expand_as(h_0)
    delta, _ = backward_deltas(None, dh_T, h, settings.W_hh, settings.nonlinearity)
    dh = torch.cat([delta @ settings.W_hh, dh_T[None]])  # dL/dh_0 ... dL/dh_T
    yield GradientState(settings, dh.flip(0), (delta.mT @ h[:-1]).flip(0))
