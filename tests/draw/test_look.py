"""A reader's Matplotlib style and fonts change nothing in our pictures, and our pictures change nothing in theirs."""

import logging
import threading

import matplotlib
import matplotlib.pyplot as plt
import pytest
from quick import quick

from rnnlab import draw, labs
from rnnlab.draw.book import chapter_map
from rnnlab.draw.bptt import two_ways
from rnnlab.draw.look import own_look

STYLES = {
    "dark, large": ["dark_background", {"font.size": 30, "lines.linewidth": 9, "axes.grid": True, "figure.dpi": 300}],
    "classic": ["classic"],
    "a font that is not there": [{"font.sans-serif": ["SimHei"], "font.family": "SimHei", "axes.unicode_minus": False}],
    "xkcd": [{"path.sketch": (1, 100, 2), "text.color": "red", "xtick.direction": "in", "savefig.facecolor": "red"}],
}


def chapter_figure():
    figure, ax = draw.figure()
    ax.plot([0, 1, -1], label="a line")
    ax.text(0, 0, "words")
    ax.annotate("here", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"})
    ax.set_title("title")
    ax.bar([0], [1])
    ax.legend()
    return draw.png(figure)


def lab_picture(name):
    lab = getattr(labs, name)(**quick(name))
    if "seed" in lab.controls:
        lab.controls["seed"].value = 2
    lab.wait(120).close()
    return lab.picture


PICTURES = {
    "a chapter's figure": chapter_figure,
    "the map": lambda: draw.png(chapter_map()),
    "two ways": lambda: draw.png(two_ways()),
    **{name: lambda name=name: lab_picture(name) for name in labs.__all__},
}


@pytest.mark.slow
@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_the_same_whatever_the_style(picture, caplog):
    wanted = PICTURES[picture]()
    for style in STYLES.values():
        with plt.style.context(style), caplog.at_level(logging.WARNING, "matplotlib"):
            before = dict(matplotlib.rcParams)
            assert PICTURES[picture]() == wanted
            assert dict(matplotlib.rcParams) == before
    assert not caplog.records


def test_what_a_reader_sets_while_a_picture_is_drawn_stays_set():
    with plt.style.context({"lines.linewidth": 9, "font.size": 30}):
        drawing, done = threading.Event(), threading.Event()

        def draw_slowly():
            with own_look():
                drawing.set()
                done.wait(10)

        worker = threading.Thread(target=draw_slowly)
        worker.start()
        assert drawing.wait(10)
        assert matplotlib.rcParams["font.size"] == matplotlib.rcParamsDefault["font.size"]
        matplotlib.rcParams["lines.linewidth"] = 5
        done.set()
        worker.join()
        assert matplotlib.rcParams["lines.linewidth"] == 5 and matplotlib.rcParams["font.size"] == 30


def test_with_the_default_settings_nothing_is_touched():
    before = {key: id(value) for key, value in dict.items(matplotlib.rcParams)}
    with own_look():
        assert {key: id(value) for key, value in dict.items(matplotlib.rcParams)} == before


def test_an_error_while_drawing_sets_the_readers_settings_back():
    with plt.style.context({"font.size": 30}):
        with pytest.raises(ValueError, match="t is 9"), own_look():
            labs.unroll_lab(t=9)
        assert matplotlib.rcParams["font.size"] == 30
