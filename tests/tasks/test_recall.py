import pytest
import torch

from rnnlab.tasks.recall import CHANNELS, SYMBOLS, recall


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
