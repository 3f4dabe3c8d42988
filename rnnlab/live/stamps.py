"""Words on a moving picture, drawn once, then pasted: text costs Matplotlib more than all lines and images together.

Matplotlib 3.12 may make this unnecessary (its #32120 speeds text up): once the book needs 3.12 anyway, see what
`benchmarks/latency.py` says without stamps.
"""

import copy
import math
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

KEPT = 1000  # stamps per canvas, about twenty kilobytes each
MARGIN = 3  # pixels around the words, for what sticks out of their box


class Stamp(NamedTuple):
    """Words as pixels, (height, width, RGBA), and their lower left corner, relative to their anchor."""

    pixels: np.ndarray
    left: int
    bottom: int


class Stamps:
    """Draws `Text` artists as Matplotlib does, but anchored at whole pixels, and each text in each look only once.

    A path effect may reach MARGIN pixels around the words; a frame (`bbox=`) is not supported.
    """

    def __init__(self):
        self._stamps: dict[tuple, Stamp | None] = {}

    def draw(self, text: Text, renderer: RendererAgg) -> None:
        """Stamp `text` where it is now."""
        if not text.get_visible():
            return
        font = hash(text.get_fontproperties())
        place = text.get_horizontalalignment(), text.get_verticalalignment(), text.get_rotation()
        look = text.get_text(), text.get_color(), text.get_alpha(), font, *place, *text.get_path_effects()
        if look not in self._stamps:
            if len(self._stamps) >= KEPT:
                self._stamps.pop(next(iter(self._stamps)))
            self._stamps[look] = _cut(text, renderer)
        stamp = self._stamps[look]
        if stamp is None:
            return
        x, y = text.get_transform().transform(text.get_position())
        gc = renderer.new_gc()
        renderer.draw_image(gc, round(x) + stamp.left, round(y) + stamp.bottom, stamp.pixels)
        gc.restore()


def _cut(text: Text, renderer: RendererAgg) -> Stamp | None:
    """`text` drawn on a sheet of its own size; None when there is nothing to see."""
    if not text.get_text().strip():
        return None
    mirror = copy.copy(text)
    mirror.set_transform(IdentityTransform())
    mirror.set_position((0, 0))
    box = mirror.get_window_extent(renderer)
    left, bottom = math.floor(box.x0) - MARGIN, math.floor(box.y0) - MARGIN
    width, height = math.ceil(box.x1) + MARGIN - left, math.ceil(box.y1) + MARGIN - bottom
    sheet = RendererAgg(width, height, renderer.dpi)
    mirror.set_position((-left, -bottom))
    mirror.draw(sheet)
    return Stamp(np.asarray(sheet.buffer_rgba())[::-1].copy(), left, bottom)
