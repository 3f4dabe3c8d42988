import pytest
import torch
from torch import nn

from rnnlab.networks import MLP, RNN, build


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


class Odd(nn.Module):
    """What a reader's own network may hold in addition to its weights."""

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
    with pytest.raises(TypeError, match=r"make\(\) uses weights that existed before; allowed: "):
        build(lambda: model)
    with pytest.raises(TypeError, match="weights that existed before"):
        build(lambda: nn.Sequential(model, nn.Linear(2, 1)))
    with pytest.raises(TypeError, match="drawn at the first call"):
        build(lambda: nn.LazyLinear(3))
    assert build(lambda: nn.LayerNorm(3)).weight.tolist() == [1.0] * 3
    assert build(lambda: nn.ParameterList([torch.full(size=(2,), fill_value=1.5)]))[0].tolist() == [1.5, 1.5]
