"""The map of the book: its chapters, and which builds on which."""

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rnnlab.draw import BLUE, GREEN, INK, ORANGE
from rnnlab.draw.look import own_look

WIDTH, HEIGHT = 2.45, 1.0  # the size of a box
CHAPTERS = {  # number: title, minutes, the chapters it builds on, place on the map
    1: ("Forward\nrecurrence", 120, (), (0, 1)),
    2: ("Backpropagation\nthrough time", 120, (1,), (1, 1)),
    3: ("The sine\nforecast", 120, (1,), (1, 2.45)),
    4: ("MNIST as\na sequence", 120, (1, 2), (2, 2.45)),
    5: ("Sequence\ntasks", 120, (1, 2), (2, 1)),
    6: ("LSTM and GRU", 120, (2,), (2, -0.45)),
}
ALT = (
    "A map of six boxes, 120 minutes each. Chapter 1, forward recurrence, leads to 2, backpropagation through time, "
    "and to 3, the sine forecast. Chapter 2 leads to 4, MNIST as a sequence, to 5, sequence tasks, and to 6, LSTM "
    "and GRU."
)


@own_look()
def chapter_map() -> Figure:
    """One box per chapter, with its minutes, and an arrow from the chapter that it builds on."""
    figure = Figure(figsize=(9.6, 3.6), dpi=100, facecolor="white")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.15, 9.45), ylim=(-0.6, 3.6))
    ax.set_axis_off()
    corners = {number: (3.45 * place[0], place[1]) for number, (_, _, _, place) in CHAPTERS.items()}
    for number, (title, minutes, builds_on, _) in CHAPTERS.items():
        x, y = corners[number]
        color = GREEN if not builds_on else ORANGE if number == 3 else BLUE
        box = FancyBboxPatch((x, y), WIDTH, HEIGHT, "round,pad=0.04,rounding_size=0.12", facecolor="white")
        box.set(edgecolor=color, linewidth=2.5)
        ax.add_patch(box)
        ax.text(
            x + 0.28, y + HEIGHT / 2, str(number), fontsize=24, weight="bold", color=color, ha="center", va="center"
        )
        ax.text(x + 0.58, y + HEIGHT / 2 + 0.12, title, fontsize=11.5, color=INK, va="center", linespacing=1.1)
        ax.text(x + WIDTH, y + 0.02, f"{minutes} min", fontsize=9, color=INK, va="bottom", ha="right")
        nearest = max(builds_on, default=None)  # the others come before that one anyway
        if nearest:
            from_x, from_y = corners[nearest]
            ends = (from_x + WIDTH + 0.1, from_y + HEIGHT / 2), (x - 0.1, y + HEIGHT / 2)
            ax.add_patch(FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=18, color=INK, linewidth=1.5))
    return figure
