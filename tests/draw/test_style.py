import base64
import io
from itertools import combinations

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.image import imread

from rnnlab import draw


def shown(monkeypatch) -> list[dict]:
    calls = []
    monkeypatch.setattr(
        draw, "display", lambda data, raw, metadata=None: calls.append({"data": data, "metadata": metadata})
    )
    return calls


def test_show_gives_the_picture_its_words_thrice(monkeypatch):
    calls = shown(monkeypatch)
    alt = "A line rises from zero to one & stays <there> for good."
    draw.show(draw.figure()[0], alt)
    picture, words = calls
    assert imread(io.BytesIO(base64.b64decode(picture["data"]["image/png"]))).shape == (300, 960, 4)
    assert picture["data"]["text/plain"] == alt == picture["metadata"]["image/png"]["alt"]
    assert "&amp; stays &lt;there&gt;" in words["data"]["text/html"]


@pytest.mark.parametrize("alt", ["", "a plot", "   " * 20])
def test_a_figure_without_words_is_refused(alt):
    with pytest.raises(ValueError, match="alt is"):
        draw.show(draw.figure()[0], alt)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


COLOURS = ("INK", "GREY", "BLUE", "ORANGE", "GREEN", "VERMILION", "PURPLE")


@pytest.mark.parametrize("deficiency", ["deuteranomaly", "protanomaly", "tritanomaly"])
def test_any_two_colours_keep_apart_without_one_kind_of_cone(deficiency):
    """Simulated after Machado, Oliveira & Fernandes (2009); in CAM02-UCS, where 1 is just visible."""
    seen_as = {"name": "sRGB1+CVD", "cvd_type": deficiency, "severity": 100}
    for one, other in combinations(COLOURS, 2):
        pair = [[int(getattr(draw, name)[i : i + 2], 16) / 255 for i in (1, 3, 5)] for name in (one, other)]
        pair = np.clip(cspace_convert(pair, seen_as, "sRGB1"), 0, 1)
        assert deltaE(*pair, input_space="sRGB1") > 10, (one, other)


@pytest.mark.parametrize("name", ["INK", "GREY", "BLUE", "GREEN", "VERMILION"])
def test_the_colours_of_text_and_main_lines_stand_out_from_white(name):
    assert 1.05 / (luminance(getattr(draw, name)) + 0.05) > 3
