import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from rnnlab.labs import neuron_lab
from rnnlab.labs.neuron.run import INPUTS, NONLINEARITIES, STEPS, NeuronSettings, neuron_run

ALLOWED = {
    "w": (-6.0, 6.0),
    "w_h": (-6.0, 6.0),
    "b": (-6.0, 6.0),
    "input": ["pulse", "step", "alternating", "noise"],
    "nonlinearity": ["tanh", "sigmoid"],
}

tenths = st.integers(-60, 60).map(lambda n: n / 10)
settings = st.builds(
    NeuronSettings, tenths, tenths, tenths, st.sampled_from(list(INPUTS)), st.sampled_from(list(NONLINEARITIES))
)


def final(**values):
    (state,) = neuron_run(NeuronSettings(**values))
    return state


@given(settings)
def test_the_run_is_pytorchs(given_settings):
    (state,) = neuron_run(given_settings)
    h = torch.zeros((), dtype=torch.float64)
    f = torch.tanh if given_settings.nonlinearity == "tanh" else torch.sigmoid
    for t in range(STEPS):
        h = f(given_settings.w * state.x[t] + given_settings.w_h * h + given_settings.b)
        assert float(h) == pytest.approx(state.h[t + 1], abs=1e-9)
    assert len(state.h) == STEPS + 1 and state.h[0] == 0 and state.done == 1


def test_the_run_is_nn_rnns():
    cell = nn.RNN(1, 1, batch_first=True).double()
    for weight, value in zip(cell.parameters(), (1.5, -0.7, 0.3, 0.0), strict=True):
        nn.init.constant_(weight, value)
    state = final(w=1.5, w_h=-0.7, b=0.3, input="noise")
    out, _ = cell(torch.tensor(state.x).reshape(1, -1, 1))
    np.testing.assert_allclose(state.h[1:], out.detach().flatten(), atol=1e-12)


@given(settings, st.sampled_from([0.0, 1.0]))
def test_the_fixed_points_are_all_there(given_settings, x):
    """Compared with a fine grid: every change of sign has a fixed point, and every fixed point maps onto itself."""
    (state,) = neuron_run(given_settings)
    points = state.fixed_points(x)
    assert len(points) in (1, 2, 3) and points == sorted(points)
    for point in points:
        assert given_settings.next(x, point.level) == pytest.approx(point.level, abs=1e-6)
        numeric = (given_settings.next(x, point.level + 1e-6) - given_settings.next(x, point.level - 1e-6)) / 2e-6
        assert point.slope == pytest.approx(numeric, abs=1e-4)
    grid = np.linspace(-1.01, 1.01, 4003)  # no grid point is a round number
    gap = given_settings.next(x, grid) - grid
    for i in np.flatnonzero(gap[:-1] * gap[1:] < 0):
        assert any(grid[i] - 1e-9 <= point.level <= grid[i + 1] + 1e-9 for point in points)


@pytest.mark.parametrize(
    ("values", "character"),
    [
        ({"w_h": 0.5}, "forgets: resting level 0.00, half of a small trace is gone in 1.0 steps"),
        ({"w_h": 0.0}, "forgets: resting level 0.00, a trace is gone at once"),
        ({"w_h": 0.9}, "forgets: resting level 0.00, half of a small trace is gone in 6.6 steps"),
        ({"w_h": 1.0}, "remembers: resting level 0.00, a trace fades, ever more slowly"),
        ({"w_h": 1.5}, "latches at -0.86 or 0.86"),
        ({"w_h": -0.9}, "alternates and forgets: resting level 0.00, half of a small trace is gone in 6.6 steps"),
        ({"w_h": -2.0}, "oscillates for ever between -0.96 and 0.96"),
        ({"w_h": 8 - 2.0, "b": -3.0, "nonlinearity": "sigmoid"}, "latches at 0.07 or 0.93"),
        ({"w_h": 4.0, "b": -2.0, "nonlinearity": "sigmoid"}, "remembers: resting level 0.50, a trace fades"),
    ],
)
def test_a_neuron_is_named_for_what_it_does(values, character):
    assert final(**values).character().startswith(character)


def test_half_of_a_trace_is_gone_when_the_words_say_so():
    state = final(w_h=0.9)
    h = 0.001
    for _ in range(7):  # 6.6 steps
        h = state.settings.next(0.0, h)
    assert 0.0005 * 0.9 < h < 0.0005


def test_saturated_steps_are_counted():
    assert final(w=6.0, input="noise").saturated() > 40
    assert final(w=0.1).saturated() == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"w": 6.1}, "w is 6.1; allowed: -6 to 6"),
        ({"w_h": float("nan")}, "w_h is nan"),
        ({"b": -7}, "b is -7"),
        ({"input": "song"}, "input is 'song'; allowed: pulse, step, alternating, noise"),
        ({"nonlinearity": "relu"}, "nonlinearity is 'relu'; allowed: tanh, sigmoid"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        neuron_lab(**values)


def test_the_lab_without_a_page():
    lab = neuron_lab()
    first = lab.picture
    assert lab.result.startswith("done: pulse, tanh, w 2.0, w_h 0.9, b 0.0 · without input it forgets")
    lab.controls["w_h"].value = 0.30000000000000004
    lab.controls["b"].value = -0.0
    lab.controls["input"].value = "noise"
    assert "noise, tanh, w 2.0, w_h 0.3, b 0.0" in lab.wait(30).result and lab.picture != first
    assert lab.picture == neuron_lab(w_h=0.3, input="noise").picture


def test_the_line_says_the_weight_that_is_drawn():
    lab = neuron_lab(w_h=0.97)
    assert "w_h 0.97, b 0.0" in lab.result and lab.picture != neuron_lab(w_h=1.0).picture
