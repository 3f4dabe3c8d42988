import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from rnnlab.cells import RNNLayer, forward_states, gradient_path, gru_step, lstm_step, replay
from rnnlab.networks import remember

"""Our gated steps are torch's layers: the same states and the same gradients."""


sizes = st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 3), st.integers(1, 5))


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def layers(kind, input_size, n):
    layer = kind(input_size, n, batch_first=True, dtype=torch.float64)
    for seed, weight in enumerate(layer.parameters()):
        weight.data = draw(*weight.shape, seed=seed)
    return layer


def gradients(layer, x, h):
    weights = [x, *layer.parameters()]
    loss = (h * draw(*h.shape, seed=9)).sum()  # reads every state, with a different weight for each
    return torch.autograd.grad(loss, weights)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
@given(sizes=sizes)
def test_a_replay_gives_the_layers_states_and_gradients(kind, sizes):
    batch, T, input_size, n = sizes
    layer, x = layers(kind, input_size, n), draw(batch, T, input_size, seed=7).requires_grad_()
    theirs, last = layer(x)
    ours = replay(layer, x)
    assert torch.allclose(ours["h"], theirs, atol=1e-12)
    if kind is nn.LSTM:
        assert torch.allclose(ours["c"][:, -1], last[1][0], atol=1e-12)
    for mine, wanted in zip(gradients(layer, x, ours["h"]), gradients(layer, x, theirs), strict=True):
        assert torch.allclose(mine, wanted, atol=1e-10)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_a_gradient_is_a_finite_difference(kind):
    layer, x = layers(kind, 2, 3), draw(2, 4, 2).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: replay(layer, x)["h"], x)


def test_a_step_is_its_equation():
    x, h, c = draw(1, 1, seed=1), draw(1, 1, seed=2), draw(1, 1, seed=3)
    W_xh, W_hh, b_h = draw(4, 1, seed=4), draw(4, 1, seed=5), draw(4, seed=6)
    i, f, g, o = (float(W_xh[k] * x + W_hh[k] * h + b_h[k]) for k in range(4))
    sigmoid = lambda a: 1 / (1 + math.exp(-a))  # noqa: E731
    kept = sigmoid(f) * float(c) + sigmoid(i) * math.tanh(g)
    step = lstm_step(x, h, c, W_xh, W_hh, b_h)
    assert float(step["c"]) == pytest.approx(kept) and float(step["h"]) == pytest.approx(sigmoid(o) * math.tanh(kept))


def test_torchs_gru_resets_after_the_product_and_that_is_not_the_papers():
    x, h = draw(5, 2, seed=1), draw(5, 3, seed=2)
    W_xh, W_hh, b_xh, b_hh = draw(9, 2, seed=3), draw(9, 3, seed=4), draw(9, seed=5), draw(9, seed=6)
    step = gru_step(x, h, W_xh, W_hh, b_xh, b_hh)
    paper = (x @ W_xh[6:].T + b_xh[6:] + (step["r"] * h) @ W_hh[6:].T + b_hh[6:]).tanh()
    assert not torch.allclose(step["g"], paper)
    cell = nn.GRUCell(2, 3, dtype=torch.float64)
    cell.weight_ih.data, cell.weight_hh.data, cell.bias_ih.data, cell.bias_hh.data = W_xh, W_hh, b_xh, b_hh
    assert torch.allclose(step["h"], cell(x, h))


@pytest.mark.parametrize("nonlinearity", ["tanh", "sigmoid", "relu", "linear"])
def test_a_walk_over_our_own_layer_gives_its_states(nonlinearity):
    layer, x = RNNLayer(2, 3, nonlinearity).double(), draw(4, 6, 2)
    assert torch.allclose(replay(layer, x)["h"], layer(x)[0])


def test_the_gradients_path_is_the_backward_loop_of_chapter_2():
    layer, x, dh_T = RNNLayer(2, 3).double(), draw(4, 6, 2), draw(4, 3, seed=5)
    path = gradient_path(layer, x, lambda h: (h * dh_T).sum())
    weights = [weight.detach() for weight in layer.parameters()]
    h = forward_states(x.transpose(0, 1), *weights, torch.zeros(4, 3, dtype=torch.float64))
    into = dh_T
    for t in reversed(range(6)):
        assert path[t] == pytest.approx(float(into.norm()))
        into = (into * (1 - h[t + 1] ** 2)) @ weights[1]


@pytest.mark.parametrize(("kind", "keep"), [(nn.LSTM, 2.0), (nn.GRU, 2.0)])
def test_with_gates_that_only_keep_the_gradient_falls_by_their_value_a_step(kind, keep):
    layer = kind(1, 4, batch_first=True, dtype=torch.float64)
    for weight in layer.parameters():
        nn.init.zeros_(weight)
    remember(layer, keep)
    path = gradient_path(layer, torch.zeros(1, 20, 1, dtype=torch.float64), lambda h: h.sum())
    falls = path[:-1] / path[1:]
    assert torch.allclose(falls, torch.tensor(keep, dtype=torch.float64).sigmoid().expand(19))


@pytest.mark.parametrize(
    "layer", [nn.LSTM(2, 3), nn.GRU(2, 3, 2, batch_first=True), nn.LSTM(2, 3, batch_first=True, bidirectional=True)]
)
def test_a_layer_it_cannot_replay_is_refused(layer):
    with pytest.raises(ValueError, match="allowed: one layer, one direction, batch_first=True"):
        replay(layer, torch.zeros(1, 1, 2))


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_nn_rnn_is_walked(nonlinearity):
    layer, x = nn.RNN(3, 4, nonlinearity=nonlinearity, batch_first=True), torch.randn(2, 6, 3)
    torch.testing.assert_close(replay(layer, x)["h"], layer(x)[0])


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (nn.Linear(3, 4), "layer is of type Linear; allowed: RNNLayer, nn.RNN"),
        (nn.RNN(3, 4), "allowed: one layer, one direction, batch_first=True, with biases"),
        (nn.GRU(3, 4, bias=False, batch_first=True), "with biases"),
        (nn.LSTM(3, 4, 2, batch_first=True), "one layer"),
    ],
)
def test_what_cannot_be_walked_is_refused(layer, message):
    with pytest.raises(ValueError, match=message):
        replay(layer, torch.randn(2, 6, 3))


def test_a_layer_is_walked_only_over_what_it_reads():
    for x, message in ((torch.randn(3, 3), "x has shape"), (torch.randn(2, 4, 3).double(), "x has dtype torch")):
        with pytest.raises(ValueError, match=message):
            replay(nn.RNN(3, 4, batch_first=True), x)
