import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import IdentityTransform

from rnnlab.draw.training import HALO
from rnnlab.live import stamps
from rnnlab.live.stamps import Stamps

LOOKS = [
    {"s": "forget gate $f_t$: gjp", "ha": "left", "va": "bottom"},
    {"s": "42", "ha": "center", "va": "center", "color": "white"},
    {"s": "hello 0.53", "ha": "right", "va": "top", "color": "#0072b2", "alpha": 0.5, "weight": "bold"},
    {"s": "units", "va": "baseline", "rotation": 90, "fontsize": 15},
    {"s": "two\nlines", "ha": "center"},
    {"s": "on a curve", "ha": "right", "va": "center", "path_effects": [HALO]},
]


@pytest.fixture
def canvas():
    figure = Figure(figsize=(3, 2), dpi=100, facecolor="#dddddd")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas


def pixels(canvas, draw):
    """The page with nothing on it but what `draw` draws."""
    canvas.draw()
    draw()
    return np.asarray(canvas.buffer_rgba()).astype(int)


def words(canvas, x, y, s, **look):
    text = canvas.figure.text(x, y, s, transform=IdentityTransform(), animated=True, **look)
    text.remove()  # it can be drawn, but is not part of the background
    text.set_figure(canvas.figure)
    return text


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look["s"])
def test_a_stamp_is_what_matplotlib_draws_at_a_whole_pixel(canvas, look):
    text, stamped = words(canvas, 150, 90, **look), Stamps()
    drawn = pixels(canvas, lambda: text.draw(canvas.get_renderer()))
    for _ in range(2):  # cut, then used again
        assert np.abs(pixels(canvas, lambda: stamped.draw(text, canvas.get_renderer())) - drawn).max() <= 1
    assert (drawn != drawn[0, 0]).any(2).sum() > 50


def test_it_goes_where_the_words_go_and_says_what_they_say(canvas):
    text, stamped = words(canvas, 40, 60, "mark"), Stamps()
    draw = lambda: stamped.draw(text, canvas.get_renderer())  # noqa: E731
    first = pixels(canvas, draw)
    text.set_position((50.3, 79.6))
    assert np.array_equal(pixels(canvas, draw), np.roll(first, (-20, 10), axis=(0, 1)))
    for change in (
        lambda: text.set_text("mask"),
        lambda: text.set_color("red"),
        lambda: text.set_fontsize(14),
        lambda: text.set_path_effects([HALO]),
    ):
        before = pixels(canvas, draw)
        change()
        assert not np.array_equal(pixels(canvas, draw), before)


def test_it_does_not_matter_who_said_it_first(canvas):
    """A picture is the same whatever came before it: the stamp of one artist serves another."""
    one, other, stamped = words(canvas, 40.49, 60.2, "7"), words(canvas, 200.3, 30.4, "7"), Stamps()
    stamped.draw(one, canvas.get_renderer())
    shared = pixels(canvas, lambda: stamped.draw(other, canvas.get_renderer()))
    assert np.array_equal(shared, pixels(canvas, lambda: Stamps().draw(other, canvas.get_renderer())))


@pytest.mark.parametrize("nothing", ["", "  "])
def test_nothing_leaves_the_page_as_it_is(canvas, nothing):
    text, stamped = words(canvas, 40, 60, "seen"), Stamps()
    blank = pixels(canvas, lambda: None)
    text.set_visible(False)
    assert np.array_equal(pixels(canvas, lambda: stamped.draw(text, canvas.get_renderer())), blank)
    text.set_visible(True)
    text.set_text(nothing)
    assert np.array_equal(pixels(canvas, lambda: stamped.draw(text, canvas.get_renderer())), blank)


def test_only_so_many_are_kept(canvas, monkeypatch):
    monkeypatch.setattr(stamps, "KEPT", 5)
    stamped = Stamps()
    for number in range(20):
        stamped.draw(words(canvas, 40, 60, str(number)), canvas.get_renderer())
    assert len(stamped._stamps) == 5
