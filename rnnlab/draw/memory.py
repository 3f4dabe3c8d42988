"""The memory lab's picture."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnnlab.draw import GREY, INK, VERMILION, tidy
from rnnlab.draw.look import own_look
from rnnlab.draw.training import note_in, training_panel

SMALLEST = 1e-12  # of a gradient, on the page


class MemoryPicture:
    """Training left: the loss and the test accuracy above; below, what is left of the gradient at every step. Right, one
    sequence from its symbol to the question: what comes in, two strips of what the units do, and the belief.

    `moving` holds the artists that `update` changes; all else is background. Time runs from 0, the symbol, to 1, the
    question, whatever the lag.
    """

    @own_look()
    def __init__(self, symbols: int):
        self.figure = Figure(figsize=(9.6, 5.2), dpi=100, facecolor="white")
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
        self.moving = [artist for ax in self.figure.axes for artist in ax.get_children() if artist.get_animated()]

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
        look = {"aspect": "auto", "animated": True, "interpolation": "nearest", "extent": (0, 1, 1, 0)}
        self._strips = {}
        for ax, colours in ((self.upper, "Blues"), (self.lower, "Greens"), (self.belief, "Oranges")):
            self._strips[ax] = ax.imshow(np.zeros((1, 1)), cmap=colours, vmin=0, vmax=1, **look)
            ax.set(xticks=[], yticks=[])
        for ax in (self.upper, self.lower):
            ax.set_ylabel("units", fontsize=9)
        self.belief.set(yticks=(np.arange(self.symbols) + 0.5) / self.symbols, yticklabels=range(self.symbols))
        self.belief.tick_params(length=0, labelsize=8)
        self.belief.set_xlabel("from the symbol to the question", labelpad=2)
        self._true = self.belief.add_patch(
            Rectangle((0, 0), 1, 1 / self.symbols, fill=False, edgecolor=INK, linewidth=1.5, animated=True)
        )

    def update(
        self, *, losses, tested, accuracies, steps, note, before, now, carrier, noise, symbol, upper, lower, belief
    ) -> None:
        """Move the artists to a state of the training.

        losses, in nats, one a step so far; accuracies, and after which steps they were tested; steps, those of the longest
        training; note, words beside the curves; before and now (T,), the gradient left at every step; carrier, what it is
        a gradient of; noise (T,); symbol, the one seen; upper and lower, each a title and an array (units, T) of 0 to 1;
        belief (T, symbols).
        """
        self._note.set_text(note)
        self._losses.set_data(np.arange(1, len(losses) + 1) / steps, np.minimum(losses / np.log(self.symbols), 1))
        self._accuracies.set_data(np.divide(tested, steps), accuracies)
        time = np.linspace(0, 1, len(noise))
        self._path_title.set_text(f"what is left of the gradient dL/d{carrier}")
        self._before.set_data(time, np.maximum(before, SMALLEST))
        self._now.set_data(time, np.maximum(now, SMALLEST))
        self._noise.set_data(time, noise)
        self._symbol.set_data([0.004], [0])
        self._titles[self.input].set_text(f"in: symbol {symbol}, then {len(noise) - 1} steps of noise")
        for ax, (title, strip) in ((self.upper, upper), (self.lower, lower)):
            self._titles[ax].set_text(title)
            self._strips[ax].set_data(strip)
        self._strips[self.belief].set_data(belief.T)
        self._titles[self.belief].set_text(f"belief: says {belief[-1].argmax()}")
        self._true.set_y(symbol / self.symbols)
