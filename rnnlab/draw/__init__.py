"""The look of the book: one palette, safe for the colour-blind, and figures shown with a description in words.

The picture of a live lab is in the lab's own folder; `training` is a panel that three labs share.
"""

import base64
import io
from html import escape
from typing import Any

import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.draw.look import OwnAxes, own_look

# Okabe & Ito (2008): colours that stay distinct under the common colour-vision deficiencies.
INK, GREY = "#222222", "#6e6e6e"
BLUE, ORANGE, GREEN, VERMILION, PURPLE = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7"


@own_look()
def figure(width: float = 9.6, height: float = 3.0, **subplots: Any) -> tuple[Figure, Any]:
    """A Figure in the book's style, `width` x `height` inches, and its Axes as `Figure.subplots` gives them.

    No pyplot: nothing is shown twice and nothing is shared between threads. The white background is part of the figure,
    so that it is readable in a dark theme too.
    """
    made = Figure(figsize=(width, height), dpi=100, layout="constrained", facecolor="white")
    usual: dict[str, Any] = {"subplot_kw": {"axes_class": OwnAxes}}
    axes = made.subplots(**usual | subplots)
    for ax in np.atleast_1d(axes).flat:
        tidy(ax)
    return made, axes


def tidy(ax: Axes) -> None:
    """Keep only what helps reading: two spines and a light grid."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(color="#e6e6e6", linewidth=0.8)
    ax.set_axisbelow(True)


def legend_above(ax: Axes, **look: Any) -> None:
    """A legend over the panel's upper right corner; `look` goes to `Axes.legend`."""
    usual = {"loc": "lower right", "bbox_to_anchor": (1, 1), "frameon": False, "fontsize": 9, "borderaxespad": 0.1}
    ax.legend(**usual | look)


@own_look()
def png(made: Figure) -> bytes:
    """The figure as PNG bytes."""
    buffer = io.BytesIO()
    made.savefig(buffer, format="png")
    return buffer.getvalue()


def show(made: Figure, alt: str) -> None:
    """Show a figure in the notebook, with `alt` for those who cannot see it.

    The text goes into the picture's metadata (where `make html` and nbconvert's classic template look), into the plain
    output, and into a folded line below. It may wrap: line breaks and indentation become single spaces. Raises
    ValueError for an `alt` under 40 characters: it must say what there is to see.
    """
    alt = " ".join(alt.split())
    if len(alt) < 40:
        raise ValueError(f"alt is {alt!r}; allowed: a sentence that says what the figure shows, 40 characters or more")
    picture = base64.b64encode(png(made)).decode()
    display({"image/png": picture, "text/plain": alt}, raw=True, metadata={"image/png": {"alt": alt}})
    fold("The figure in words", alt)


def fold(title: str, text: str) -> None:
    """Show `text` folded under `title`: JupyterLab itself gives a picture no alternative text."""
    display({"text/html": f"<details><summary>{escape(title)}</summary>{escape(text)}</details>"}, raw=True)
