"""Checks of chapter 5: what they know of its sentences is what the chapter's own data say."""

import numpy as np
import pytest
import torch

from rnnlab.check import tasks as check
from rnnlab.check.opinions import learnt, opinions
from rnnlab.data import sentiment
from rnnlab.data.tags import tagged

FOUR = sentiment.HELD_OUT


def test_the_opinions_are_the_chapters():
    for unseen in (True, False):
        every = {
            " ".join(opinion.words): opinion.label
            for opinion, negated in sentiment._every()
            if bool(negated & FOUR) is unseen
        }
        assert opinions()[unseen] == every


def test_the_grammar_gives_each_word_the_tag_it_has_in_the_chapter():
    train, test = tagged(3000)
    for words, tags in train + test:
        assert check._tags(" ".join(words)) == list(tags)


@pytest.mark.parametrize(
    "sentences",
    [
        ("they see her fast", "they see her fast dog"),
        ["We like this EARLY song.", "we like this early"],
        (["i", "fish", "that", "late"], ["i", "fish", "that", "late", "cook", "fast"]),
        ("my old dog can judge her hard judge", "my old dog can judge her hard"),
    ],
)
def test_many_pairs_are_undecided_one_word_ahead(sentences):
    assert check.undecided(lambda: sentences)


@pytest.mark.slow
@pytest.mark.parametrize(
    "beginnings",
    [
        ("the film is not", "nobody says the plot is", "i do not think the cast is"),
        ("The story is not", "the music is not very", "the ending is not really"),
    ],
)
def test_more_than_one_set_of_examples_is_decisive(beginnings):
    assert check.decisive(lambda: [f"{beginning} {word}" for beginning in beginnings for word in FOUR])


def test_too_few_examples_are_refused_with_what_they_reach():
    verdict = check.decisive(lambda: ["the film is not warm"])
    assert not verdict and verdict.message.count(" %") == 4 and "most are missed with" in verdict.message


@pytest.mark.slow
def test_double_negations_alone_make_it_worse():
    twice = tuple(f"nobody says the {subject} is not {word}" for subject in ("film", "plot", "cast") for word in FOUR)
    for seed in check.SEEDS:
        shares = [sum(right.values()) / len(right) for right in (learnt(twice, seed), learnt((), seed))]
        assert shares[0] < shares[1] - 0.05


def test_a_set_of_examples_is_taken():
    verdict = check.decisive(lambda: {"the film is not warm", "the film is not stale"})
    assert "networks get" in verdict.message


@pytest.mark.parametrize(
    "changed", [{1: 4}, {1: 11}, {1: 2}, {1: np.int64(7)}, {3: 5}, {3: 2}, {3: 3}, {3.0: torch.tensor(9)}]
)
def test_many_tables_go_astray(changed):
    right = dict(zip([1, *range(3, 12)], [*range(3, 12), 2], strict=True))
    assert check.astray(lambda: {**right, **changed})
