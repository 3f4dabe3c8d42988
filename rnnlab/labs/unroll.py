"""The unroll lab: step through time one tick at a time and see every number."""

from collections.abc import Iterator
from dataclasses import dataclass

import ipywidgets as widgets
import torch
from torch import Tensor

from rnnlab.draw.unroll import UnrollPicture, number
from rnnlab.live import Canvas
from rnnlab.messages import whole
from rnnlab.panel import Lab, Report

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
class UnrollSettings:
    """Everything that decides a picture of the unroll lab."""

    t: int = 2  # the newest step, 0 to STEPS
    input: str = "pulse"
    weights: str = "mixed"

    def __post_init__(self):
        if not 0 <= whole("t", self.t) <= STEPS:
            raise ValueError(f"t is {self.t}; allowed: 0 to {STEPS}")
        for name, known in (("input", INPUTS), ("weights", WEIGHTS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}; allowed: {', '.join(known)}")


@dataclass(frozen=True)
class UnrollState:
    """The states up to step t. There is nothing to train, so it is done at once."""

    settings: UnrollSettings
    x: Tensor  # (STEPS,)
    h: Tensor  # (t + 1, 2), from h_0 = 0
    done: float = 1.0


def unroll_run(settings: UnrollSettings) -> Iterator[UnrollState]:
    """Read the input up to step t, with h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h): one state, and it is done."""
    kind = {"dtype": torch.float64, "device": "cpu"}
    W_xh, W_hh, b_h = (torch.tensor(weight, **kind) for weight in WEIGHTS[settings.weights])
    x = torch.tensor(INPUTS[settings.input], **kind)
    h = [torch.zeros(2, **kind)]
    for t in range(settings.t):
        h.append(torch.tanh(W_xh @ x[t : t + 1] + W_hh @ h[t] + b_h))
    yield UnrollState(settings, x, torch.stack(h))


def draw(picture: UnrollPicture, state: UnrollState) -> Report:
    """Move the picture's artists to `state` and say it in words."""
    settings = state.settings
    t = settings.t
    W_xh, W_hh, b_h = WEIGHTS[settings.weights]
    picture.update(t=t, x=state.x.numpy(), h=state.h.numpy(), W_xh=W_xh, W_hh=W_hh, b_h=b_h)
    first, second = map(number, state.h[-1])
    result = f"{settings.input}, {settings.weights}, t {t} · h_{t} = ({first}, {second})"
    alt = (
        f"A recurrent network of two units drawn once for each of {STEPS} time steps. W_xh leads from each input up to the state "
        "and W_hh from each state to the next, each in one colour at all steps. "
        f"The numbers are filled in up to step {t}; the later steps are pale. "
        + (f"Below, the sum of step {t} is written out for both units." if t else "Nothing has been read yet.")
    )
    return Report(result, result.replace(" · ", "; "), alt)


def unroll_lab(*, t=2, input="pulse", weights="mixed") -> Lab:
    """A network of two units over six steps, with its numbers; the slider `t` runs time one tick at a time.

    The arguments are where the controls start: t 0 to 6; input "pulse", "late pulse", "step" or "alternating"; weights
    "mixed", "delay line", "turning" or "feed-forward" (W_hh = 0). Raises ValueError for anything outside.
    """
    start = UnrollSettings(t, input, weights)

    tick = widgets.IntSlider(start.t, 0, STEPS, description="t", tooltip="the newest time step")
    kind = widgets.Dropdown(options=list(INPUTS), value=start.input, description="input", tooltip="x_1 to x_6")
    which = widgets.Dropdown(
        options=list(WEIGHTS), value=start.weights, description="weights", tooltip="W_xh, W_hh and b_h"
    )
    controls = [tick, kind, which]

    picture = UnrollPicture(STEPS)
    canvas = Canvas(picture.figure, picture.moving)
    return Lab(
        controls,
        lambda: UnrollSettings(tick.value, kind.value, which.value),
        unroll_run,
        lambda state: draw(picture, state),
        canvas,
    ).wait()
