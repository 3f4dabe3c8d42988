import numpy as np

from rnnlab.labs.sine.picture import SineFrame, SinePicture


def picture_state(**changed):
    k = 64
    frame = SineFrame(
        values=np.zeros(1000),
        n_train=600,
        limits=(-2.0, 2.0),
        one_step=np.zeros(400),
        losses=np.linspace(1, 0.1, 10),
        done=1.0,
        test_error=0.05,
        floors={},
        fans=(600 + k * np.arange(3), np.ones((3, k))),
        by_k=np.full(k, 0.1),
        persistence_by_k=np.full(k, 0.2),
    )
    return frame._replace(**changed)


def test_update_moves_artists_and_makes_none():
    picture = SinePicture(64)
    before = {ax: list(ax.get_children()) for ax in picture.figure.axes}
    looks = []
    for changed in ({}, {"values": np.ones(1000)}, {"values": np.ones(500), "n_train": 300}, {"limits": (-3.0, 3.0)}):
        picture.update(picture_state(**changed))
        looks.append(picture.look)
    assert looks[0] == looks[1] and len(set(looks)) == 3  # the same axes: the background is kept
    assert before == {ax: list(ax.get_children()) for ax in picture.figure.axes}


def test_update_shows_what_it_is_given_and_clears_the_rest():
    picture = SinePicture(64)
    picture.update(picture_state())
    lines = {line.get_label(): line for ax in picture.figure.axes for line in ax.get_lines()}
    assert lines["1 step ahead"].get_xdata()[[0, -1]].tolist() == [600, 999]
    assert lines["1 to 64 steps, on its own predictions"].get_xdata()[[0, -1]].tolist() == [600, 663]
    assert lines["batch loss"].get_ydata().tolist() == np.linspace(1, 0.1, 10).tolist()
    assert lines["test error"].get_data()[1] == [0.05]
    assert lines["model"].get_ydata().tolist() == [0.1] * 64
    nothing = {"fans": None, "by_k": None, "persistence_by_k": None}
    picture.update(picture_state(done=0.0, losses=np.empty(0), **nothing))
    for name in ("1 to 64 steps, on its own predictions", "batch loss", "model"):
        assert len(lines[name].get_xdata()) == 0


def test_floors_are_drawn_by_name_and_hidden_without_one():
    picture = SinePicture(64)
    picture.update(picture_state(floors={"persistence": 0.08, "noise floor": 0.04}))
    heights = {line.get_label(): list(line.get_ydata()) for line in picture.loss.get_lines()}
    assert heights["persistence"] == [0.08, 0.08] and heights["noise floor"] == [0.04, 0.04]
    assert np.isnan(heights["best linear"]).all()


def test_an_error_too_small_for_the_page_lies_on_its_lower_edge():
    picture = SinePicture(64)
    low = picture.loss.get_ylim()[0]
    assert picture.loss.get_yticklabels()[0].get_text() == "less" and picture.loss.get_yticks()[0] == low
    floors = {"persistence": 1e-5, "best linear": 0.0, "noise floor": 0.0}
    picture.update(picture_state(floors=floors, test_error=0.0, by_k=np.zeros(64)))
    lines = {line.get_label(): line for ax in (picture.loss, picture.horizon) for line in ax.get_lines()}
    for name in ("best linear", "noise floor", "test error", "model"):
        assert set(lines[name].get_ydata()) == {low}
