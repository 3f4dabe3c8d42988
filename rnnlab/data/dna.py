"""Aligned, one label per step: which stretches of a DNA sequence are genes? And how well could anyone tell?

A hidden Markov chain writes the sequence. Outside genes the letters A C G T are independent; inside, codons of three
letters follow one another, the first mostly A or G and the last mostly C or T (the RNY pattern, Shepherd 1981). The
probabilities are ours, but similar to those found in genomes. Because we know the chain, Bayes' rule gives the best
possible guess: from the letters so far (`filtered`), and from all of them (`smoothed`).
"""

import torch
from torch import Tensor

from rnnlab.messages import at_least_one

LETTERS = "ACGT"
KIND = {"dtype": torch.float32, "device": "cpu"}  # whatever default a reader has set
#                          A     C     G     T
EMISSION = torch.tensor(
    [
        [0.30, 0.20, 0.20, 0.30],  # outside a gene
        [0.30, 0.15, 0.40, 0.15],  # a codon's first letter
        [0.30, 0.25, 0.15, 0.30],  # its second
        [0.15, 0.35, 0.30, 0.20],  # its third
    ],
    **KIND,
)
STARTS, ENDS = 1 / 60, 1 / 20  # the chance that a gene begins at a letter, and that it ends after a codon
TRANSITION = torch.tensor(
    [
        [1 - STARTS, STARTS, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
        [ENDS, 1 - ENDS, 0.0, 0.0],
    ],
    **KIND,
)
STATIONARY = torch.tensor([1.0, *3 * [STARTS / ENDS]], **KIND) / (1 + 3 * STARTS / ENDS)  # how often each state occurs


def dna(n: int, T: int = 200, *, seed: int = 0) -> tuple[Tensor, Tensor]:
    """n sequences of T letters, as numbers into LETTERS, and 1 wherever there is a gene, both (n, T). Raises ValueError
    if n or T is below 1."""
    at_least_one(n=n, T=T)
    generator = torch.Generator().manual_seed(seed)
    state = torch.multinomial(STATIONARY, n, replacement=True, generator=generator)
    letters, states = [], []
    for _ in range(T):
        states.append(state)
        letters.append(torch.multinomial(EMISSION[state], 1, generator=generator)[:, 0])
        state = torch.multinomial(TRANSITION[state], 1, generator=generator)[:, 0]
    return torch.stack(letters, 1), (torch.stack(states, 1) > 0).long()


def filtered(letters: Tensor) -> Tensor:
    """The probability of being in a gene, from the letters up to each one, (n, T): no forward reader can do better."""
    return 1 - _forward(letters)[..., 0]


def smoothed(letters: Tensor) -> Tensor:
    """The probability of being in a gene, from all letters, (n, T): no reader can do better."""
    both = _forward(letters) * _backward(letters)  # P(state, letters before) * P(letters after | state)
    return 1 - both[..., 0] / both.sum(-1)


def _forward(letters: Tensor) -> Tensor:
    belief = STATIONARY.expand(len(letters), -1)
    beliefs = []
    for t in range(letters.shape[1]):
        belief = belief @ TRANSITION if t else belief
        belief = belief * EMISSION.T[letters[:, t]]
        belief = belief / belief.sum(1, keepdim=True)
        beliefs.append(belief)
    return torch.stack(beliefs, 1)


def _backward(letters: Tensor) -> Tensor:
    after = EMISSION.new_ones(len(letters), len(EMISSION))
    found = [after]
    for t in reversed(range(1, letters.shape[1])):
        after = (after * EMISSION.T[letters[:, t]]) @ TRANSITION.T
        after = after / after.sum(1, keepdim=True)
        found.append(after)
    return torch.stack(found[::-1], 1)
