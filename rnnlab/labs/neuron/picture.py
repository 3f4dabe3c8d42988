"""The neuron lab's picture."""

from typing import Any, NamedTuple

import numpy as np

from rnnlab.draw import BLUE, GREEN, GREY, INK, VERMILION, legend_above, tidy
from rnnlab.draw.look import own_look
from rnnlab.draw.picture import Picture

MARGINS = {"left": 0.065, "right": 0.985, "top": 0.93, "bottom": 0.11}
TICKS = (-1, -0.5, 0, 0.5, 1)
MAPS = {0.0: ("-", INK, "no input"), 1.0: ("--", BLUE, "x = 1"), -1.0: (":", BLUE, "x = −1")}  # drawn for these inputs


class NeuronFrame(NamedTuple):
    """A run, to be drawn."""

    x: np.ndarray  # (steps,)
    h: np.ndarray  # (steps + 1,), from h_0
    levels: list[float]  # the stable levels without input, at most 2
    before: np.ndarray  # values of h_{t-1}, (n,)
    after: dict[float, np.ndarray]  # for each input of MAPS, the h_t that these values lead to, (n,)
    stable: list[float]  # fixed points to mark
    unstable: list[float]


class NeuronPicture(Picture):
    """One neuron, shown twice: what it does in time, and its path over the map from h_{t-1} to h_t (a cobweb plot)."""

    @own_look()
    def __init__(self, steps: int):
        super().__init__(height=4.3)
        grid = self.figure.add_gridspec(
            *(2, 2), width_ratios=(1.42, 1), height_ratios=(1, 2.5), wspace=0.17, hspace=0.28, **MARGINS
        )
        self.input, self.state, self.cobweb = (
            self.figure.add_subplot(place) for place in (grid[0, 0], grid[1, 0], grid[:, 1])
        )
        for ax in (self.input, self.state, self.cobweb):
            tidy(ax)
        self.steps = steps
        self._build_time()
        self._build_cobweb()

    def _build_time(self) -> None:
        self.input.set_title("input $x_t$", loc="left", fontsize=11)
        self.input.set(xlim=(0, self.steps), ylim=(-3, 3), xticklabels=[])
        (self._x,) = self.input.plot([], [], color=BLUE, drawstyle="steps-mid", linewidth=1.4, animated=True)
        self.state.set_title("state $h_t$", loc="left", fontsize=11)
        self.state.set(xlim=(0, self.steps), ylim=(-1.1, 1.1), yticks=TICKS)
        self.state.set_xlabel("time step t", labelpad=1)
        self._levels = [
            self.state.axhline(np.nan, color=GREEN, linestyle="--", linewidth=1.2, animated=True) for _ in range(2)
        ]
        self._levels[0].set_label("stable level without input")
        (self._h,) = self.state.plot([], [], ".-", color=VERMILION, markersize=5, linewidth=1.2, animated=True)
        legend_above(self.state, handles=self._levels[:1])

    def _build_cobweb(self) -> None:
        ax = self.cobweb
        ax.set_title("from one state to the next", loc="left", fontsize=11)
        ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=TICKS, yticks=TICKS, aspect="equal", anchor="N")
        ax.set_xlabel("$h_{t-1}$", labelpad=1)
        ax.set_ylabel("$h_t$", labelpad=-6)
        ax.plot([-1.1, 1.1], [-1.1, 1.1], color=GREY, linewidth=1)
        (self._path,) = ax.plot([], [], color=VERMILION, linewidth=0.8, alpha=0.8, animated=True)
        self._maps = {
            x: ax.plot([], [], style, color=color, linewidth=1.8, label=label, animated=True)[0]
            for x, (style, color, label) in MAPS.items()
        }
        dots = {"linestyle": "", "markersize": 8, "markeredgewidth": 1.8, "clip_on": False, "animated": True}
        (self._stable,) = ax.plot([], [], "o", color=GREEN, label="stable", **dots)
        (self._unstable,) = ax.plot([], [], "o", color=GREEN, markerfacecolor="white", label="unstable", **dots)
        below: dict[str, Any] = {
            "loc": "upper center",
            "bbox_to_anchor": (0.44, -0.11),
            "frameon": False,
            "fontsize": 9,
        }
        ax.legend(ncols=5, borderaxespad=0, columnspacing=0.7, handlelength=1.2, handletextpad=0.4, **below)

    def update(self, frame: NeuronFrame) -> None:
        """Move the artists to show a run."""
        h = frame.h
        self._x.set_data(np.arange(1, len(frame.x) + 1), frame.x)
        self._h.set_data(np.arange(len(h)), h)
        for i, line in enumerate(self._levels):
            line.set_ydata([frame.levels[i] if i < len(frame.levels) else np.nan] * 2)
        for value, line in self._maps.items():
            line.set_data(frame.before, frame.after[value])
        # A step of the cobweb: up or down to the map, then across to the diagonal.
        self._path.set_data(np.repeat(h, 2)[:-1], np.r_[h[0], np.repeat(h[1:], 2)])
        self._stable.set_data(frame.stable, frame.stable)
        self._unstable.set_data(frame.unstable, frame.unstable)
