import numpy as np
import pytest

from rnnlab.labs.tasks.picture import STEPS, TasksFrame, TasksPicture

BARS = [("each word's most frequent tag", 0.7), ("test words", 0.9), ("the ambiguous ones", 0.8)]


def update(picture, words, candidates):
    frame = TasksFrame(
        losses=np.linspace(2, 0.1, 30),
        accuracies=[0.1, 0.5, 0.9],
        steps=30,
        steps_per_epoch=15,
        note="learnt in 16 of 100 epochs",
        classes=7,
        bars=BARS,
        title="each word's part of speech",
        words=words,
        candidates=candidates,
    )
    picture.update(frame)


def test_a_row_for_each_word_and_the_rest_hidden():
    picture = TasksPicture()
    update(picture, ("they", "fish"), [[("PRON", 0.9), ("DET", 0.1)], [("VERB", 1.0)]])
    shown = [[text.get_text() for cell, text in row if cell.get_visible()] for row in picture._cells]
    assert shown[:2] == [["PRON  0.90", "DET  0.10"], ["VERB  1.00"]] and not any(shown[2:])
    assert [word.get_text() for word in picture._words[:3]] == ["they", "fish", ""]
    assert picture._accuracies.get_xdata().tolist() == [0, 0.5, 1]
    update(picture, ("a",), [[("DET", 1.0)]])
    assert not picture._cells[1][0][0].get_visible()


@pytest.mark.parametrize("places", [STEPS, 1])
def test_all_of_it_fits_on_the_page(places):
    picture = TasksPicture()
    update(
        picture, ("yesterday",) * places, [[("newspapers", 0.97), ("newspaper", 0.02), ("yesterday", 0.01)]] * places
    )
    renderer = picture.figure.canvas.get_renderer() if hasattr(picture.figure.canvas, "get_renderer") else None
    picture.figure.draw_without_rendering()
    box = picture.figure.bbox
    for artist in picture.moving:
        if artist.get_visible() and (extent := artist.get_window_extent(renderer)).width:
            assert extent.x0 >= box.x0 and extent.x1 <= box.x1 and extent.y0 >= box.y0 and extent.y1 <= box.y1
    for row in picture._cells:
        for cell, text in row:
            if cell.get_visible():
                assert text.get_window_extent().width <= cell.get_window_extent().width
