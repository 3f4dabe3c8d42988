"""The sine lab's picture."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from rnnlab.draw import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, VERMILION, legend_above, tidy
from rnnlab.draw.look import own_look
from rnnlab.draw.picture import Picture

ERRORS = (3e-4, 10)  # on the page; a smaller one is drawn on the axis, at "less"
ERROR_TICKS = {ERRORS[0]: "less", 1e-3: "0.001", 1e-2: "0.01", 1e-1: "0.1", 1: "1", 10: "10"}


class SineFrame(NamedTuple):
    """A state of the training, to be drawn."""

    values: np.ndarray  # the series, (length,)
    n_train: int  # how many of them it trains on
    limits: tuple[float, float]  # the limits of the axis that they are drawn on
    one_step: np.ndarray  # the forecasts of the test values, (length - n_train,)
    losses: np.ndarray  # one per step so far
    done: float  # the share of the training that is done, 0 to 1
    test_error: float
    floors: dict[str, float]  # the errors to compare it with, by name; those not given are hidden
    fans: tuple[np.ndarray, np.ndarray] | None = None  # free runs: where each starts, (n,), and its values, (n, k)
    by_k: np.ndarray | None = None  # the test error 1 to k steps ahead, (k,)
    persistence_by_k: np.ndarray | None = None  # the same for persistence


class SinePicture(Picture):
    """The sine lab's picture: the series with its forecasts, the loss as it falls, the error k steps ahead."""

    FANS = 6  # free-running forecasts drawn

    @own_look()
    def __init__(self, k: int):
        super().__init__(height=5.4)
        self.k = k
        grid = self.figure.add_gridspec(
            2, 2, height_ratios=(1.25, 1), left=0.07, right=0.975, top=0.94, bottom=0.09, hspace=0.42, wspace=0.2
        )
        self.series, self.loss, self.horizon = (
            self.figure.add_subplot(place) for place in (grid[0, :], grid[1, 0], grid[1, 1])
        )
        for ax in (self.series, self.loss, self.horizon):
            tidy(ax)
        self._build_series()
        self._build_loss()
        self._build_horizon()

    def _build_series(self) -> None:
        ax = self.series
        ax.set_title("the series and its forecasts", loc="left", fontsize=11)
        ax.set_xlabel("time step i", labelpad=1)
        self._past = ax.axvspan(0, 600, color="#e6e9ee", zorder=0)
        (self._values,) = ax.plot([], [], ".", color=GREY, markersize=3, label="series", animated=True)
        (self._one_step,) = ax.plot([], [], color=BLUE, linewidth=1.6, label="1 step ahead", animated=True)
        self._fans = [ax.plot([], [], color=VERMILION, linewidth=1.8, animated=True)[0] for _ in range(self.FANS)]
        self._fans[0].set_label(f"1 to {self.k} steps, on its own predictions")
        self._side = ax.text(0, 0, "trains on the shaded part", fontsize=9, color="#666666", va="bottom")
        legend_above(ax, ncols=3)

    def _scale_errors(self, ax: Axes) -> None:
        ax.set(yscale="log", ylim=ERRORS)
        ax.set_yticks(list(ERROR_TICKS), ERROR_TICKS.values())

    def _build_loss(self) -> None:
        ax = self.loss
        ax.set_title("training loss", loc="left", fontsize=11)
        ax.set(xlim=(0, 1), xlabel="share of the training done")
        self._scale_errors(ax)
        (self._losses,) = ax.plot([], [], color=BLUE, linewidth=1.2, label="batch loss", animated=True)
        (self._test,) = ax.plot([], [], "o", color=INK, markersize=6, label="test error", animated=True, clip_on=False)
        self._floors = {
            name: ax.axhline(np.nan, color=color, linestyle=style, linewidth=1.5, label=name, animated=True)
            for name, color, style in (
                ("persistence", PURPLE, "-."),
                ("best linear", GREEN, "--"),
                ("noise floor", ORANGE, "-"),
            )
        }
        legend_above(ax, ncols=3, fontsize=8, columnspacing=1, handlelength=1.5)

    def _build_horizon(self) -> None:
        ax = self.horizon
        ax.set_title("test error k steps ahead", loc="left", fontsize=11)
        ax.set(xscale="log", xlim=(1, self.k), xlabel="k")
        self._scale_errors(ax)
        ax.set_xticks([k for k in (1, 4, 16, 64) if k <= self.k], [str(k) for k in (1, 4, 16, 64) if k <= self.k])
        ax.minorticks_off()
        (self._by_k,) = ax.plot([], [], color=VERMILION, linewidth=1.8, label="model", animated=True)
        (self._persistence_by_k,) = ax.plot(
            [], [], "-.", color=PURPLE, linewidth=1.5, label="persistence", animated=True
        )
        legend_above(ax, ncols=2, fontsize=8)

    def update(self, frame: SineFrame) -> None:
        """Move the artists to show a state of the training."""
        length = len(frame.values)
        self._values.set_data(np.arange(length), frame.values)
        self.look = length, frame.n_train, frame.limits
        self.series.set(xlim=(0, length), ylim=frame.limits)
        self._past.set_width(frame.n_train)
        self._side.set_position((length * 0.005, frame.limits[0]))
        for name, line in self._floors.items():
            line.set_ydata([max(frame.floors.get(name, np.nan), ERRORS[0])] * 2)
        self._one_step.set_data(frame.n_train + np.arange(len(frame.one_step)), frame.one_step)
        steps = len(frame.losses)
        self._losses.set_data(
            np.linspace(frame.done / max(steps, 1), frame.done, steps), np.maximum(frame.losses, ERRORS[0])
        )
        self._test.set_data([frame.done], [max(frame.test_error, ERRORS[0])])
        starts, values = frame.fans or ([], [])
        for i, line in enumerate(self._fans):
            line.set_data(starts[i] + np.arange(self.k), values[i]) if i < len(starts) else line.set_data([], [])
        for line, errors in ((self._by_k, frame.by_k), (self._persistence_by_k, frame.persistence_by_k)):
            ahead = np.empty(0) if errors is None else np.maximum(errors, ERRORS[0])
            line.set_data(np.arange(1, len(ahead) + 1), ahead)
