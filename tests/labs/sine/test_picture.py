import numpy as np

from rnnlab.labs.sine.picture import SinePicture


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
    picture = SinePicture(64)
    before = {ax: list(ax.get_children()) for ax in picture.figure.axes}
    assert picture.set_series(np.zeros(1000), 600, (-2, 2))
    assert not picture.set_series(np.ones(1000), 600, (-2, 2))  # the same axes: the background stands
    assert picture.set_series(np.ones(500), 300, (-2, 2))
    for _ in range(3):
        picture.update(**picture_state())
    assert before == {ax: list(ax.get_children()) for ax in picture.figure.axes}


def test_update_shows_what_it_is_given_and_clears_the_rest():
    picture = SinePicture(64)
    picture.update(**picture_state())
    lines = {line.get_label(): line for ax in picture.figure.axes for line in ax.get_lines()}
    assert lines["1 step ahead"].get_xdata()[[0, -1]].tolist() == [600, 999]
    assert lines["1 to 64 steps, on its own predictions"].get_xdata()[[0, -1]].tolist() == [600, 663]
    assert lines["batch loss"].get_ydata().tolist() == np.linspace(1, 0.1, 10).tolist()
    assert lines["test error"].get_data()[1] == [0.05]
    assert lines["model"].get_ydata().tolist() == [0.1] * 64
    untrained = {
        name: value for name, value in picture_state(0.0).items() if name not in ("fans", "by_k", "persistence_by_k")
    }
    picture.update(**untrained | {"losses": np.empty(0)})
    for name in ("1 to 64 steps, on its own predictions", "batch loss", "model"):
        assert len(lines[name].get_xdata()) == 0


def test_floors_are_drawn_by_name_and_hidden_without_one():
    picture = SinePicture(64)
    picture.set_floors(persistence=0.08, noise_floor=0.04)
    heights = {line.get_label(): list(line.get_ydata()) for line in picture.loss.get_lines()}
    assert heights["persistence"] == [0.08, 0.08] and heights["noise floor"] == [0.04, 0.04]
    assert np.isnan(heights["best linear"]).all()


def test_an_error_too_small_for_the_page_lies_on_its_lower_edge():
    picture = SinePicture(64)
    low = picture.loss.get_ylim()[0]
    assert picture.loss.get_yticklabels()[0].get_text() == "less" and picture.loss.get_yticks()[0] == low
    picture.set_floors(persistence=1e-5, best_linear=0.0, noise_floor=0.0)
    picture.update(**picture_state(1.0) | {"test_error": 0.0, "by_k": np.zeros(64)})
    lines = {line.get_label(): line for ax in (picture.loss, picture.horizon) for line in ax.get_lines()}
    for name in ("best linear", "noise floor", "test error", "model"):
        assert set(lines[name].get_ydata()) == {low}
