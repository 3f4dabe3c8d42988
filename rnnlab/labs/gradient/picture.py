"""The gradient lab's picture."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from rnnlab.draw import BLUE, GREEN, GREY, INK, PURPLE, VERMILION, legend_above, tidy
from rnnlab.draw.look import own_look
from rnnlab.draw.picture import Picture

LOW, HIGH = 1e-8, 1e8  # the ends of the logarithmic axes: a part 1e-8 as large as another is lost in a float32 sum
LEGEND = {
    "bbox_to_anchor": (1.01, 1.1),
    "ncols": 3,
    "borderaxespad": 0,
    "columnspacing": 1,
    "handlelength": 1.6,
    "handletextpad": 0.5,
}
SPANS = (10, 20, 50, 100)  # how far the lags are shown: the smallest that holds T


class GradientFrame(NamedTuple):
    """A gradient, taken apart by lag over T steps, to be drawn."""

    norms: np.ndarray  # (T + 1,), relative to lag 0, like the next two
    bound: np.ndarray
    radius: np.ndarray
    parts: np.ndarray  # the height of each step's bar, (T,), 1 at most
    share_norms: np.ndarray  # (T,)
    scale: float  # what clipping multiplies the shares by
    kept: int  # how many steps truncation leaves
    losses: np.ndarray  # what truncation loses at k = 1 ... T, (T,)
    says: Collection[str]  # one line of words per panel, in reading order


class GradientPicture(Picture):
    """A gradient's way back through time, in four panels over the same steps: its norm, what each step adds to
    dL/dW_hh, the same after clipping, and what truncation loses. Its `look` is its span."""

    @own_look()
    def __init__(self):
        super().__init__(height=5.2)
        grid = self.figure.subplots(
            2,
            2,
            gridspec_kw={"left": 0.065, "right": 0.985, "top": 0.895, "bottom": 0.09, "hspace": 0.5, "wspace": 0.17},
        )
        (self.norm, self.sum), (self.clip, self.loss) = grid
        titles = {
            self.norm: "gradient norm",
            self.sum: "the gradient is a sum",
            self.clip: "each step's share, norm",
            self.loss: "what truncation loses",
        }
        for ax, title in titles.items():
            tidy(ax)
            ax.set_title(title, loc="left", fontsize=11, pad=19)
            ax.set_xlabel("k, the steps kept" if ax is self.loss else "lag, the steps back from the loss", labelpad=1)
        self._cut = {
            ax: ax.add_patch(
                Rectangle((0, 0), 1, 1, color="#e6e9ee", transform=ax.get_xaxis_transform(), animated=True)
            )
            for ax in titles
        }
        self._build_logs()
        self._build_shares()
        self._says = {
            ax: ax.text(0, 1.04, "", transform=ax.transAxes, fontsize=10, color="#444444", animated=True)
            for ax in titles
        }
        self.make_room(SPANS[0])

    def _build_logs(self) -> None:
        for ax in (self.norm, self.clip):
            ax.set(yscale="log", ylim=(LOW, HIGH))
            ax.set_yticks([1e-8, 1e-4, 1, 1e4, 1e8], ["1e-8", "1e-4", "1", "1e4", "1e8"])
            ax.minorticks_off()
        self._bound, self._radius, self._norms = (
            self.norm.plot([], [], style, color=color, linewidth=width, label=label, animated=True)[0]
            for style, color, width, label in (
                ("--", GREEN, 1.6, "bound"),
                (":", PURPLE, 2.2, r"radius$^\mathrm{lag}$"),
                ("-", BLUE, 2.4, "gradient"),
            )
        )
        self._before, self._after = (
            self.clip.plot([], [], style, color=color, markersize=3.5, linewidth=1.4, label=label, animated=True)[0]
            for style, color, label in ((".:", INK, "before clipping"), (".-", VERMILION, "after"))
        )
        edge = {"linestyle": "", "markersize": 9, "clip_on": False, "animated": True}
        self._out = {
            line: line.axes.plot([], [], color=line.get_color(), **edge)[0] for line in (self._norms, self._after)
        }
        legend_above(self.norm, handles=[self._norms, self._radius, self._bound], **LEGEND)
        legend_above(self.clip, handles=[self._before, self._after], **LEGEND)

    def _build_shares(self) -> None:
        self._bars = {
            color: self.sum.stairs([0], [0, 1], fill=True, color=color, label=label, animated=True)
            for color, label in ((VERMILION, "kept"), (GREY, "cut off"))
        }
        legend_above(self.sum, handles=self._bars.values(), **LEGEND)
        # Scaled to the highest bar: an axis in percent would have to be drawn again whenever a setting changes.
        self.sum.set(ylim=(-0.48, 1.05))
        self.sum.set_yticks([0, 1], ["0", "max"])
        self.loss.set(ylim=(0, 1.2))
        self.loss.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
        (self._losses,) = self.loss.plot([], [], color=BLUE, linewidth=2, animated=True)
        (self._chosen,) = self.loss.plot([], [], "o", color=VERMILION, markersize=8, clip_on=False, animated=True)

    def make_room(self, T: int) -> None:
        """Show the lags as far as `T` needs."""
        self.look = next(span for span in SPANS if span >= T)
        for ax in (self.norm, self.sum, self.clip, self.loss):
            ax.set_xlim(-0.012 * self.look - 0.5, self.look + 0.5)

    def update(self, frame: GradientFrame) -> None:
        """Move the artists to show a gradient."""
        T, kept = len(frame.parts), frame.kept
        self.make_room(T)
        for ax, rectangle in self._cut.items():
            rectangle.set_bounds(kept - 0.5, 0, 2 * SPANS[-1] if kept < T and ax is not self.loss else 0, 1)
        for line, values in ((self._norms, frame.norms), (self._bound, frame.bound), (self._radius, frame.radius)):
            line.set_data(np.arange(len(values)), values)
        # The first step's share is 0, because h_0 is 0: it has no point on a logarithmic axis.
        some = np.flatnonzero(frame.share_norms)
        self._before.set_data(some, frame.share_norms[some])
        some = some[some < kept]
        self._after.set_data(some, frame.scale * frame.share_norms[some])
        for line, mark in self._out.items():
            self._mark(line.get_data(), mark)
        steps = np.arange(T)
        for chosen, bars in zip((slice(kept), slice(kept, None)), self._bars.values(), strict=True):
            # One bar per step, with a gap between bars.
            edges = (steps[chosen, None] + [-0.4, 0.4]).ravel()
            heights = np.stack([frame.parts[chosen], np.zeros_like(frame.parts[chosen])], 1).ravel()[:-1]
            bars.set_data(heights, edges) if len(edges) else bars.set_data([0], [0, 0])
        self._losses.set_data(steps + 1, frame.losses)
        self._chosen.set_data([kept], frame.losses[[kept - 1]])
        for text, words in zip(self._says.values(), frame.says, strict=True):
            text.set_text(words)

    @staticmethod
    def _mark(curve: tuple[np.ndarray, np.ndarray], mark: Line2D) -> None:
        """Put a triangle where a curve leaves its panel for good."""
        lags, values = curve
        outside = (values < LOW) | (values > HIGH)
        if not outside[-1:].any():
            mark.set_data([], [])
            return
        first = len(values) - int(np.argmin(outside[::-1])) if not outside.all() else 0
        up = values[first] > HIGH
        mark.set_marker("^" if up else "v")
        mark.set_data([lags[first]], [HIGH if up else LOW])
