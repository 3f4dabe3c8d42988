"""The memory lab's picture."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.patches import Rectangle

from rnnlab.draw import GREY, INK, VERMILION, tidy
from rnnlab.draw.look import own_look
from rnnlab.draw.picture import Picture
from rnnlab.draw.training import note_in, training_panel

SMALLEST = 1e-12  # the smallest gradient that is drawn


class MemoryFrame(NamedTuple):
    """A state of the training, and one sequence of T steps, to be drawn."""

    losses: np.ndarray  # in nats, one per step so far
    tested: list[int]  # the steps after which it was tested
    accuracies: list[float]  # the test accuracy after each of these steps
    steps: int  # how many the longest training has
    note: str  # words beside the curves
    before: np.ndarray  # what is left of the gradient at each step, (T,), before training
    now: np.ndarray  # the same now, (T,)
    carrier: str  # the state that it is a gradient of: "c" or "h"
    noise: np.ndarray  # (T,)
    symbol: int  # the symbol seen
    upper: tuple[str, np.ndarray]  # a title, and what each unit does, (units, T), 0 to 1
    lower: tuple[str, np.ndarray]
    belief: np.ndarray  # (T, symbols)


class MemoryPicture(Picture):
    """Left, the training: loss and test accuracy; below, the gradient left at every step. Right, one sequence.

    The sequence, from its symbol to the question: what comes in, two strips of what the units do, and the belief. Time
    runs from 0, the symbol, to 1, the question, whatever the lag.
    """

    @own_look()
    def __init__(self, symbols: int):
        super().__init__(height=5.2)
        self.symbols = symbols
        places = {
            "loss": (0.07, 0.60, 0.33, 0.31),
            "path": (0.07, 0.09, 0.33, 0.36),
            "input": (0.47, 0.80, 0.515, 0.14),
            "upper": (0.47, 0.55, 0.515, 0.19),
            "lower": (0.47, 0.30, 0.515, 0.19),
            "belief": (0.47, 0.09, 0.515, 0.15),
        }
        self.loss, self.path, self.input, *strips = (self.figure.add_axes(place) for place in places.values())
        self.upper, self.lower, self.belief = strips
        self._losses, self._accuracies = training_panel(
            self.loss, losses="loss / ln 4", scores="test accuracy", share_of="longest training"
        )
        self._note = note_in(self.loss)
        self._build_path()
        self._build_sequence()

    def _build_path(self) -> None:
        ax = self.path
        tidy(ax)
        ax.set(xlim=(0, 1), ylim=(SMALLEST, 1e3), yscale="log", yticks=[1e-12, 1e-8, 1e-4, 1])
        ax.set_xlabel("from the symbol to the question", labelpad=1)
        self._path_title = ax.text(0, 1.03, "", transform=ax.transAxes, fontsize=11, animated=True)
        (self._before,) = ax.plot([], [], "--", color=GREY, linewidth=2, label="before training", animated=True)
        (self._now,) = ax.plot([], [], color=VERMILION, linewidth=2, label="now", animated=True)
        ax.legend(loc="lower right", frameon=False, fontsize=9)

    def _build_sequence(self) -> None:
        title = {"fontsize": 10, "animated": True, "va": "bottom"}
        self.input.set(xlim=(0, 1), ylim=(-2.2, 2.2), xticks=[], yticks=[])
        self.input.spines[["top", "right", "bottom", "left"]].set_visible(False)
        (self._noise,) = self.input.plot([], [], color=GREY, linewidth=0.8, animated=True)
        (self._symbol,) = self.input.plot([], [], "s", color=INK, markersize=9, animated=True, clip_on=False)
        self._titles = {
            ax: ax.text(0, 1.03, "", transform=ax.transAxes, **title)
            for ax in (self.input, self.upper, self.lower, self.belief)
        }
        look: dict[str, Any] = {"aspect": "auto", "animated": True, "interpolation": "nearest", "extent": (0, 1, 1, 0)}
        self._strips = {}
        for ax, colours in ((self.upper, "Blues"), (self.lower, "Greens"), (self.belief, "Oranges")):
            self._strips[ax] = ax.imshow(np.zeros((1, 1)), cmap=colours, vmin=0, vmax=1, **look)
            ax.set(xticks=[], yticks=[])
        for ax in (self.upper, self.lower):
            ax.set_ylabel("units", fontsize=9)
        self.belief.set(yticks=(np.arange(self.symbols) + 0.5) / self.symbols, yticklabels=range(self.symbols))
        self.belief.tick_params(length=0, labelsize=8)
        self.belief.set_xlabel("from the symbol to the question", labelpad=2)
        self._true = Rectangle((0, 0), 1, 1 / self.symbols, fill=False, edgecolor=INK, linewidth=1.5, animated=True)
        self.belief.add_patch(self._true)

    def update(self, frame: MemoryFrame) -> None:
        """Move the artists to show a state of the training."""
        self._note.set_text(frame.note)
        steps = np.arange(1, len(frame.losses) + 1)
        self._losses.set_data(steps / frame.steps, np.minimum(frame.losses / np.log(self.symbols), 1))
        self._accuracies.set_data(np.divide(frame.tested, frame.steps), frame.accuracies)
        time = np.linspace(0, 1, len(frame.noise))
        self._path_title.set_text(f"what is left of the gradient dL/d{frame.carrier}")
        self._before.set_data(time, np.maximum(frame.before, SMALLEST))
        self._now.set_data(time, np.maximum(frame.now, SMALLEST))
        self._noise.set_data(time, frame.noise)
        self._symbol.set_data([0.004], [0])
        self._titles[self.input].set_text(f"in: symbol {frame.symbol}, then {len(frame.noise) - 1} steps of noise")
        for ax, (title, strip) in ((self.upper, frame.upper), (self.lower, frame.lower)):
            self._titles[ax].set_text(title)
            self._strips[ax].set_data(strip)
        self._strips[self.belief].set_data(frame.belief.T)
        self._titles[self.belief].set_text(f"belief: says {frame.belief[-1].argmax()}")
        self._true.set_y(frame.symbol / self.symbols)
