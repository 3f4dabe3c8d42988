"""The tasks lab's picture."""

from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from rnnlab.draw import BLUE, GREY, INK, ORANGE, tidy
from rnnlab.draw.look import own_look
from rnnlab.draw.picture import Picture
from rnnlab.draw.training import note_in, training_panel

STEPS, TOP = 12, 3  # rows of the table, and how many candidates each shows
SHADE = colormaps["Blues"]


class TasksFrame(NamedTuple):
    """A state of the training, and what it makes of one sentence, to be drawn."""

    losses: np.ndarray  # in nats, one per step so far
    accuracies: list[float]  # at the start and after each epoch
    steps: int  # how many the longest training has
    steps_per_epoch: int
    note: str  # words beside the curves
    classes: int  # the number of classes in the loss
    bars: list[tuple[str, float]]  # three names and shares
    title: str  # the title of the table
    words: tuple[str, ...]  # at most STEPS of them
    candidates: list[list[tuple[str, float]]]  # for each word, up to TOP names and their probabilities


class TasksPicture(Picture):
    """Left, the training: loss and test score; below, three scores as bars, the baseline's first.

    Right, a table: one row per step, with its word and the candidates that the network finds most probable there.
    """

    @own_look()
    def __init__(self):
        super().__init__(height=5.0)
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

    def _build_bars(self) -> None:
        ax = self.bars
        tidy(ax)
        ax.set(xlim=(0, 1.02), ylim=(2.5, -0.65), yticks=[])
        ax.set_xlabel("share correct", labelpad=1)
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

    def update(self, frame: TasksFrame) -> None:
        """Move the artists to show a state of the training."""
        self._note.set_text(frame.note)
        steps = np.arange(1, len(frame.losses) + 1)
        self._losses.set_data(steps / frame.steps, np.minimum(frame.losses / np.log(frame.classes), 1))
        tested = frame.steps_per_epoch * np.arange(len(frame.accuracies))
        self._accuracies.set_data(tested / frame.steps, frame.accuracies)
        for bar, label, (name, share) in zip(self._bars, self._bar_names, frame.bars, strict=True):
            bar.set_width(share)
            label.set_text(f"{name}: {share:.1%}")
        self._title.set_text(frame.title)
        for row in range(STEPS):
            there = row < len(frame.words)
            self._words[row].set_text(frame.words[row] if there else "")
            found = frame.candidates[row] if there else []
            for column, (cell, text) in enumerate(self._cells[row]):
                shown = column < len(found)
                cell.set_visible(shown)
                text.set_visible(shown)
                if shown:
                    name, probability = found[column]
                    cell.set_facecolor(SHADE(0.75 * probability))
                    text.set_text(f"{name}  {probability:.2f}")
                    text.set_color("white" if probability > 0.75 else INK)
