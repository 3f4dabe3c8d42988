"""The unroll lab's picture: a small recurrent network drawn once for every time step, with its numbers."""

from typing import NamedTuple

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.text import Text

from rnnlab.draw import BLUE, GREEN, INK, VERMILION
from rnnlab.draw.look import own_look
from rnnlab.draw.picture import Picture

PARTS = (  # the columns of the sum: where each column begins (in hundredths of the width), and its colour
    (2, INK),  # unit i: tanh(
    (15, BLUE),  # W_xh x_t
    (29.5, VERMILION),  # + W_hh h_{t-1}
    (61, GREEN),  # + b_h
    (67, INK),  # ) = h_t
)


def number(value: float, digits: int = 2) -> str:
    """`value` in print: a real minus, and no minus before zero."""
    return f"{round(float(value), digits) + 0.0:.{digits}f}".replace("-", "−")


def product(weight: float, value: str) -> str:
    """`+ 0.6 × 0.80`, or `− 0.4 × (−0.46)`."""
    return f"{'−' if weight < 0 else '+'} {abs(weight):.1f} × {f'({value})' if value.startswith('−') else value}"


class UnrollFrame(NamedTuple):
    """The network after step t, to be drawn."""

    t: int
    x: np.ndarray  # (steps,)
    h: np.ndarray  # (t + 1, 2), from h_0
    W_xh: list[list[float]]  # (2, 1)
    W_hh: list[list[float]]  # (2, 2)
    b_h: list[float]  # (2,)


class UnrollPicture(Picture):
    """x_t below, h_t (two units) above, one column per time step, and the sum of the newest step in full.

    The same weight has the same colour at every step.
    """

    @own_look()
    def __init__(self, steps: int):
        super().__init__(height=4.6)
        self.steps = steps
        self.network = self.figure.add_axes((0.01, 0.34, 0.98, 0.64))
        self.sum = self.figure.add_axes((0.01, 0.0, 0.98, 0.34))
        self.network.set(xlim=(-0.6, steps + 0.5), ylim=(-0.6, 2.8))
        self.sum.set(xlim=(0, 100), ylim=(0, 4))
        for ax in self.figure.axes:
            ax.set_axis_off()
        self._build_network()
        self._build_sum()

    def _build_network(self) -> None:
        ax, moved = self.network, {"ha": "center", "va": "center", "fontsize": 11, "animated": True}
        arrow = {"arrowstyle": "-|>", "mutation_scale": 13, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        self._inputs, self._units = [], []
        for t in range(self.steps + 1):
            self._units.append([self._unit(t, y, moved) for y in (2.15, 1.65)])  # unit 1 above unit 2
            ax.text(t, 2.55, f"$h_{t}$", ha="center", va="center", fontsize=12)
            if t == 0:
                continue
            ax.add_patch(
                FancyBboxPatch((t - 0.22, -0.15), 0.44, 0.3, "round,pad=0.05", facecolor="white", edgecolor=INK)
            )
            self._inputs.append(ax.text(t, 0, "", **moved))
            ax.text(t, -0.42, f"$x_{t}$", ha="center", va="center", fontsize=12)
            ax.add_patch(FancyArrowPatch((t, 0.22), (t, 1.36), color=BLUE, **arrow))
            ax.text(t + 0.06, 0.75, "$W_{xh}$", color=BLUE, fontsize=12, va="center")
            ax.add_patch(FancyArrowPatch((t - 0.69, 1.9), (t - 0.31, 1.9), color=VERMILION, **arrow))
            ax.text(t - 0.5, 2.05, "$W_{hh}$", color=VERMILION, fontsize=12, ha="center")
            ax.add_patch(FancyArrowPatch((t - 0.32, 1.05), (t - 0.12, 1.36), color=GREEN, **arrow))
            ax.text(t - 0.42, 0.9, "$b_h$", color=GREEN, fontsize=12, ha="center", va="center")
        # What has not been computed yet lies under a veil; the newest state is framed.
        self._veil = ax.add_patch(Rectangle((0, -0.6), 0, 3.4, facecolor="white", alpha=0.8, animated=True, zorder=4))
        self._frame = ax.add_patch(
            Rectangle((0, 1.4), 0.54, 1.0, fill=False, linewidth=3, edgecolor=INK, animated=True)
        )

    def _unit(self, t: int, y: float, moved: dict) -> tuple[Rectangle, Text]:
        cell = Rectangle((t - 0.27, y - 0.25), 0.54, 0.5, edgecolor=INK, facecolor="white", animated=True)
        self.network.add_patch(cell)
        return cell, self.network.text(t, y, "", **moved)

    def _build_sum(self) -> None:
        self._title = self.sum.text(2, 3.3, "", fontsize=12, va="center", animated=True)
        mono = {"family": "monospace", "fontsize": 10.5, "va": "center", "animated": True}
        self._rows = [[self.sum.text(x, y, "", color=color, **mono) for x, color in PARTS] for y in (2.1, 1.1)]

    def update(self, frame: UnrollFrame) -> None:
        """Show the network after step t."""
        t, x, h, W_xh, W_hh, b_h = frame
        for step, units in enumerate(self._units):
            for unit, (cell, label) in enumerate(units):
                value = h[step, unit] if step <= t else 0.0
                cell.set_facecolor(f"{1 - 0.35 * min(abs(value), 1):.3f}")  # the further from 0, the darker
                label.set_text(number(value) if step <= t else "")
        for step, label in enumerate(self._inputs, start=1):
            label.set_text(number(x[step - 1], 1) if step <= t else "")
        self._veil.set(x=t + 0.31, width=self.steps + 1)
        self._frame.set(x=t - 0.27, visible=t > 0)
        if t == 0:
            self._title.set_text("$h_0 = 0$: nothing has been read yet. Move t.")
        else:
            self._title.set_text(
                rf"$h_{t} = \tanh(W_{{xh}}\, x_{t} + W_{{hh}}\, h_{t - 1} + b_h)$, the same weights at every t"
            )
        for unit, row in enumerate(self._rows):
            parts = [""] * len(PARTS)
            if t > 0:
                before, a = h[t - 1], np.arctanh(h[t, unit])
                (w,), (from_1, from_2) = W_xh[unit], W_hh[unit]
                parts = (
                    f"unit {unit + 1}: tanh(",
                    product(w, number(x[t - 1], 1)),
                    f"{product(from_1, number(before[0]))} {product(from_2, number(before[1]))}",
                    f"{'−' if b_h[unit] < 0 else '+'} {abs(b_h[unit]):.1f}",
                    f") = tanh({number(a)}) = {number(h[t, unit])}",
                )
            for artist, part in zip(row, parts, strict=True):
                artist.set_text(part)
