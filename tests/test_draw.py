import base64
import io

import numpy as np
import pytest
from matplotlib.image import imread

from rnnlab import draw


def shown(monkeypatch) -> list[dict]:
    calls = []
    monkeypatch.setattr(draw, "display", lambda data, raw, metadata=None: calls.append({"data": data, "metadata": metadata}))
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


@pytest.mark.parametrize("name", ["INK", "BLUE", "GREEN", "VERMILION"])
def test_the_colours_of_text_and_main_lines_stand_out_from_white(name):
    assert 1.05 / (luminance(getattr(draw, name)) + 0.05) > 3


def picture_state(done=1.0):
    k = 64
    return {
        "start": 600,
        "one_step": np.zeros(400),
        "losses": np.linspace(1, 0.1, 10),
        "done": done,
        "test_error": 0.05,
        "fans": (600 + k * np.arange(3), np.ones((3, k))),
        "by_k": np.full(k, 0.1),
        "persistence_by_k": np.full(k, 0.2),
    }


def test_update_moves_artists_and_makes_none():
    picture = draw.SinePicture(64)
    before = {ax: list(ax.get_children()) for ax in picture.figure.axes}
    assert picture.set_series(np.zeros(1000), 600, (-2, 2))
    assert not picture.set_series(np.ones(1000), 600, (-2, 2))  # the same axes: the background stands
    assert picture.set_series(np.ones(500), 300, (-2, 2))
    for _ in range(3):
        picture.update(**picture_state())
    assert before == {ax: list(ax.get_children()) for ax in picture.figure.axes}


def test_update_shows_what_it_is_given_and_clears_the_rest():
    picture = draw.SinePicture(64)
    picture.update(**picture_state())
    lines = {line.get_label(): line for ax in picture.figure.axes for line in ax.get_lines()}
    assert lines["1 step ahead"].get_xdata()[[0, -1]].tolist() == [600, 999]
    assert lines["1 to 64 steps, on its own predictions"].get_xdata()[[0, -1]].tolist() == [600, 663]
    assert lines["batch loss"].get_ydata().tolist() == np.linspace(1, 0.1, 10).tolist()
    assert lines["test error"].get_data()[1] == [0.05]
    assert lines["model"].get_ydata().tolist() == [0.1] * 64
    untrained = {name: value for name, value in picture_state(0.0).items() if name not in ("fans", "by_k", "persistence_by_k")}
    picture.update(**untrained | {"losses": np.empty(0)})
    for name in ("1 to 64 steps, on its own predictions", "batch loss", "model"):
        assert len(lines[name].get_xdata()) == 0


def test_floors_are_drawn_by_name_and_hidden_without_one():
    picture = draw.SinePicture(64)
    picture.set_floors(persistence=0.08, noise_floor=0.04)
    heights = {line.get_label(): list(line.get_ydata()) for line in picture.loss.get_lines()}
    assert heights["persistence"] == [0.08, 0.08] and heights["noise floor"] == [0.04, 0.04]
    assert np.isnan(heights["best linear"]).all()
