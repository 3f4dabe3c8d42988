import numpy as np

from rnnlab.labs.unroll.picture import UnrollFrame, UnrollPicture


def words(picture) -> str:
    return " ".join(text.get_text() for ax in picture.figure.axes for text in ax.texts if text.get_visible())


def test_update_writes_the_numbers_out_and_makes_no_artist():
    picture = UnrollPicture(2)
    before = {ax: list(ax.get_children()) for ax in picture.figure.axes}
    weights = {"W_xh": [[1.0], [-0.5]], "W_hh": [[0.6, -0.4], [0.3, 0.5]], "b_h": [0.1, 0.0]}
    h = np.array([[0.0, 0.0], [0.8005, -0.4621], [0.6352, 0.0091]])
    picture.update(UnrollFrame(t=2, x=[1.0, 0.0], h=h, **weights))
    assert "+ 0.6 × 0.80 − 0.4 × (−0.46) + 0.1 ) = tanh(0.75) = 0.64" in words(picture)
    picture.update(UnrollFrame(t=0, x=[1.0, 0.0], h=h[:1], **weights))
    assert "nothing has been read yet" in words(picture) and "tanh(" not in words(picture)
    assert before == {ax: list(ax.get_children()) for ax in picture.figure.axes}
