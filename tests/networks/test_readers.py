"""Padding must change nothing; both ways, encoder and decoder are held against torch's own layers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from rnnlab.cells import RNNLayer
from rnnlab.networks import (
    EncoderDecoder,
    WordReader,
    at_last_word,
    cross_entropy_of_words,
    reverse,
    start_orthogonal,
    teacher_pairs,
)
from rnnlab.networks import build
from rnnlab.data.vocabulary import END, PAD, START, lengths

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


def test_an_orthogonal_start_keeps_lengths_and_comes_from_its_seed_alone():
    make = lambda: build(lambda: WordReader(8, 3, 6, both_ways=True), seed=1)  # noqa: E731
    model = start_orthogonal(make(), seed=3)
    assert torch.allclose(model.backwards.W_hh @ model.backwards.W_hh.T, torch.eye(6), atol=1e-5)
    assert not torch.equal(model.backwards.W_hh, model.forwards.W_hh) and not model.forwards.b_h.any()
    assert torch.equal(model.forwards.W_hh, start_orthogonal(make(), seed=3).forwards.W_hh)


SOURCE = pad_sequence([torch.tensor(row) for row in ([3, 4, 5], [6, 3, 4, 5], [4])], batch_first=True)
TARGET = pad_sequence([torch.tensor(row) for row in ([3, 3], [4, 5, 3, 4, 5], [5])], batch_first=True)


def test_teacher_pairs_shift_the_target_by_one_and_end_it():
    inputs, follows = teacher_pairs(SOURCE, TARGET)
    assert inputs.shape == (3, 2, 6) and follows.shape == (3, 6)
    assert inputs[0].tolist() == [[3, 4, 5, PAD, PAD, PAD], [START, 3, 3, PAD, PAD, PAD]]
    assert follows.tolist()[0] == [3, 3, END, -100, -100, -100]
    assert follows.tolist()[1] == [4, 5, 3, 4, 5, END]


@pytest.mark.parametrize("at_every_step", [False, True])
def test_encoder_and_decoder_are_torchs_layers_one_behind_the_other(at_every_step):
    model = build(lambda: EncoderDecoder(7, 6, 8, at_every_step=at_every_step), seed=4)
    inputs, _ = teacher_pairs(SOURCE, TARGET)
    scores = model(inputs)
    encoder, decoder = nn.RNN(16, 8, batch_first=True), nn.RNN(16 + 8 * at_every_step, 8, batch_first=True)
    for theirs, ours in ((encoder, model.encoder), (decoder, model.decoder)):
        theirs.load_state_dict({f"{name}_l0": weight for name, weight in torch_layer(ours).items()})
    for i, n in enumerate(lengths(SOURCE)):
        _, state = encoder(model.source(SOURCE[i : i + 1, :n]))  # (1, 1, 8)
        x = model.target(inputs[i : i + 1, 1])
        if at_every_step:
            x = torch.cat([x, state.expand(-1, x.shape[1], -1)], -1)
        assert torch.allclose(scores[i], model.W_hq(decoder(x, state)[0])[0], atol=1e-6)


@pytest.mark.parametrize("at_every_step", [False, True])
def test_writing_feeds_back_its_own_words_and_stops_at_the_end(at_every_step):
    model = build(lambda: EncoderDecoder(7, 6, 8, at_every_step=at_every_step), seed=4)
    written, beliefs = model.write(SOURCE, longest=9)
    assert torch.allclose(beliefs.sum(-1), torch.ones(beliefs.shape[:2]))
    for row, belief, source in zip(written, beliefs, SOURCE, strict=True):
        words = [START]
        for _ in range(written.shape[1]):  # the whole prefix read anew for every word, through teacher forcing
            width = max(len(words), len(source))
            pair = torch.zeros(1, 2, width, dtype=torch.long)
            pair[0, 0, : len(source)], pair[0, 1, : len(words)] = source, torch.tensor(words)
            probabilities = model(pair)[0, len(words) - 1].softmax(-1)
            assert torch.allclose(probabilities, belief[len(words) - 1], atol=1e-5)
            words.append(int(probabilities.argmax()))
            if words[-1] == END:
                break
        assert row.tolist() == words[1:] + [PAD] * (written.shape[1] - len(words) + 1)


def test_writing_ends_when_every_row_has_ended():
    model = build(lambda: EncoderDecoder(7, 6, 8), seed=4)
    nn.init.constant_(model.W_hq.bias, -50)
    model.W_hq.bias.data[END] = 50
    written, _ = model.write(SOURCE)
    assert written.tolist() == [[END]] * 3


def test_a_size_below_one_is_refused():
    with pytest.raises(ValueError, match="hidden_size is 0; allowed: 1 or more"):
        WordReader(8, 3, 0)
    with pytest.raises(ValueError, match="hidden_size is 0; allowed: 1 or more"):
        EncoderDecoder(8, 8, 0)


def test_no_sentences_are_written_as_none():
    words, beliefs = EncoderDecoder(6, 7).write(torch.zeros(0, 3, dtype=torch.long))
    assert words.shape[0] == 0 and beliefs.shape[::2] == (0, 7)


def test_a_sentence_of_no_words_cannot_be_asked_for():
    with pytest.raises(ValueError, match="longest is 0; allowed: 1 or more"):
        EncoderDecoder(6, 7).write(torch.ones(1, 3, dtype=torch.long), 0)
