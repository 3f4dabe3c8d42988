"""The sine lab's picture."""

import numpy as np
from matplotlib.figure import Figure

from rnnlab.draw import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, VERMILION, tidy
from rnnlab.draw.look import own_look

ERRORS = (3e-4, 10)  # on the page; a smaller one lies on the axis, at "less"
ERROR_TICKS = {ERRORS[0]: "less", 1e-3: "0.001", 1e-2: "0.01", 1e-1: "0.1", 1: "1", 10: "10"}


class SinePicture:
    """The sine lab's picture: the series with its forecasts, the loss as it falls, the error k steps ahead.

    `moving` holds the artists that `update` changes; all else is background, drawn again only when
    `set_series` moves the axes.
    """

    FANS = 6  # free-running forecasts drawn

    @own_look()
    def __init__(self, k: int):
        self.figure = Figure(figsize=(9.6, 5.4), dpi=100, facecolor="white")
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
        self.moving = [artist for ax in self.figure.axes for artist in ax.get_children() if artist.get_animated()]

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
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, fontsize=9, borderaxespad=0.1)

    def _scale_errors(self, ax) -> None:
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
        ax.legend(
            loc="lower right",
            bbox_to_anchor=(1, 1),
            ncols=3,
            frameon=False,
            fontsize=8,
            borderaxespad=0.1,
            columnspacing=1,
            handlelength=1.5,
        )

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
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize=8, borderaxespad=0.1)

    def set_series(self, values: np.ndarray, n_train: int, limits: tuple[float, float]) -> bool:
        """Show `values` (length,), trained on up to `n_train`; True when the background must be drawn again."""
        self._values.set_data(np.arange(len(values)), values)
        before = (self.series.get_xlim(), self.series.get_ylim(), self._past.get_width())
        self.series.set(xlim=(0, len(values)), ylim=limits)
        self._past.set_width(n_train)
        self._side.set_position((len(values) * 0.005, limits[0]))
        return before != (self.series.get_xlim(), self.series.get_ylim(), self._past.get_width())

    def set_floors(self, **floors: float | None) -> None:
        """Draw the reference errors given by name (`persistence`, `best_linear`, `noise_floor`), hide the others."""
        for name, line in self._floors.items():
            value = floors.get(name.replace(" ", "_"))
            line.set_ydata([np.nan if value is None else max(value, ERRORS[0])] * 2)

    def update(self, *, start, one_step, losses, done, test_error, fans=None, by_k=None, persistence_by_k=None) -> None:
        """Move the artists to a training state.

        start: position of the first test value; one_step (n_test,); losses: those so far, (n,), and `done` their
        share of the training, 0 to 1; fans: (starts (FANS,), values (FANS, k)); by_k, persistence_by_k: (k,).
        """
        self._one_step.set_data(start + np.arange(len(one_step)), one_step)
        self._losses.set_data(np.linspace(done / max(len(losses), 1), done, len(losses)), np.maximum(losses, ERRORS[0]))
        self._test.set_data([done], [max(test_error, ERRORS[0])])
        starts, values = ([], []) if fans is None else fans
        for i, line in enumerate(self._fans):
            line.set_data(starts[i] + np.arange(self.k), values[i]) if i < len(starts) else line.set_data([], [])
        for line, errors in ((self._by_k, by_k), (self._persistence_by_k, persistence_by_k)):
            line.set_data([], []) if errors is None else line.set_data(
                np.arange(1, self.k + 1), np.maximum(errors, ERRORS[0])
            )
