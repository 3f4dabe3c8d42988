"""The tasks lab's picture."""

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnnlab.draw import BLUE, GREY, INK, ORANGE, tidy
from rnnlab.draw.look import own_look
from rnnlab.draw.training import note_in, training_panel

STEPS, TOP = 12, 3  # rows of the table, and how many candidates each shows
SHADE = colormaps["Blues"]


class TasksPicture:
    """Training left: the loss and the test score above, below three scores as bars, the baseline's first. Right a table:
    a row for each step, its word, and the candidates that the network finds most probable there.

    `moving` holds the artists that `update` changes; all else is background.
    """

    @own_look()
    def __init__(self):
        self.figure = Figure(figsize=(9.6, 5.0), dpi=100, facecolor="white")
        places = {
            "loss": (0.065, 0.60, 0.335, 0.31),
            "bars": (0.065, 0.09, 0.335, 0.36),
            "table": (0.44, 0.04, 0.55, 0.86),
        }
        self.loss, self.bars, self.table = (self.figure.add_axes(place) for place in places.values())
        self._losses, self._accuracies = training_panel(
            self.loss, losses="loss / ln classes", scores="test score", share_of="longest training"
        )
        self._note = note_in(self.loss)
        self._build_bars()
        self._build_table()
        self.moving = [artist for ax in self.figure.axes for artist in ax.get_children() if artist.get_animated()]

    def _build_bars(self) -> None:
        ax = self.bars
        tidy(ax)
        ax.set(xlim=(0, 1.02), ylim=(2.5, -0.65), yticks=[])
        ax.set_xlabel("share right", labelpad=1)
        self._bars, self._bar_names = [], []
        for row, color in enumerate((GREY, BLUE, ORANGE)):
            self._bars.append(ax.add_patch(Rectangle((0, row), 0, 0.42, color=color, animated=True)))
            self._bar_names.append(ax.text(0.01, row - 0.08, "", fontsize=9.5, animated=True))

    def _build_table(self) -> None:
        ax = self.table
        ax.set(xlim=(-1, TOP), ylim=(STEPS, -0.25))
        ax.set_axis_off()
        title = {"transform": ax.transAxes, "fontsize": 11, "va": "bottom", "animated": True}
        self._title = ax.text(0.0, 1.015, "", **title)
        at = {"va": "center", "fontsize": 10, "animated": True}
        self._words = [ax.text(-0.08, row + 0.5, "", ha="right", **at) for row in range(STEPS)]
        self._cells = [
            [
                (
                    ax.add_patch(Rectangle((column + 0.02, row + 0.06), 0.96, 0.88, edgecolor="white", animated=True)),
                    ax.text(column + 0.5, row + 0.5, "", ha="center", **at),
                )
                for column in range(TOP)
            ]
            for row in range(STEPS)
        ]

    def update(self, *, losses, accuracies, steps, between, note, classes, bars, title, words, candidates) -> None:
        """Move the artists to a state of the training.

        losses, in nats, one a step so far; accuracies, at the start and every `between` steps, an epoch; steps, those of the
        longest training; note, words beside the curves; classes, how many the loss is over; bars, three (name, share);
        words, up to STEPS; candidates, for each word up to TOP (name, probability).
        """
        self._note.set_text(note)
        self._losses.set_data(np.arange(1, len(losses) + 1) / steps, np.minimum(losses / np.log(classes), 1))
        self._accuracies.set_data(between * np.arange(len(accuracies)) / steps, accuracies)
        for bar, label, (name, share) in zip(self._bars, self._bar_names, bars, strict=True):
            bar.set_width(share)
            label.set_text(f"{name}: {share:.1%}")
        self._title.set_text(title)
        for row in range(STEPS):
            self._words[row].set_text(words[row] if row < len(words) else "")
            found = candidates[row] if row < len(words) else []
            for column, (cell, text) in enumerate(self._cells[row]):
                shown = column < len(found)
                cell.set_visible(shown)
                text.set_visible(shown)
                if shown:
                    name, probability = found[column]
                    cell.set_facecolor(SHADE(0.75 * probability))
                    text.set_text(f"{name}  {probability:.2f}")
                    text.set_color("white" if probability > 0.75 else INK)
