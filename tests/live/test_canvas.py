import io

import numpy as np
import pytest
from matplotlib.image import imread

from rnnlab.draw.picture import Picture
from rnnlab.live import canvas as live
from rnnlab.live.canvas import Canvas


class Line(Picture):
    """A level line on a page without axes."""

    def __init__(self):
        super().__init__(height=1)
        ax = self.figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
        ax.axis("off")
        (self.line,) = ax.plot([0, 1], [0.2, 0.2], color="black", animated=True)
        self.words = ax.text(0.4, 0.8, "words", fontsize=20, animated=True)


def rows_of_ink(png: bytes) -> set[int]:
    """The rows that are dark from the left edge to the text."""
    picture = imread(io.BytesIO(png))[..., :3]
    return set(np.flatnonzero((picture[:, 10:300].max(axis=2) < 0.5).all(axis=1)))


def test_a_frame_shows_the_artists_where_they_are_now():
    picture = Line()
    canvas = Canvas(picture)
    low = rows_of_ink(canvas.png())
    picture.line.set_ydata([0.8, 0.8])
    high = rows_of_ink(canvas.png())
    assert low and high and min(low) > max(high)  # nothing is left of the old frame


def test_a_background_is_drawn_once_for_each_look():
    picture = Line()
    canvas, pictures = Canvas(picture), {}
    for color in ("red", "blue", "red"):
        picture.figure.set_facecolor(color)
        picture.look = color
        assert pictures.setdefault(color, canvas.png()) == canvas.png()
    picture.figure.set_facecolor("green")
    picture.look = "blue"
    assert canvas.png() == pictures["blue"] != pictures["red"]
    for number in range(live.KEPT_BACKGROUNDS):
        picture.look = number
        green = canvas.png()
    picture.look = "blue"  # no longer kept
    assert canvas.png() == green


@pytest.mark.parametrize("ratio", [1.25, 2.0, 3.0])
def test_finer_pixels_show_the_same_picture_finer_and_leave_the_plain_one_as_it_was(ratio):
    picture = Line()
    canvas = Canvas(picture)
    plain, fine = canvas.png(), canvas.png(ratio)
    assert imread(io.BytesIO(fine)).shape[:2] == (100 * ratio, 960 * ratio)
    assert {round(row / ratio) for row in rows_of_ink(fine)} & rows_of_ink(plain)
    ink = [(1 - imread(io.BytesIO(png))[..., :3]).sum() for png in (plain, fine)]
    assert ink[1] == pytest.approx(ratio**2 * ink[0], rel=0.1)  # both text and line
    assert canvas.png() == plain and canvas.png(ratio) == fine
    picture.words.set_text("")
    assert canvas.png(ratio) != fine
