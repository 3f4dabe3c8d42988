import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.labs import unroll_lab
from rnnlab.labs.unroll.picture import number, product
from rnnlab.labs.unroll.run import INPUTS, STEPS, WEIGHTS, UnrollSettings, unroll_run

ALLOWED = {
    "t": range(7),
    "input": ["pulse", "late pulse", "step", "alternating"],
    "weights": ["mixed", "delay line", "turning", "feed-forward"],
}


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("input", INPUTS)
def test_the_states_are_nn_rnns(weights, input):
    layer = nn.RNN(1, 2, batch_first=True).double()
    with torch.no_grad():
        for parameter, values in zip(layer.parameters(), (*WEIGHTS[weights], [0.0, 0.0]), strict=True):
            parameter.copy_(torch.tensor(values))
    out, _ = layer(torch.tensor(INPUTS[input]).double().reshape(1, -1, 1))
    for t in range(STEPS + 1):
        (state,) = unroll_run(UnrollSettings(t, input, weights))
        assert state.h.shape == (t + 1, 2) and not state.h[0].any() and state.done == 1
        np.testing.assert_allclose(state.h[1:], out[0, :t].detach(), atol=1e-7)


def test_the_sum_written_out_is_the_state():
    lab_text = product(-0.4, number(-0.457))
    assert lab_text == "− 0.4 × (−0.46)"
    assert product(0.6, number(0.8)) == "+ 0.6 × 0.80"
    assert number(-0.001) == "0.00"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"t": 7}, "t is 7; allowed: 0 to 6"),
        ({"t": -1}, "t is -1"),
        ({"input": "song"}, "input is 'song'; allowed: pulse, late pulse"),
        ({"weights": "heavy"}, "weights is 'heavy'; allowed: mixed, delay line"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        unroll_lab(**values)


def test_the_lab_without_a_page():
    lab = unroll_lab()
    assert lab.result.startswith("done: pulse, mixed, t 2 · h_2 = (0.64, 0.01)")
    tick = lab.controls["t"]
    tick.value = 0
    assert "h_0 = (0.00, 0.00)" in lab.wait(30).result
    tick.value = 6
    assert lab.wait(30).picture == unroll_lab(t=6).picture
