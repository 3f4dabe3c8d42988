import numpy as np
import pytest

from rnnlab.labs.memory.picture import SMALLEST, MemoryFrame, MemoryPicture


def update(picture, lag, steps=20, note=""):
    generator = np.random.default_rng(0)
    strip = generator.uniform(size=(8, lag + 1))
    belief = generator.dirichlet(np.ones(4), lag + 1)
    frame = MemoryFrame(
        losses=np.linspace(2, 0.1, 20),
        tested=[0, 10, 20],
        accuracies=[0.2, 0.6, 1.0],
        steps=steps,
        note=note,
        before=np.geomspace(1e-30, 1, lag + 1),
        now=np.ones(lag + 1),
        carrier="c",
        noise=generator.normal(size=lag + 1),
        symbol=2,
        upper=("forget gate $f_t$: how much is kept", strip),
        lower=("how much of it changes per step, on the same scale", 1 - strip),
        belief=belief,
    )
    picture.update(frame)
    return strip, belief


def test_the_lines_are_the_numbers():
    picture = MemoryPicture(4)
    strip, belief = update(picture, 30)
    assert np.array_equal(picture._strips[picture.upper].get_array(), strip)
    assert np.array_equal(picture._strips[picture.belief].get_array(), belief.T)
    assert picture._accuracies.get_xdata().tolist() == [0, 0.5, 1]
    assert picture._losses.get_ydata()[0] == 1  # at the top of the page, though the loss is above ln 4
    assert picture._before.get_ydata()[0] == SMALLEST and picture._before.get_ydata()[-1] == 1
    assert picture._true.get_y() == 0.5 and "30 steps of noise" in picture._titles[picture.input].get_text()
    assert picture._titles[picture.belief].get_text() == f"belief: says {belief[-1].argmax()}"


def test_half_a_training_fills_half_the_axis():
    picture = MemoryPicture(4)
    update(picture, 30, steps=40)
    assert picture._losses.get_xdata()[-1] == 0.5 == picture._accuracies.get_xdata()[-1]


@pytest.mark.parametrize("lag", [5, 200])
def test_all_of_it_fits_on_the_page(lag):
    picture = MemoryPicture(4)
    update(picture, lag, steps=200, note="learnt in 140 of 200 steps")
    picture.figure.draw_without_rendering()
    box = picture.figure.bbox
    for artist in picture.moving:
        if (extent := artist.get_window_extent()).width:
            assert extent.x0 >= box.x0 and extent.x1 <= box.x1 and extent.y0 >= box.y0 and extent.y1 <= box.y1, artist
