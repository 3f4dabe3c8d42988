import numpy as np

from rnnlab.labs.neuron.picture import NeuronFrame, NeuronPicture


def test_update_moves_artists_to_the_run_and_makes_none():
    picture = NeuronPicture(steps=3)
    before = {ax: list(ax.get_children()) for ax in picture.figure.axes}
    grid = np.array([-1.0, 1.0])
    h = np.array([0.0, 0.5, -0.25, 0.125])
    for levels in ([-0.5, 0.5], [0.25]):
        frame = NeuronFrame(
            x=np.array([1.0, 0.0, -1.0]),
            h=h,
            levels=levels,
            before=grid,
            after={x: grid * x for x in (0.0, 1.0, -1.0)},
            stable=levels,
            unstable=[0.0],
        )
        picture.update(frame)
    assert before == {ax: list(ax.get_children()) for ax in picture.figure.axes}
    x, y = picture._path.get_data()
    # To the map (h_{t-1}, h_t), across to the diagonal (h_t, h_t), and again.
    assert list(zip(x, y, strict=True)) == [
        (0, 0),
        (0, 0.5),
        (0.5, 0.5),
        (0.5, -0.25),
        (-0.25, -0.25),
        (-0.25, 0.125),
        (0.125, 0.125),
    ]
    lines = {line.get_label(): line for line in picture.cobweb.get_lines()}
    assert lines["x = −1"].get_ydata().tolist() == [1, -1] and lines["stable"].get_xdata() == [0.25]
    assert np.isnan(picture._levels[1].get_ydata()).all() and picture._levels[0].get_ydata() == [0.25, 0.25]
