"""What the neuron lab's settings give: one recurrent neuron's run and where it comes to rest, without widgets."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from rnnlab.live.settings import Between, OneOf, Settings, knob

STEPS = 60
AT = np.arange(1, STEPS + 1)  # t = 1 ... STEPS
INPUTS = {  # x_1 ... x_STEPS
    "pulse": np.where(AT == 10, 1.0, np.where(AT == 35, -1.0, 0.0)),
    "step": np.where(AT >= 20, 1.0, 0.0),
    "alternating": np.where(AT % 2 == 1, 1.0, -1.0),
    "noise": np.random.RandomState(0).standard_normal(STEPS),
}
RESTS = {"pulse": (0.0,), "step": (0.0, 1.0), "alternating": (0.0,), "noise": (0.0,)}  # inputs it can settle with


def sigmoid(a: Any) -> Any:
    return (1 + np.tanh(a / 2)) / 2  # the same as 1 / (1 + exp(-a)), but nothing overflows


NONLINEARITIES = {  # f; f' as a function of h = f(a); the steepest f'; f^-1
    "tanh": (np.tanh, lambda h: 1 - h * h, 1.0, np.arctanh),
    "sigmoid": (sigmoid, lambda h: h * (1 - h), 0.25, lambda h: np.log(h / (1 - h))),
}


class FixedPoint(NamedTuple):
    """A level h that the neuron keeps, and the slope of its map there: each step multiplies a small distance by it."""

    level: float
    slope: float

    @property
    def stable(self) -> bool:
        return abs(self.slope) <= 1 + 1e-9


@dataclass(frozen=True)
class NeuronSettings(Settings):
    """Everything that a picture of the neuron lab depends on: h_t = f(w x_t + w_h h_{t-1} + b), h_0 = 0."""

    w: float = knob(2.0, Between(-6, 6, 0.1), "the weight of the input")
    w_h: float = knob(0.9, Between(-6, 6, 0.05), "the weight of the state before", label="w_h")
    b: float = knob(0.0, Between(-6, 6, 0.1), "the bias, which is always added")
    input: str = knob("pulse", OneOf(INPUTS), "what the neuron reads")
    nonlinearity: str = knob("tanh", OneOf(NONLINEARITIES), "the function that bends the sum")

    def __str__(self) -> str:
        return f"{self.input}, {self.nonlinearity}, w {self.w:.1f}, w_h {round(self.w_h, 2)}, b {self.b:.1f}"

    def next(self, x: Any, h: Any) -> Any:
        """h_t from x_t and h_{t-1}, numbers or arrays."""
        f, *_ = NONLINEARITIES[self.nonlinearity]
        return f(self.w * x + self.w_h * h + self.b)


@dataclass(frozen=True)
class NeuronState:
    """The run that the settings give. There is nothing to train, so it is done at once."""

    settings: NeuronSettings
    x: np.ndarray  # (STEPS,)
    h: np.ndarray  # (STEPS + 1,), from h_0 = 0
    done: float = 1.0

    def fixed_points(self, x: float = 0.0) -> list[FixedPoint]:
        """The levels with h = f(w x + w_h h + b) while the input stays at `x`, lowest first: one or three.

        g(h) = f(...) - h can turn only where w_h f' = 1. Between its turns it has at most one zero, found by bisection.
        """
        _, slope, steepest, inverse = NONLINEARITIES[self.settings.nonlinearity]
        w_h = self.settings.w_h
        edges = [-2.0, 2.0]  # f stays within (-1, 1): g is above 0 at the left edge and below it at the right
        if w_h * steepest > 1:
            middle, reach = (0.0, 1.0) if self.settings.nonlinearity == "tanh" else (0.5, 0.5)
            half = reach * math.sqrt(1 - 1 / (w_h * steepest))  # f' = 1 / w_h at the levels middle -+ half
            turns = [
                (float(inverse(y)) - self.settings.w * x - self.settings.b) / w_h
                for y in (middle - half, middle + half)
            ]
            edges = [-2.0, *turns, 2.0]
        found = []
        for low, high in pairwise(edges):
            if self._gap(x, low) * self._gap(x, high) > 0:
                continue
            rising = self._gap(x, low) < 0
            for _ in range(60):
                level = (low + high) / 2
                low, high = (level, high) if (self._gap(x, level) < 0) == rising else (low, level)
            found.append(FixedPoint(level, w_h * float(slope(self.settings.next(x, level)))))
        return found

    def _gap(self, x: float, h: float) -> float:
        return float(self.settings.next(x, h)) - h

    def saturated(self) -> int:
        """In how many steps f is so flat (f' below a tenth of its steepest) that an input hardly counts."""
        _, slope, steepest, _ = NONLINEARITIES[self.settings.nonlinearity]
        return int((slope(self.h[1:]) < steepest / 10).sum())

    def character(self) -> str:
        """What the neuron does with what it has seen, once the input is 0."""
        stable = [point for point in self.fixed_points() if point.stable]
        if not stable:
            h = 0.0 if self.settings.b else 0.1  # any start but the fixed point itself
            for _ in range(1000):
                h, before = float(self.settings.next(0.0, h)), h
            low, high = sorted((h, before))
            return f"oscillates for ever between {low:.2f} and {high:.2f}"
        if len(stable) == 2:
            return f"latches at {stable[0].level:.2f} or {stable[1].level:.2f}"
        level, size = stable[0].level + 0.0, abs(stable[0].slope)
        half = math.inf if size > 1 - 1e-9 else math.log(0.5) / math.log(size) if size > 0 else 0.0
        does = "alternates and forgets" if stable[0].slope < 0 else "remembers" if half >= 10 else "forgets"
        gone = "half of a small trace is gone in {:.1f} steps" if half >= 0.1 else "a trace is gone at once"
        gone = gone if half < math.inf else "a trace fades, ever more slowly"
        return f"{does}: resting level {level:.2f}, {gone.format(half)}"


def neuron_run(settings: NeuronSettings) -> Iterator[NeuronState]:
    """The neuron's run over its input: a single state, which is done."""
    x, h = INPUTS[settings.input], [0.0]
    for x_t in x:
        h.append(float(settings.next(x_t, h[-1])))
    yield NeuronState(settings, x, np.array(h))
