"""BPTT by hand against what knows nothing of it: autograd through a plain loop, finite differences, nn.RNN."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rnnlab.cells import BPTT, NONLINEARITIES, RNNLayer

NAMES = ("x", "W_xh", "W_hh", "b_h", "h_0")
PLAIN = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": lambda a: a}


def problem(T, batch, input_size, hidden_size, seed):
    generator = torch.Generator().manual_seed(seed)
    shapes = (T, batch, input_size), (hidden_size, input_size), (hidden_size,) * 2, (hidden_size,), (batch, hidden_size)
    return [torch.randn(s, generator=generator, dtype=torch.float64).mul_(0.7).requires_grad_() for s in shapes]


def plain_loop(x, W_xh, W_hh, b_h, h, nonlinearity):
    states = []
    for x_t in x:
        h = PLAIN[nonlinearity](x_t @ W_xh.T + h @ W_hh.T + b_h)
        states.append(h)
    return torch.stack(states), h


def loss(outputs, where):
    h, h_T = outputs
    weigh = torch.linspace(-1, 2, h_T.numel(), dtype=h.dtype).view_as(h_T)
    return {
        "last": lambda: (weigh * h_T).square().sum(),
        "every": lambda: (weigh * h).square().sum(),
        "both": lambda: (weigh * h).sin().sum() + (weigh * h_T).square().sum(),
        "sliced": lambda: (weigh * h[-1]).square().sum(),
    }[where]()


def finite_difference(tensors, i, nonlinearity, where, step=1e-6):
    """The slope of the loss along one random direction of tensor i, and that direction."""
    direction = torch.randn(tensors[i].shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    values = []
    for sign in (1, -1):
        moved = [t.detach() + sign * step * direction if j == i else t.detach() for j, t in enumerate(tensors)]
        values.append(loss(plain_loop(*moved, nonlinearity), where))
    return (values[0] - values[1]) / (2 * step), direction


sizes = st.integers(1, 6)


@settings(max_examples=60, deadline=None)
@given(
    T=st.integers(1, 12),
    batch=sizes,
    input_size=sizes,
    hidden_size=sizes,
    seed=st.integers(0, 10**6),
    nonlinearity=st.sampled_from(sorted(NONLINEARITIES)),
    where=st.sampled_from(["last", "every", "both", "sliced"]),
)
def test_by_hand_is_autograd(T, batch, input_size, hidden_size, seed, nonlinearity, where):
    tensors = problem(T, batch, input_size, hidden_size, seed)
    theirs = torch.autograd.grad(loss(plain_loop(*tensors, nonlinearity), where), tensors)
    ours = torch.autograd.grad(loss(BPTT.apply(*tensors, nonlinearity), where), tensors)
    for name, a, b in zip(NAMES, ours, theirs, strict=True):
        assert (a - b).norm() <= 1e-7 * b.norm() + 1e-14, name


@settings(max_examples=25, deadline=None)
@given(
    T=st.integers(1, 8), size=st.integers(1, 4), seed=st.integers(0, 10**6), where=st.sampled_from(["last", "every"])
)
@pytest.mark.parametrize("nonlinearity", ["tanh", "sigmoid"])  # ReLU has a corner that a difference may straddle
def test_by_hand_is_finite_differences(nonlinearity, T, size, seed, where):
    tensors = problem(T, size, size, size, seed)
    ours = torch.autograd.grad(loss(BPTT.apply(*tensors, nonlinearity), where), tensors)
    for i, gradient in enumerate(ours):
        slope, direction = finite_difference(tensors, i, nonlinearity, where)
        assert float((gradient * direction).sum()) == pytest.approx(float(slope), rel=1e-5, abs=1e-6), NAMES[i]


@pytest.mark.parametrize("nonlinearity", NONLINEARITIES)
def test_gradcheck(nonlinearity):
    assert torch.autograd.gradcheck(lambda *t: BPTT.apply(*t, nonlinearity), problem(4, 2, 3, 3, 0))


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_the_layer_is_nn_rnn(nonlinearity):
    torch.manual_seed(0)
    layer, x = RNNLayer(3, 5, nonlinearity), torch.randn(4, 7, 3)
    theirs = nn.RNN(3, 5, nonlinearity=nonlinearity, batch_first=True)
    with torch.no_grad():
        for name, weight in (("weight_ih_l0", layer.W_xh), ("weight_hh_l0", layer.W_hh), ("bias_ih_l0", layer.b_h)):
            getattr(theirs, name).copy_(weight)
        theirs.bias_hh_l0.zero_()
    (h, h_T), (out, h_n) = layer(x), theirs(x)
    torch.testing.assert_close(h, out)
    torch.testing.assert_close(h_T, h_n[0])
    h.square().sum().backward()
    out.square().sum().backward()
    for ours, name in ((layer.W_xh, "weight_ih_l0"), (layer.W_hh, "weight_hh_l0"), (layer.b_h, "bias_hh_l0")):
        torch.testing.assert_close(ours.grad, getattr(theirs, name).grad, rtol=1e-4, atol=1e-5)


def test_a_second_derivative_is_refused_rather_than_wrong():
    tensors = problem(3, 2, 2, 2, 0)
    (gradient,) = torch.autograd.grad(BPTT.apply(*tensors, "tanh")[1].sin().sum(), tensors[2], create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_it_works_on_a_gpu():
    tensors = [t.detach().cuda().requires_grad_() for t in problem(5, 2, 3, 4, 0)]
    ours = torch.autograd.grad(BPTT.apply(*tensors, "tanh")[0].sin().sum(), tensors)
    theirs = torch.autograd.grad(plain_loop(*tensors, "tanh")[0].sin().sum(), tensors)
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RNNLayer(0, 3), "input_size is 0"),
        (lambda: RNNLayer(3, 0), "hidden_size is 0"),
        (lambda: RNNLayer(3, 3, "step"), "nonlinearity is 'step'; allowed: tanh"),
        (lambda: RNNLayer(3, 2)(torch.zeros(4, 3)), r"x has shape \(4, 3\)"),
        (lambda: RNNLayer(3, 2)(torch.zeros(4, 0, 3)), r"x has shape \(4, 0, 3\)"),
        (lambda: RNNLayer(3, 2)(torch.zeros(4, 5, 2)), r"x has shape \(4, 5, 2\)"),
        (lambda: RNNLayer(3, 2)(torch.zeros(4, 5, 3), torch.zeros(2)), r"h_0 has shape \(2,\); allowed: \(4, 2\)"),
    ],
)
def test_bad_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
