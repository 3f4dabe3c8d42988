"""What both hand-written layers must do just as nn.RNN and nn.GRU do."""

import warnings

import pytest
import torch

from rnnlab.cells import GRULayer, RNNLayer

LAYERS = (RNNLayer, GRULayer)


@pytest.mark.parametrize("make", LAYERS)
def test_many_gradients_at_once_are_those_one_by_one(make):
    layer, x = make(3, 4).double(), torch.randn(1, 5, 3, dtype=torch.float64)
    at_once, one_by_one = (
        torch.autograd.functional.jacobian(lambda x: layer(x)[0], x, vectorize=way) for way in (True, False)
    )
    torch.testing.assert_close(at_once, one_by_one)


@pytest.mark.parametrize("make", LAYERS)
def test_what_is_done_to_the_states_leaves_the_way_back_as_it_was(make):
    layer, x = make(3, 4), torch.randn(2, 5, 3)
    wanted = torch.autograd.grad(layer(x)[1].sum(), layer.parameters())
    h, h_T = layer(x)
    h.detach().numpy()[:] = 0
    torch.testing.assert_close(torch.autograd.grad(h_T.sum(), layer.parameters()), wanted)
    h, h_T = layer(x)
    h.mul_(2)
    h[:, 0] = 0
    assert all(g.isfinite().all() for g in torch.autograd.grad(h.sum() + h_T.sum(), layer.parameters()))


@pytest.mark.parametrize("make", LAYERS)
def test_forward_mode_goes_through(make):
    layer, x = make(3, 4).double(), torch.randn(1, 5, 3, dtype=torch.float64)
    backward = torch.autograd.functional.jacobian(lambda x: layer(x)[1], x)
    forward = torch.autograd.functional.jacobian(lambda x: layer(x)[1], x, strategy="forward-mode", vectorize=True)
    torch.testing.assert_close(forward, backward)


@pytest.mark.parametrize("make", LAYERS)
def test_complex_weights_and_arrays_are_refused(make):
    with (
        warnings.catch_warnings(),
        pytest.raises(ValueError, match=r"the weights have dtype torch\.complex64; allowed: real"),
    ):
        warnings.simplefilter("ignore")  # torch itself warns about complex modules
        make(3, 4).to(torch.complex64)(torch.zeros(2, 5, 3, dtype=torch.complex64))
    with pytest.raises(ValueError, match="x is of type ndarray; allowed: a tensor"):
        make(3, 4)(torch.zeros(2, 5, 3).numpy())
