"""BPTT by hand, compared with what knows nothing of it: autograd through a plain loop, finite differences, nn.RNN."""

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


def by_torch(x, W_xh, W_hh, b_h, h_0):
    layer = nn.RNN(x.shape[2], h_0.shape[1], dtype=torch.float64)
    weights = {"weight_ih_l0": W_xh, "weight_hh_l0": W_hh, "bias_ih_l0": b_h, "bias_hh_l0": torch.zeros_like(b_h)}
    h, h_T = torch.func.functional_call(layer, weights, (x, h_0[None]))
    return h, h_T[0]


@pytest.mark.parametrize("where", ["last", "every", "both", "sliced"])
def test_second_derivatives_are_nn_rnns(where):
    tensors = problem(4, 2, 3, 3, 0)
    found = []
    for run in (lambda *t: BPTT.apply(*t, "tanh"), by_torch):
        gradients = torch.autograd.grad(loss(run(*tensors), where), tensors, create_graph=True)
        found.append(torch.autograd.grad(sum(g.sin().sum() for g in gradients), tensors))
    torch.testing.assert_close(*found)
    assert all(gradient.abs().max() > 1e-3 for gradient in found[0])


@pytest.mark.parametrize("nonlinearity", NONLINEARITIES)
def test_gradgradcheck(nonlinearity):
    tensors = problem(3, 2, 2, 2, 0)
    assert torch.autograd.gradgradcheck(lambda *t: BPTT.apply(*t, nonlinearity), tensors)
    some = [tensor.requires_grad_(i in (0, 2)) for i, tensor in enumerate(tensors)]
    assert torch.autograd.gradgradcheck(
        lambda x, W_hh: BPTT.apply(x, some[1], W_hh, *some[3:], nonlinearity), some[::2][:2]
    )


def test_second_derivatives_through_layers_that_share_their_weights():
    layer, x = RNNLayer(3, 3).double(), torch.randn(2, 4, 3, dtype=torch.float64)
    wanted, weights = [], tuple(layer.parameters())
    for run in (lambda x: layer(layer(x)[0])[0], lambda x: by_torch_twice(x, *weights)):
        gradients = torch.autograd.grad(run(x).sin().sum(), weights, create_graph=True)
        wanted.append(torch.autograd.grad(sum(g.square().sum() for g in gradients), weights))
    torch.testing.assert_close(*wanted)


def by_torch_twice(x, W_xh, W_hh, b_h):
    h_0 = torch.zeros(len(x), 3, dtype=torch.float64)
    once, _ = by_torch(x.transpose(0, 1), W_xh, W_hh, b_h, h_0)
    return by_torch(once, W_xh, W_hh, b_h, h_0)[0].transpose(0, 1)


def test_hessians_of_torch_are_right():
    layer, x = RNNLayer(3, 4).double(), torch.randn(1, 5, 3, dtype=torch.float64)
    of_ours = torch.autograd.functional.hessian(lambda x: layer(x)[1].sum(), x)
    W = layer.W_xh, layer.W_hh, layer.b_h, torch.zeros(1, 4, dtype=torch.float64)
    torch.testing.assert_close(
        of_ours, torch.autograd.functional.hessian(lambda x: by_torch(x.mT.permute(2, 0, 1), *W)[1].sum(), x)
    )
    torch.testing.assert_close(of_ours, torch.func.hessian(lambda x: layer(x)[1].sum())(x))
    xs = torch.randn(6, 5, 3, dtype=torch.float64)
    torch.testing.assert_close(torch.func.vmap(lambda x: layer(x[None])[1][0])(xs), layer(xs)[1])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("size", [1e-4, 0.01, 1.0])
def test_rounding_is_no_worse_than_nn_rnns(dtype, size):
    torch.manual_seed(0)
    layer, x = RNNLayer(8, 16), (size * torch.randn(4, 30, 8)).to(dtype)
    layer.b_h.data.zero_()
    layer, theirs = layer.to(dtype), nn.RNN(8, 16, batch_first=True, dtype=dtype)
    weights = {"weight_ih_l0": layer.W_xh, "weight_hh_l0": layer.W_hh, "bias_ih_l0": layer.b_h, "bias_hh_l0": layer.b_h}
    theirs.load_state_dict(weights)
    h, out = layer(x)[0].double(), theirs(x)[0].double()
    exact = layer.double()(x.double())[0]
    ours, nns = (((found - exact).abs() / exact.abs()).median() for found in (h, out))
    assert ours <= 1.5 * nns, (ours, nns)


def test_under_autocast_the_states_are_as_without():
    layer, x = RNNLayer(3, 5), torch.randn(2, 4, 3).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        h, _ = layer(x)
    torch.testing.assert_close(h, layer(x.float())[0], atol=0.02, rtol=0.02)


def test_no_sequences_give_no_states_and_no_gradient():
    layer = RNNLayer(3, 5)
    h, h_T = layer(torch.zeros(0, 4, 3))
    assert h.shape == (0, 4, 5) and h_T.shape == (0, 5)
    (h.sum() + h_T.sum()).backward()
    assert layer.W_hh.grad.abs().max() == 0


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
        (
            lambda: RNNLayer(3, 2)(torch.zeros(4, 5, 3).double()),
            r"x has dtype torch.float64; allowed: .* use x.to\(torch.float32\)",
        ),
        (lambda: RNNLayer(3, 2)(torch.zeros(4, 5, 3).byte()), "x has dtype torch.uint8"),
        (
            lambda: RNNLayer(3, 2)(torch.zeros(4, 5, 3, device="meta")),
            r"x is on meta; allowed: .* use x.to\('cpu'\)",
        ),
        (lambda: RNNLayer(3, 2)(torch.zeros(4, 5, 3), torch.zeros(4, 2).double()), "h_0 has dtype torch.float64"),
        (
            lambda: RNNLayer(3, 2)(nn.utils.rnn.pack_sequence([torch.zeros(5, 3)])),
            "a PackedSequence; allowed: a tensor, from pad_p",
        ),
        (lambda: RNNLayer(3, 2)(torch.zeros(4, 5, 3), torch.zeros(2)), r"h_0 has shape \(2,\); allowed: \(4, 2\)"),
    ],
)
def test_bad_arguments_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
