import itertools

import pytest
import torch

from rnnlab.data.dna import EMISSION, STATIONARY, TRANSITION, dna, filtered, smoothed


def posterior(letters, seen):
    """P(in a gene at each place | the first `seen` letters), by adding up every path of states."""
    T = len(letters)
    inside, total = torch.zeros(T), 0.0
    for path in itertools.product(range(4), repeat=T):
        p = STATIONARY[path[0]]
        for t, state in enumerate(path):
            p = p * (TRANSITION[path[t - 1], state] if t else 1) * (EMISSION[state, letters[t]] if t < seen else 1)
        total += p
        inside += p * (torch.tensor(path) > 0)
    return inside / total


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_filter_and_smoother_are_bayes_rule(seed):
    letters, _ = dna(1, 5, seed=seed)
    every = posterior(letters[0], seen=5)
    assert torch.allclose(smoothed(letters)[0], every, atol=1e-5)
    for t in range(5):
        assert torch.isclose(filtered(letters)[0, t], posterior(letters[0], seen=t + 1)[t], atol=1e-5)


def test_the_chances_of_the_chain_add_up_and_its_shares_stay():
    for table in (EMISSION, TRANSITION):
        assert torch.allclose(table.sum(1), torch.ones(4))
    assert torch.allclose(STATIONARY @ TRANSITION, STATIONARY)


def test_letters_and_labels_come_as_often_as_the_chain_says():
    letters, genes = dna(500, 200, seed=0)
    assert letters.shape == genes.shape == (500, 200)
    assert abs(genes.float().mean() - (1 - STATIONARY[0])) < 0.02
    shares = torch.bincount(letters[genes == 0], minlength=4) / (genes == 0).sum()
    assert torch.allclose(shares, EMISSION[0], atol=0.01)
    again, _ = dna(500, 200, seed=0)
    assert torch.equal(letters, again) and not torch.equal(letters, dna(500, 200, seed=1)[0])


def test_reading_on_helps():
    letters, genes = dna(200, 200, seed=5)
    one_way, both_ways = (((p(letters) > 0.5) == genes).float().mean() for p in (filtered, smoothed))
    assert 0.5 < one_way < both_ways - 0.04
