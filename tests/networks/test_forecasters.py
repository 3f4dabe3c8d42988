import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.data.series import noisy_sine, windows
from rnnlab.networks import CELLS, MLP, RNN, Linear, Persistence, Reader, build


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


def test_build_depends_on_the_seed_alone_and_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    state = torch.get_rng_state()
    one = build(lambda: RNN(8), seed=1)
    assert torch.equal(state, torch.get_rng_state())
    torch.rand(3)
    same, other = build(lambda: RNN(8), seed=1), build(lambda: RNN(8), seed=2)
    for name, weight in one.state_dict().items():
        assert torch.equal(weight, same.state_dict()[name]) and not torch.equal(weight, other.state_dict()[name])


@pytest.mark.parametrize("make", [lambda: RNN(400), lambda: MLP(32, 3000)])
def test_build_draws_within_torchs_own_bounds(make):
    torch.manual_seed(0)
    for (name, ours), theirs in zip(build(make).state_dict().items(), make().state_dict().values(), strict=True):
        if ours.numel() < 300:
            continue
        assert float(ours.abs().max()) == pytest.approx(float(theirs.abs().max()), rel=0.02), name
        assert float(ours.std()) == pytest.approx(float(theirs.std()), rel=0.1), name


def test_build_draws_an_embedding_as_torch_does():
    one, same, other = (build(lambda: nn.Embedding(300, 8), seed=seed).weight.detach() for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
    assert float(one.mean()) == pytest.approx(0, abs=0.1) and float(one.std()) == pytest.approx(1, abs=0.05)


def test_the_tanh_rnn_is_nn_rnns():
    ours, theirs = build(lambda: Reader("tanh RNN", 6, input_size=3)), nn.RNN(3, 6, batch_first=True)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(ours.rnn.W_xh)
        theirs.weight_hh_l0.copy_(ours.rnn.W_hh)
        theirs.bias_ih_l0.copy_(ours.rnn.b_h)
        nn.init.zeros_(theirs.bias_hh_l0)
    x = torch.randn(5, 9, 3)
    assert torch.allclose(ours.rnn(x)[0], theirs(x)[0], atol=1e-6)


@pytest.mark.parametrize("cell", [nn.LSTM, nn.GRU])
def test_a_forecaster_with_gates_reads_its_last_state(cell):
    model, x = build(lambda: RNN(3, cell)), torch.randn(5, 4)
    out, _ = model.rnn(x.unsqueeze(-1))
    torch.testing.assert_close(model(x), (out[:, -1] @ model.W_hq.weight.T + model.W_hq.bias)[:, 0])


class Odd(nn.Module):
    """What a reader's own network may hold besides its weights."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(6, 3, padding_idx=0)
        self.W, self.V = nn.Linear(3, 3), nn.Linear(3, 3)
        self.V.weight = self.W.weight  # tied
        self.register_buffer("mean", torch.tensor([20.0]))
        self.norm = nn.BatchNorm1d(3)
        self.exact = nn.Parameter(torch.rand(3, dtype=torch.float64))
        self.steps = torch.arange(4)
        nn.init.orthogonal_(self.W.weight)


def test_build_keeps_buffers_padding_rows_ties_and_a_start_of_ones_own():
    model = build(Odd)
    assert model.mean.tolist() == [20.0] and model.norm.running_var.tolist() == [1.0] * 3
    assert model.words.weight[0].tolist() == [0.0] * 3 and model.words.weight[1:].abs().min() > 0
    assert model.V.weight is model.W.weight and model.steps.tolist() == [0, 1, 2, 3]
    torch.testing.assert_close(model.W.weight @ model.W.weight.T, torch.eye(3))
    assert model.exact.dtype == torch.float64 and model.W.weight.dtype == torch.float32


LAYERS = {
    "conv": lambda: nn.Conv1d(2, 3, 3),
    "transformer": lambda: nn.TransformerEncoderLayer(4, 2),
    "parametrised": lambda: nn.utils.parametrizations.orthogonal(nn.Linear(3, 3)),
    "drawn by hand": lambda: nn.ParameterList([nn.Parameter(torch.randn(3)), nn.Parameter(torch.rand(3))]),
    "odd": Odd,
    "nn.init": lambda: nn.ParameterList(
        [init(torch.empty(3, 3)) for init in (nn.init.xavier_normal_, nn.init.kaiming_normal_, nn.init.trunc_normal_)]
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_build_seeds_any_layer_and_leaves_the_global_generator_alone(name):
    state = torch.get_rng_state()
    one, same, other = (build(LAYERS[name], seed=seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert any(not torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("draw", [torch.rand_like, torch.randn_like, nn.functional.dropout])
def test_build_refuses_a_draw_that_it_cannot_seed(draw):
    with pytest.raises(TypeError, match=f"build cannot seed {draw.__name__}.*; allowed: "):
        build(lambda: nn.ParameterList([nn.Parameter(draw(torch.zeros(3)))]))


def test_build_refuses_a_network_that_was_there_before():
    model = RNN(4)
    with pytest.raises(TypeError, match=r"make\(\) uses weights that were there before; allowed: "):
        build(lambda: model)
    with pytest.raises(TypeError, match="weights that were there before"):
        build(lambda: nn.Sequential(model, nn.Linear(2, 1)))
    with pytest.raises(TypeError, match="drawn at the first call"):
        build(lambda: nn.LazyLinear(3))
    assert build(lambda: nn.LayerNorm(3)).weight.tolist() == [1.0] * 3
    assert build(lambda: nn.ParameterList([torch.full(size=(2,), fill_value=1.5)]))[0].tolist() == [1.5, 1.5]


def test_a_reader_of_no_sequences_gives_no_scores():
    for cell in CELLS:
        assert Reader(cell)(torch.zeros(0, 28, 28)).shape == (0, 10)


@pytest.mark.parametrize("cell", CELLS)
def test_a_reader_reads_its_last_state_and_believes_after_every_step(cell):
    model, x = build(lambda: Reader(cell, 6, input_size=3, classes=4)), torch.randn(5, 7, 3)
    out, _ = model.rnn(x)
    assert torch.allclose(model(x), model.W_hq(out[:, -1]), atol=1e-6)
    beliefs = model.beliefs(x)
    assert beliefs.shape == (5, 7, 4) and torch.allclose(beliefs.sum(-1), torch.ones(5, 7))
    assert torch.allclose(beliefs[:, 3], model(x[:, :4]).softmax(-1), atol=1e-6)


def test_our_reader_is_nn_rnns():
    ours, theirs = (build(lambda cell=cell: Reader(cell, 6)).start_carrying() for cell in ("RNN, our BPTT", "nn.RNN"))
    ours.W_hq.load_state_dict(theirs.W_hq.state_dict())
    with torch.no_grad():
        ours.rnn.W_xh.copy_(theirs.rnn.weight_ih_l0)
    assert torch.equal(ours.rnn.W_hh, torch.eye(6)) and torch.equal(theirs.rnn.weight_hh_l0, torch.eye(6))
    x = torch.rand(5, 28, 28)
    assert torch.allclose(ours(x), theirs(x), rtol=1e-4, atol=1e-5)


def test_gated_cells_keep_their_start():
    gated = build(lambda: Reader("LSTM", 6))
    before = {name: weight.clone() for name, weight in gated.state_dict().items()}
    gated.start_carrying()
    assert all(torch.equal(weight, before[name]) for name, weight in gated.state_dict().items())


def test_an_unknown_cell_is_named():
    with pytest.raises(ValueError, match=r"cell is 'CNN'; allowed: RNN, our BPTT, tanh RNN, nn.RNN, GRU, LSTM"):
        Reader("CNN")
