import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from rnnlab.data.vocabulary import END, PAD, START, lengths
from rnnlab.networks import EncoderDecoder, build, teacher_pairs

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
        weights = {"weight_ih": ours.W_xh, "weight_hh": ours.W_hh, "bias_ih": ours.b_h, "bias_hh": ours.b_h * 0}
        theirs.load_state_dict({f"{name}_l0": weight for name, weight in weights.items()})
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
        for _ in range(written.shape[1]):  # the whole prefix is read again for every word, by teacher forcing
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


def test_no_sentences_are_written_as_none():
    words, beliefs = EncoderDecoder(6, 7).write(torch.zeros(0, 3, dtype=torch.long))
    assert words.shape[0] == 0 and beliefs.shape[::2] == (0, 7)


def test_a_sentence_of_no_words_cannot_be_asked_for():
    with pytest.raises(ValueError, match="longest is 0; allowed: 1 or more"):
        EncoderDecoder(6, 7).write(torch.ones(1, 3, dtype=torch.long), 0)
