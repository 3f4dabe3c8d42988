import numpy as np

from rnnlab.labs.mnist.picture import MnistFrame, MnistPicture


def test_update_moves_the_artists_and_makes_none():
    picture = MnistPicture()
    before = {ax: list(ax.get_children()) for ax in picture.figure.axes}
    beliefs = np.full((28, 10), 0.05)
    beliefs[:, 7] = 0.55
    frame = MnistFrame(
        losses=np.array([2.3, 9.9]),
        accuracies=[0.5],
        done=0.5,
        epochs=2,
        confusion=np.diag(range(10)),
        pixels=np.eye(28),
        label=4,
        beliefs=beliefs,
        digit=12,
    )
    picture.update(frame)
    assert before == {ax: list(ax.get_children()) for ax in picture.figure.axes}
    words = [text.get_text() for ax in picture.figure.axes for text in ax.texts]
    assert "test digit 12, a 4" in words and "belief: says 7" in words and "9" in words and "0" not in words
    (line,) = [line for line in picture.loss.lines if line.get_label() == "test accuracy"]
    assert line.get_xydata().tolist() == [[0.5, 0.5]]
    (losses,) = [line for line in picture.loss.lines if line.get_label() == "loss / ln 10"]
    assert losses.get_xdata().tolist() == [0.25, 0.5] and losses.get_ydata()[1] == 1  # cut at the top of the panel
