import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from rnnlab.cells import RNNLayer
from rnnlab.data.vocabulary import PAD, lengths
from rnnlab.networks import (
    CELLS,
    EncoderDecoder,
    Reader,
    WordReader,
    at_last_word,
    build,
    cross_entropy_of_words,
    reverse,
)


def test_the_tanh_rnn_is_nn_rnns():
    ours, theirs = build(lambda: Reader("tanh", 6, input_size=3)), nn.RNN(3, 6, batch_first=True)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(ours.rnn.W_xh)
        theirs.weight_hh_l0.copy_(ours.rnn.W_hh)
        theirs.bias_ih_l0.copy_(ours.rnn.b_h)
        nn.init.zeros_(theirs.bias_hh_l0)
    x = torch.randn(5, 9, 3)
    assert torch.allclose(ours.rnn(x)[0], theirs(x)[0], atol=1e-6)


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


def test_an_unknown_cell_is_named():
    with pytest.raises(ValueError, match=r"cell is 'CNN'; allowed: relu, tanh, nn.RNN, gru, lstm"):
        Reader("CNN")


"""Padding must change nothing; both ways, encoder and decoder are held against torch's own layers."""


TOKENS = pad_sequence([torch.tensor(row) for row in ([3, 4, 5, 6, 7], [5], [7, 3, 3], [4, 4, 4, 4])], batch_first=True)


def torch_layer(layer: RNNLayer) -> dict[str, torch.Tensor]:
    """nn.RNN's names for our weights."""
    return {"weight_ih": layer.W_xh, "weight_hh": layer.W_hh, "bias_ih": layer.b_h, "bias_hh": layer.b_h * 0}


@pytest.mark.parametrize("both_ways", [False, True])
def test_a_padded_batch_equals_its_sentences_one_by_one(both_ways):
    model = build(lambda: WordReader(8, 3, 6, both_ways=both_ways), seed=1)
    scores = model(TOKENS)
    for row, n, together in zip(TOKENS, lengths(TOKENS), scores, strict=True):
        alone = model(row[None, :n])[0]
        assert torch.allclose(together[:n], alone, atol=1e-6)


@pytest.mark.parametrize("both_ways", [False, True])
def test_a_padded_batch_has_the_gradients_of_its_sentences(both_ways):
    model = build(lambda: WordReader(8, 3, 6, both_ways=both_ways), seed=1)
    at_last_word(model(TOKENS), TOKENS).square().sum().backward()
    together = {name: weight.grad.clone() for name, weight in model.named_parameters()}
    model.zero_grad()
    for row, n in zip(TOKENS, lengths(TOKENS), strict=True):
        model(row[None, :n])[0, -1].square().sum().backward()
    for name, weight in model.named_parameters():
        assert torch.allclose(weight.grad, together[name], atol=1e-5), name


def test_both_ways_is_torchs_bidirectional_layer_over_packed_sentences():
    model = build(lambda: WordReader(8, 3, 6, both_ways=True), seed=2)
    theirs = nn.RNN(16, 6, batch_first=True, bidirectional=True)
    forwards, backwards = torch_layer(model.forwards), torch_layer(model.backwards)
    theirs.load_state_dict(
        {f"{name}_l0": weight for name, weight in forwards.items()}
        | {f"{name}_l0_reverse": weight for name, weight in backwards.items()}
    )
    n = lengths(TOKENS)
    packed = pack_padded_sequence(model.W_e(TOKENS), n, batch_first=True, enforce_sorted=False)
    out, _ = pad_packed_sequence(theirs(packed)[0], batch_first=True)
    real = TOKENS != PAD
    assert torch.allclose(model(TOKENS)[real], model.W_hq(out)[real], atol=1e-6)


def test_one_way_knows_nothing_of_what_comes_and_both_ways_does():
    other = TOKENS.clone()
    other[0, 4] = 3
    for both_ways in (False, True):
        model = build(lambda both=both_ways: WordReader(8, 3, 6, both_ways=both), seed=1)
        assert torch.equal(model(TOKENS)[0, :4], model(other)[0, :4]) is not both_ways


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_reversing_twice_gives_the_sentence_back_and_leaves_the_padding(n):
    n = torch.tensor(n)
    x = torch.arange(len(n) * 6).view(len(n), 6)
    turned = reverse(x, n)
    assert torch.equal(reverse(turned, n), x)
    for row, back, k in zip(x, turned, n, strict=True):
        assert back[:k].tolist() == row[:k].tolist()[::-1] and torch.equal(back[k:], row[k:])


def test_the_loss_counts_only_real_words():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(2, 3, 4, generator=generator)
    targets = torch.tensor([[1, 2, 3], [0, -100, -100]])
    by_hand = [-scores[i, t].log_softmax(0)[targets[i, t]] for i, t in ((0, 0), (0, 1), (0, 2), (1, 0))]
    assert torch.isclose(cross_entropy_of_words(scores, targets), sum(by_hand) / 4)
    with pytest.raises(ValueError, match=r"targets has shape \(3, 2\); allowed: \(2, 3\)"):
        cross_entropy_of_words(scores, targets.T)


def test_a_size_below_one_is_refused():
    with pytest.raises(ValueError, match="hidden_size is 0; allowed: 1 or more"):
        WordReader(8, 3, 0)
    with pytest.raises(ValueError, match="hidden_size is 0; allowed: 1 or more"):
        EncoderDecoder(8, 8, 0)
