"""`Canvas`: a picture as PNG bytes, fast."""

import io
from collections.abc import Hashable
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image  # comes with Matplotlib, which needs it

from rnnlab.draw.look import own_look
from rnnlab.draw.picture import DPI, Picture
from rnnlab.live.stamps import Stamps

KEPT_BACKGROUNDS = 8  # per canvas, two megabytes each


class Canvas:
    """Draws a Picture: its background once per look, its moving artists in every frame.

    Axes, ticks and labels cost most of a Matplotlib draw and rarely change; of the moving artists only text is slow, so
    it is cached as stamps.
    """

    def __init__(self, picture: Picture):
        self.picture = picture
        self._canvas = FigureCanvasAgg(picture.figure)
        self._moving = picture.moving
        self._stamps = Stamps()
        self._backgrounds: dict[Hashable, Any] = {}

    def png(self, ratio: float = 1.0) -> bytes:
        """The picture as it is now, with `ratio` screen pixels per page pixel in each direction.

        Backgrounds and stamps are kept for a ratio of 1 only: other pictures are drawn when nothing moves.
        """
        with own_look():
            self.picture.figure.set_dpi(DPI * ratio)
            if ratio == 1:
                self._canvas.get_renderer()  # of that size
                self._canvas.restore_region(self._background())
            else:
                self._canvas.draw()
            renderer = self._canvas.get_renderer()
            for artist in self._moving:
                if ratio == 1 and isinstance(artist, Text):
                    self._stamps.draw(artist, renderer)
                else:
                    artist.draw(renderer)
            # No transparency, and level 1: the fastest that keeps all colours. A palette would turn pale ones grey.
            size, pixels = self._canvas.get_width_height(physical=True), np.asarray(self._canvas.buffer_rgba())
            picture = Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1).convert("RGB")
            buffer = io.BytesIO()
            picture.save(buffer, "png", compress_level=1)
        return buffer.getvalue()

    def _background(self) -> Any:
        if self.picture.look not in self._backgrounds:
            self._canvas.draw()
            if len(self._backgrounds) >= KEPT_BACKGROUNDS:
                self._backgrounds.pop(next(iter(self._backgrounds)))
            self._backgrounds[self.picture.look] = self._canvas.copy_from_bbox(self.picture.figure.bbox)
        return self._backgrounds[self.picture.look]
