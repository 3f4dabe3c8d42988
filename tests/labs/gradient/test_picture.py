import numpy as np
import pytest

from rnnlab.labs.gradient.picture import GradientFrame, GradientPicture


def picture_state(T, kept, norms=None, shares=None):
    return GradientFrame(
        norms=np.ones(T + 1) if norms is None else norms,
        bound=np.ones(T + 1),
        radius=np.ones(T + 1),
        parts=np.linspace(1, -0.1, T),
        share_norms=np.r_[np.ones(T - 1), 0.0] if shares is None else shares,
        scale=0.5,
        kept=kept,
        losses=np.linspace(1, 0, T),
        says=["a", "b", "c", "d"],
    )


def test_update_moves_artists_makes_none_and_only_a_new_span_moves_the_axes():
    picture = GradientPicture()
    before = {ax: list(ax.get_children()) for ax in picture.figure.axes}
    looks = []
    for T, kept in ((50, 10), (21, 5), (51, 51), (100, 100), (2, 1)):
        picture.update(picture_state(T, kept))
        looks.append(picture.look)
        assert T <= picture.sum.get_xlim()[1] == picture.look + 0.5
    assert looks == [50, 50, 100, 100, 10]
    assert before == {ax: list(ax.get_children()) for ax in picture.figure.axes}


def test_clipped_shares_lie_below_and_stop_where_truncation_cuts():
    picture = GradientPicture()
    picture.update(picture_state(50, 10))
    lines = {line.get_label(): line for line in picture.clip.get_lines()}
    assert lines["before clipping"].get_xdata().tolist() == list(range(49))  # step 1 has no share
    assert lines["after"].get_data()[1].tolist() == [0.5] * 10


@pytest.mark.parametrize(("base", "marker", "at"), [(10.0, "^", 9), (0.1, "v", 9), (1.0, None, None)])
def test_a_curve_that_leaves_its_panel_is_marked_there(base, marker, at):
    picture = GradientPicture()
    picture.update(picture_state(20, 20, norms=base ** np.arange(21.0)))
    mark = picture._out[picture._norms]
    assert len(mark.get_xdata()) == (at is not None)
    if at is not None:
        assert mark.get_marker() == marker and mark.get_xdata()[0] == at


def test_no_shares_at_all_can_be_drawn():
    picture = GradientPicture()
    picture.update(picture_state(5, 5, shares=np.zeros(5)))
    assert len(picture._after.get_xdata()) == 0
