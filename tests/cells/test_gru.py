"""The GRU by hand, compared with what knows nothing of it: nn.GRU under autograd, and finite differences."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rnnlab.cells import GRUBPTT, GRULayer

NAMES = ("x", "W_xh", "W_hh", "b_xh", "b_hh", "h_0")
LOSSES = {
    "last": lambda h, h_T: h_T.sin().sum(),
    "every": lambda h, h_T: h.sin().sum(),
    "both": lambda h, h_T: h.cos().sum() + h_T.exp().sum(),
    "sliced": lambda h, h_T: h[-1].sin().sum(),
}


def problem(T, batch, input_size, n, seed):
    generator = torch.Generator().manual_seed(seed)
    shapes = (T, batch, input_size), (3 * n, input_size), (3 * n, n), (3 * n,), (3 * n,), (batch, n)
    return [torch.randn(s, generator=generator, dtype=torch.float64).requires_grad_() for s in shapes]


def by_torch(x, W_xh, W_hh, b_xh, b_hh, h_0):
    layer = nn.GRU(x.shape[2], h_0.shape[1], dtype=torch.float64)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights = dict(zip(names, (W_xh, W_hh, b_xh, b_hh), strict=True))
    h, h_T = torch.func.functional_call(layer, weights, (x, h_0[None]))
    return h, h_T[0]


@settings(max_examples=80, deadline=None)
@given(
    T=st.integers(1, 12),
    batch=st.integers(1, 5),
    input_size=st.integers(1, 5),
    n=st.integers(1, 6),
    seed=st.integers(0, 10**6),
    where=st.sampled_from(list(LOSSES)),
)
def test_by_hand_is_nn_gru(T, batch, input_size, n, seed, where):
    tensors = problem(T, batch, input_size, n, seed)
    ours, theirs = GRUBPTT.apply(*tensors), by_torch(*tensors)
    for a, b in zip(ours, theirs, strict=True):
        assert torch.allclose(a, b, atol=1e-12)
    ours, theirs = (torch.autograd.grad(LOSSES[where](*found), tensors) for found in (ours, theirs))
    for name, a, b in zip(NAMES, ours, theirs, strict=True):
        assert (a - b).norm() <= 1e-7 * b.norm() + 1e-12, name


def test_by_hand_is_finite_differences():
    assert torch.autograd.gradcheck(GRUBPTT.apply, problem(4, 2, 3, 3, 0))


def test_the_layer_is_nn_gru_and_takes_its_weights():
    torch.manual_seed(0)
    layer, theirs = GRULayer(3, 5), nn.GRU(3, 5, batch_first=True)
    layer.load_state_dict(theirs.state_dict())
    x, h_0 = torch.randn(4, 7, 3), torch.randn(1, 4, 5)
    for start in (None, h_0):
        (h, h_T), (out, h_n) = layer(x, start), theirs(x, start)
        torch.testing.assert_close(h, out)
        torch.testing.assert_close(h_T, h_n)
    h.square().sum().backward()
    out.square().sum().backward()
    for ours, wanted in zip(layer.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, wanted.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("where", LOSSES)
def test_second_derivatives_are_nn_grus(where):
    tensors = problem(4, 2, 3, 3, 0)
    found = []
    for run in (GRUBPTT.apply, by_torch):
        gradients = torch.autograd.grad(LOSSES[where](*run(*tensors)), tensors, create_graph=True)
        found.append(torch.autograd.grad(sum(g.sin().sum() for g in gradients), tensors))
    torch.testing.assert_close(*found)
    assert all(gradient.abs().max() > 1e-3 for gradient in found[0])


def test_gradgradcheck():
    assert torch.autograd.gradgradcheck(GRUBPTT.apply, problem(3, 2, 2, 2, 0))


def test_torch_func_sees_through_the_layer():
    layer, xs = GRULayer(3, 4).double(), torch.randn(6, 5, 3, dtype=torch.float64)
    torch.testing.assert_close(torch.func.vmap(lambda x: layer(x[None])[1][0, 0])(xs), layer(xs)[1][0])
    once = torch.autograd.functional.hessian(lambda x: layer(x)[1].sum(), xs[:1])
    torch.testing.assert_close(once, torch.func.hessian(lambda x: layer(x)[1].sum())(xs[:1]))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_rounding_is_no_worse_than_nn_grus(dtype):
    torch.manual_seed(0)
    layer, x = GRULayer(8, 16), (1e-3 * torch.randn(4, 30, 8)).to(dtype)
    for bias in (layer.bias_ih_l0, layer.bias_hh_l0):
        bias.data.zero_()
    layer, theirs = layer.to(dtype), nn.GRU(8, 16, batch_first=True, dtype=dtype)
    theirs.load_state_dict(layer.state_dict())
    h, out = layer(x)[0].double(), theirs(x)[0].double()
    exact = layer.double()(x.double())[0]
    ours, nns = (((found - exact).abs() / exact.abs()).median() for found in (h, out))
    assert ours <= 1.5 * nns, (ours, nns)


def test_packed_sequences_and_none_are_read_as_nn_gru_reads_them():
    layer, theirs = GRULayer(3, 5), nn.GRU(3, 5, batch_first=True)
    theirs.load_state_dict(layer.state_dict())
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(2, 4, 3), [4, 2], batch_first=True)
    (h, h_T), (out, h_n) = layer(packed), theirs(packed)
    torch.testing.assert_close((h.data, h_T), (out.data, h_n))
    (h, h_T), (out, h_n) = layer(torch.zeros(0, 4, 3)), theirs(torch.zeros(0, 4, 3))
    assert h.shape == out.shape and h_T.shape == h_n.shape


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_on_a_gpu_it_is_nn_gru_itself():
    torch.manual_seed(0)
    layer, x = GRULayer(3, 5), torch.randn(4, 7, 3)
    torch.testing.assert_close(layer.cuda()(x.cuda())[0].cpu(), layer.cpu()(x)[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GRULayer(3, 0), "hidden_size must be greater than zero"),
        (lambda: GRULayer(3, 2)(torch.zeros(4, 3)), r"x has shape \(4, 3\); allowed: \(batch, T, 3\)"),
        (lambda: GRULayer(3, 2)(torch.zeros(4, 0, 3)), r"x has shape \(4, 0, 3\)"),
        (lambda: GRULayer(3, 2)(torch.zeros(4, 5, 2)), r"x has shape \(4, 5, 2\)"),
        (lambda: GRULayer(3, 2)(torch.zeros(4, 5, 3).double()), "x has dtype torch.float64; allowed: .* use x.to"),
        (lambda: GRULayer(3, 2)(torch.zeros(4, 5, 3, device="meta")), "x is on meta"),
        (lambda: GRULayer(3, 2)(torch.zeros(4, 5, 3), torch.zeros(4, 2)), r"h_0 has shape \(4, 2\); allowed: \(1, 4"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
