"""The MNIST lab's picture."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.patches import Rectangle

from rnnlab.draw import INK, VERMILION
from rnnlab.draw.look import own_look
from rnnlab.draw.picture import Picture
from rnnlab.draw.training import training_panel

ROWS, CLASSES = 28, 10


class MnistFrame(NamedTuple):
    """A state of the training, and one digit, to be drawn."""

    losses: np.ndarray  # in nats, one per step so far
    accuracies: list[float]  # one per epoch
    done: float  # 0 to 1
    epochs: int  # how many in all
    confusion: np.ndarray  # (10, 10) counts
    pixels: np.ndarray  # (28, 28), 0 to 1
    label: int
    beliefs: np.ndarray  # (28, 10), 0 to 1
    digit: int  # its place in the test set


class MnistPicture(Picture):
    """Left, the training: loss and test accuracy; below, which digits are taken for which.

    Right, a digit, and beside each of its rows what the network believes after it.
    """

    @own_look()
    def __init__(self):
        super().__init__(height=5.0)
        places = {
            "loss": (0.065, 0.62, 0.335, 0.29),
            "confusion": (0.065, 0.09, 0.335, 0.38),
            "digit": (0.455, 0.09, 0.29, 0.76),
            "belief": (0.765, 0.09, 0.22, 0.76),
        }
        self.loss, self.confusion, self.digit, self.belief = (self.figure.add_axes(p) for p in places.values())
        self._losses, self._accuracies = training_panel(
            self.loss, losses="loss / ln 10", scores="test accuracy", share_of="training done"
        )
        self._build_confusion()
        self._build_digit()

    def _build_confusion(self) -> None:
        ax = self.confusion
        ax.set_title("the test digits: true (row), said (column)", loc="left", fontsize=11)
        ax.set(xticks=range(CLASSES), yticks=range(CLASSES))
        ax.tick_params(length=0, labelsize=8)
        look: dict[str, Any] = {"cmap": "Blues", "aspect": "auto", "animated": True, "vmin": 0, "vmax": 1}
        self._confusion = ax.imshow(np.zeros((CLASSES, CLASSES)), **look)
        self._counts = [
            [ax.text(j, i, "", ha="center", va="center", fontsize=7, animated=True) for j in range(CLASSES)]
            for i in range(CLASSES)
        ]

    def _build_digit(self) -> None:
        for ax in (self.digit, self.belief):
            ax.tick_params(length=0, labelsize=8)
        look: dict[str, Any] = {"aspect": "auto", "animated": True, "vmin": 0, "vmax": 1, "interpolation": "nearest"}
        self._pixels = self.digit.imshow(np.zeros((ROWS, ROWS)), cmap="Greys", **look)
        self.digit.set(xticks=[], yticks=range(3, ROWS, 4), yticklabels=range(4, ROWS + 1, 4))
        self.digit.set_ylabel("rows read, t", labelpad=2)
        self._belief = self.belief.imshow(np.zeros((ROWS, CLASSES)), cmap="Oranges", **look)
        self.belief.set(xticks=range(CLASSES), yticks=[])
        self.belief.set_xticks(np.arange(CLASSES) - 0.5, minor=True)
        self.belief.tick_params(which="minor", length=0)
        self.belief.set_xlabel("class", labelpad=1)
        frame = {"fill": False, "edgecolor": INK, "linewidth": 1.5, "animated": True}
        self._true = Rectangle((0, -0.5), 1, ROWS, **frame)
        self.belief.add_patch(self._true)
        (self._best,) = self.belief.plot([], [], ".", color=VERMILION, markersize=5, animated=True)
        title = {"fontsize": 11, "animated": True, "va": "bottom"}
        self._title = self.digit.text(0, 1.02, "", transform=self.digit.transAxes, **title)
        self._says = self.belief.text(0, 1.02, "", transform=self.belief.transAxes, **title)

    def update(self, frame: MnistFrame) -> None:
        """Move the artists to show a state of the training."""
        steps = len(frame.losses)
        shares = frame.done * np.arange(1, steps + 1) / max(1, steps)
        self._losses.set_data(shares, np.minimum(frame.losses / np.log(CLASSES), 1))
        tests = len(frame.accuracies)
        self._accuracies.set_data(np.arange(1, tests + 1) / frame.epochs, frame.accuracies)
        shares = frame.confusion / np.maximum(1, frame.confusion.sum(1, keepdims=True))
        self._confusion.set_data(shares)
        for i, row in enumerate(self._counts):
            for j, text in enumerate(row):
                text.set_text(str(frame.confusion[i, j]) if frame.confusion[i, j] else "")
                text.set_color("white" if shares[i, j] > 0.6 else INK)
        self._pixels.set_data(frame.pixels)
        self._belief.set_data(frame.beliefs)
        self._true.set_x(frame.label - 0.5)
        said = frame.beliefs.argmax(1)
        self._best.set_data(said, np.arange(ROWS))
        self._title.set_text(f"test digit {frame.digit}, a {frame.label}")
        self._says.set_text(f"belief: says {said[-1]}")
