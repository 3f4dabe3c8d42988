import pytest
import torch
from torch import nn

from rnnlab.cells import RNNLayer, replay
from rnnlab.networks import Reader, WordReader, build, remember, start_carrying, start_orthogonal


def test_our_reader_is_nn_rnns():
    ours, theirs = (start_carrying(build(lambda cell=cell: Reader(cell, 6))) for cell in ("relu", "nn.RNN"))
    ours.W_hq.load_state_dict(theirs.W_hq.state_dict())
    with torch.no_grad():
        ours.rnn.W_xh.copy_(theirs.rnn.weight_ih_l0)
    assert torch.equal(ours.rnn.W_hh, torch.eye(6)) and torch.equal(theirs.rnn.weight_hh_l0, torch.eye(6))
    x = torch.rand(5, 28, 28)
    assert torch.allclose(ours(x), theirs(x), rtol=1e-4, atol=1e-5)


def test_gated_cells_keep_their_start():
    gated = build(lambda: Reader("lstm", 6))
    before = {name: weight.clone() for name, weight in gated.state_dict().items()}
    start_carrying(gated)
    assert all(torch.equal(weight, before[name]) for name, weight in gated.state_dict().items())


def test_an_orthogonal_start_keeps_lengths_and_comes_from_its_seed_alone():
    make = lambda: build(lambda: WordReader(8, 3, 6, both_ways=True), seed=1)  # noqa: E731
    model = start_orthogonal(make(), seed=3)
    assert torch.allclose(model.backwards.W_hh @ model.backwards.W_hh.T, torch.eye(6), atol=1e-5)
    assert not torch.equal(model.backwards.W_hh, model.forwards.W_hh) and not model.forwards.b_h.any()
    assert torch.equal(model.forwards.W_hh, start_orthogonal(make(), seed=3).forwards.W_hh)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
@pytest.mark.parametrize(("keep", "write"), [(-1.0, 0.0), (4.0, -3.0)])
def test_remembering_sets_the_gates_that_keep_and_write_and_no_other(kind, keep, write):
    layer, x = kind(2, 3, batch_first=True, dtype=torch.float64), torch.ones(1, 1, 2, dtype=torch.float64)
    for weight in (layer.weight_ih_l0, layer.weight_hh_l0):
        nn.init.zeros_(weight)
    before = replay(layer, x)
    remember(layer, keep, write)
    after = replay(layer, x)
    expected = {"f": keep, "i": write} if kind is nn.LSTM else {"z": keep}
    for gate, bias in expected.items():
        assert torch.allclose(after[gate], torch.tensor(bias, dtype=torch.float64).sigmoid())
    for name in set(after) - set(expected) - {"h", "c"}:
        assert torch.equal(after[name], before[name])


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_every_layer_and_direction_remembers(kind):
    layer = kind(3, 4, 2, bidirectional=True)
    remember(layer, 5.0, -2.0)
    for end in ("l0", "l0_reverse", "l1", "l1_reverse"):
        both = getattr(layer, f"bias_ih_{end}") + getattr(layer, f"bias_hh_{end}")
        assert both[4:8].tolist() == [5.0] * 4
        assert kind is nn.GRU or both[:4].tolist() == [-2.0] * 4


@pytest.mark.parametrize("layer", [nn.LSTM(3, 4, bias=False), nn.RNN(3, 4), RNNLayer(3, 4), nn.Linear(3, 4)])
def test_what_has_no_such_bias_cannot_remember(layer):
    with pytest.raises(ValueError, match=r"allowed: nn\.LSTM or nn\.GRU, with biases"):
        remember(layer, 5.0)


def test_biases_that_cannot_be_set_are_not_passed_over():
    layer = nn.LSTM(3, 4)
    nn.utils.parametrizations.weight_norm(layer, "weight_hh_l0")
    with pytest.raises(ValueError, match="layer is parametrised"):
        remember(layer, 5.0)
