import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.data.series import noisy_sine, windows
from rnnlab.networks import MLP, RNN, Linear, Persistence, build


@pytest.mark.parametrize("model", [Persistence(), Linear(5), MLP(5, 3), RNN(3)])
def test_every_forecaster_maps_windows_to_one_value_each(model):
    assert model(torch.randn(7, 5)).shape == (7,)


def test_persistence_repeats_the_last_value():
    assert Persistence()(torch.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist() == [2.0, 4.0]


def test_linear_fit_is_numpys_least_squares():
    inputs, targets = windows(noisy_sine(), 6)
    model = Linear.fit(inputs, targets)
    solution = np.linalg.lstsq(
        np.c_[inputs.numpy().astype(float), np.ones(len(inputs))], targets.numpy().astype(float), rcond=None
    )[0]
    np.testing.assert_allclose(model.W_xq.weight[0], solution[:-1], atol=1e-5)
    np.testing.assert_allclose(model.W_xq.bias, solution[-1:], atol=1e-5)


def test_linear_fit_forecasts_a_clean_sine_exactly_though_its_windows_are_dependent():
    inputs, targets = windows(noisy_sine(noise=0), 32)
    assert (Linear.fit(inputs, targets)(inputs) - targets).abs().max() < 1e-4


def test_linear_fit_refuses_targets_of_another_shape():
    with pytest.raises(ValueError, match=r"targets has shape \(5, 1\); allowed: \(5,\)"):
        Linear.fit(torch.zeros(5, 2), torch.zeros(5, 1))


def test_the_mlp_is_the_articles():
    model, x = MLP(4, 10), torch.randn(9, 4)
    same = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 1))
    same.load_state_dict(dict(zip(same.state_dict(), model.state_dict().values(), strict=True)))
    torch.testing.assert_close(model(x), same(x)[:, 0])


def test_the_rnn_is_the_recurrence_written_out():
    model, x = RNN(3), torch.randn(5, 4)
    weights = model.rnn
    h = torch.zeros(5, 3)
    for t in range(4):
        h = torch.tanh(
            x[:, t : t + 1] @ weights.weight_ih_l0.T
            + weights.bias_ih_l0
            + h @ weights.weight_hh_l0.T
            + weights.bias_hh_l0
        )
    torch.testing.assert_close(model(x), (h @ model.W_hq.weight.T + model.W_hq.bias)[:, 0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP(4, 0), "hidden_size is 0"),
        (lambda: MLP(0), "tau is 0"),
        (lambda: RNN(0), "hidden_size is 0"),
        (lambda: Linear(-1), "tau is -1"),
    ],
)
def test_sizes_below_one_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("cell", [nn.LSTM, nn.GRU])
def test_a_forecaster_with_gates_reads_its_last_state(cell):
    model, x = build(lambda: RNN(3, cell)), torch.randn(5, 4)
    out, _ = model.rnn(x.unsqueeze(-1))
    torch.testing.assert_close(model(x), (out[:, -1] @ model.W_hq.weight.T + model.W_hq.bias)[:, 0])
