"""Sequence to class: does a short sentence praise or blame? Word order and negation decide."""

import random
from itertools import product
from typing import NamedTuple

SUBJECTS = ("film", "plot", "music", "ending", "story", "cast")
PRAISE = ("good", "great", "funny", "warm", "clever", "lovely", "fresh", "bright")
BLAME = ("bad", "dull", "silly", "cold", "clumsy", "ugly", "stale", "grim")
ADVERBS = ("", "very ", "really ", "so ")
HELD_OUT = {"warm", "fresh", "cold", "stale"}  # never negated in training
N_TEST = 600


class Opinion(NamedTuple):
    """A sentence and what it says: 1 praise, 0 blame."""

    words: tuple[str, ...]
    label: int


class Opinions(NamedTuple):
    """What a network may learn from, and two tests of it."""

    train: list[Opinion]
    test: list[Opinion]  # other sentences of the same kinds
    unseen_negations: list[Opinion]  # negations of words that training never negates


def opinions(n_train: int = 1000, *, seed: int = 0) -> Opinions:
    """`n_train` sentences to learn from (1 to 2,500), and the tests, which do not depend on `n_train`.

    No sentence is in two of them. Raises ValueError for any other `n_train`.
    """
    if not 1 <= n_train <= 2500:
        raise ValueError(f"n_train is {n_train}; allowed: 1 to 2500")
    every = _every()
    held_out = [opinion for opinion, negated in every if negated & HELD_OUT]
    rest = [opinion for opinion, negated in every if not negated & HELD_OUT]
    random.Random(seed).shuffle(rest)
    return Opinions(rest[N_TEST : N_TEST + n_train], rest[:N_TEST], held_out)


def _every() -> list[tuple[Opinion, set[str]]]:
    """Every sentence of the grammar, and the judging words that it negates."""
    found = []
    for subject, judgement, adverb in product(SUBJECTS, PRAISE + BLAME, ADVERBS):
        praise = int(judgement in PRAISE)
        for before, after, negations in (
            ("", "", 0),
            ("i think ", "", 0),
            ("", "not ", 1),
            ("i do not think ", "", 1),
            ("nobody says ", "", 1),
            ("i do not think ", "not ", 2),
            ("nobody says ", "not ", 2),
        ):
            sentence = f"{before}the {subject} is {after}{adverb}{judgement}"
            label = praise if negations % 2 == 0 else 1 - praise
            found.append((Opinion(tuple(sentence.split()), label), {judgement} if negations else set()))
    for subject, good, bad in product(SUBJECTS, PRAISE, BLAME):
        for ending, label, negated in (
            (f"{good} not {bad}", 1, bad),
            (f"{bad} not {good}", 0, good),
            (f"not {bad} but {good}", 1, bad),
            (f"not {good} but {bad}", 0, good),
        ):
            found.append((Opinion(tuple(f"the {subject} is {ending}".split()), label), {negated}))
    return found
