"""The panel that shows a lab's training: the loss as it falls and the test score as it rises, both from 0 to 1."""

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from rnnlab.draw import BLUE, GREY, legend_above, tidy

HALO = withStroke(linewidth=3, foreground="white")  # keeps words readable that lie on a curve


def training_panel(ax: Axes, *, losses: str, scores: str, share_of: str) -> tuple[Line2D, Line2D]:
    """Make `ax` the panel; time runs from 0 to 1, as a share of `share_of`. Returns its two lines, to be moved."""
    tidy(ax)
    ax.set_title("training", loc="left", fontsize=11)
    ax.set(xlim=(0, 1), ylim=(0, 1.02))
    ax.set_xlabel(f"share of the {share_of}", labelpad=1)
    (falling,) = ax.plot([], [], color=GREY, linewidth=1, label=losses, animated=True)
    (rising,) = ax.plot([], [], ".-", color=BLUE, linewidth=2, label=scores, animated=True, clip_on=False)
    legend_above(ax, bbox_to_anchor=(1.01, 1), ncols=2, handlelength=1.2)
    return falling, rising


def note_in(ax: Axes) -> Text:
    """A text to be set, in the panel's lower half, readable on its curves."""
    place = {"transform": ax.transAxes, "ha": "right", "va": "center", "path_effects": [HALO]}
    return ax.text(0.98, 0.42, "", fontsize=10, animated=True, **place)
