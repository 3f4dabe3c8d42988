"""The paths through an unrolled network, forward and back: chapter 2's drawing."""

from matplotlib.figure import Figure

from rnnlab.draw import BLUE, INK, VERMILION, figure
from rnnlab.draw.look import own_look

APART = 1.2  # between two states
Point = tuple[float, float]


@own_look()
def two_ways(steps: int = 3) -> Figure:
    """h_0 to h_steps and the loss: what goes forward above; what comes back below, with the shares of dL/dW_hh."""
    made, ax = figure(height=3.0)
    ax.axis("off")
    ax.set(xlim=(-0.6, APART * (steps + 1) + 0.6), ylim=(-1.35, 1.5))

    def arrow(start: Point, end: Point, color: str, words: str, above: float) -> None:
        ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 2})
        ax.text((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + above, words, color=color, ha="center")

    for t in range(steps + 2):
        x = APART * t
        circle = {"boxstyle": "circle", "facecolor": "#eef3f8", "edgecolor": INK}
        ax.text(x, 0, f"$h_{t}$" if t <= steps else "$L$", fontsize=15, ha="center", va="center", bbox=circle)
        if t <= steps:
            over, under = ("$W_{hh}$", rf"$W_{{hh}}^T \delta_{t + 1}$") if t < steps else ("", f"$dL/dh_{t}$")
            arrow((x + 0.25, 0.12), (x + APART - 0.25, 0.12), BLUE, over, 0.1)
            arrow((x + APART - 0.25, -0.12), (x + 0.25, -0.12), VERMILION, under, -0.32)
        if 0 < t <= steps:
            arrow((x, 0.95), (x, 0.32), BLUE, f"$x_{t}$", 0.42)
            arrow((x, -0.32), (x, -0.92), VERMILION, rf"share $\delta_{t}\, h_{t - 1}^T$", -0.55)
    return made
