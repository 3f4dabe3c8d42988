import pytest
import torch

from rnnlab.data.recall import CHANNELS, SYMBOLS, latest, recall


def test_the_symbol_stands_at_the_first_step_and_nowhere_else():
    x, symbol = recall(500, 30, seed=1)
    assert x.shape == (500, 31, CHANNELS) and symbol.shape == (500,)
    assert torch.equal(x[:, 0, :SYMBOLS].argmax(1), symbol) and torch.equal(x[:, 0].sum(1), torch.ones(500))
    assert not x[:, 1:, :SYMBOLS].any()


def test_the_noise_is_as_loud_as_asked_and_says_nothing():
    x, symbol = recall(2000, 20, noise=0.3, seed=2)
    noise = x[:, 1:, SYMBOLS]
    assert abs(noise.std() - 0.3) < 0.01 and abs(noise.mean()) < 0.01
    by_symbol = torch.stack([noise[symbol == s].mean() for s in range(SYMBOLS)])
    assert by_symbol.abs().max() < 0.02
    assert not recall(5, 9, noise=0.0)[0][:, 1:].any()


def test_the_seed_alone_decides():
    assert all(torch.equal(a, b) for a, b in zip(recall(20, 5, seed=3), recall(20, 5, seed=3), strict=True))
    assert not torch.equal(recall(20, 5, seed=3)[0], recall(20, 5, seed=4)[0])
    assert torch.bincount(recall(4000, 1)[1]).min() > 900


@pytest.mark.parametrize(
    ("wrong", "message"), [({"lag": 0}, "lag is 0; allowed"), ({"lag": 5, "noise": -1.0}, "noise is -1.0; allowed")]
)
def test_bad_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        recall(10, **wrong)


def test_the_latest_is_the_last_marked_symbol():
    x, symbol = latest(300, marked=3, window=8, lag=5, seed=1)
    assert x.shape == (300, 13, CHANNELS)
    for sequence, wanted in zip(x, symbol, strict=True):
        marks = sequence[:, SYMBOLS].nonzero().flatten()
        assert len(marks) == 3 and marks[-1] < 8
        assert sequence[marks[-1], :SYMBOLS].argmax() == wanted and torch.equal(
            sequence[:, :SYMBOLS].sum(1), torch.ones(13)
        )


def test_where_the_marks_stand_says_nothing_about_the_symbol():
    x, symbol = latest(4000, seed=2)
    assert torch.bincount(symbol).min() > 900
    first_marked = x[..., SYMBOLS].argmax(1)
    means = torch.stack([first_marked[symbol == s].float().mean() for s in range(SYMBOLS)])
    assert means.max() - means.min() < 0.2


@pytest.mark.parametrize("marked", [0, 11])
def test_more_marks_than_steps_are_refused(marked):
    with pytest.raises(ValueError, match=f"marked is {marked}; allowed: 1 to 10, the window"):
        latest(5, marked=marked)
