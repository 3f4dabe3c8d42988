"""Aligned, one label per step: the part of speech of every word, in a grammar whose words are ambiguous."""

import random
from typing import NamedTuple

TAGS = ("PRON", "DET", "ADJ", "NOUN", "AUX", "VERB", "ADV")
BOTH = ("fish", "cook", "guard", "judge", "run", "walk", "play", "dance")  # noun or verb: 'they fish', 'a fish'
FAST = ("fast", "hard", "late", "early")  # before a noun an adjective, else an adverb: only the next word tells
HER = ("her", "that", "this", "his")  # before a noun a determiner, else a pronoun
PRONOUNS, DETERMINERS = ("they", "we", "you", "i"), ("a", "the", "my", "every")
AUXILIARIES = ("can", "will", "must")
NOUNS, ADJECTIVES = ("dog", "song", "garden", "teacher"), ("old", "small", "quiet", "green")
VERBS = ("see", "like", "know", "hear")
N_TEST = 500


class Tagged(NamedTuple):
    """A sentence, and one of TAGS for each of its words."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


def tagged(n_train: int = 1000, *, seed: int = 0) -> tuple[list[Tagged], list[Tagged]]:
    """`n_train` different sentences to learn from (1 to 5,000), and 500 others to test on, the same for any `n_train`.

    Raises ValueError for any other `n_train`.
    """
    if not 1 <= n_train <= 5000:
        raise ValueError(f"n_train is {n_train}; allowed: 1 to 5000")
    dice = random.Random(seed)
    found: dict[Tagged, None] = {}  # a set that keeps its order
    while len(found) < N_TEST + n_train:
        words, tags = zip(*_sentence(dice), strict=True)
        found[Tagged(words, tags)] = None
    every = list(found)
    return every[N_TEST:], every[:N_TEST]


def _sentence(dice: random.Random) -> list[tuple[str, str]]:
    """Who [can] do [what] [how]: every word with its tag."""
    if dice.random() < 0.5:
        sentence = [(dice.choice(PRONOUNS), "PRON")]
    else:
        sentence = [*_noun_phrase(dice), (dice.choice(AUXILIARIES), "AUX")]
    sentence.append((dice.choice(BOTH + VERBS), "VERB"))
    chance = dice.random()
    if chance < 0.5:
        sentence += _noun_phrase(dice)
    elif chance < 0.75:
        sentence.append((dice.choice(HER), "PRON"))
    if dice.random() < 0.4:
        sentence.append((dice.choice(FAST), "ADV"))
    return sentence


def _noun_phrase(dice: random.Random) -> list[tuple[str, str]]:
    phrase = [(dice.choice(DETERMINERS + HER), "DET")]
    if dice.random() < 0.4:
        phrase.append((dice.choice(ADJECTIVES + FAST), "ADJ"))
    return [*phrase, (dice.choice(NOUNS + BOTH), "NOUN")]
