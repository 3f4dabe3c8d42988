"""The three tasks in words: their splits are honest, and each really needs what its chapter says it needs."""

from collections import Counter, defaultdict

import pytest

from rnnlab.data.sentiment import BLAME, HELD_OUT, PRAISE, opinions
from rnnlab.data.tags import BOTH, FAST, HER, TAGS, tagged
from rnnlab.data.translation import translations


@pytest.mark.parametrize(
    ("task", "most"), [(opinions, 2500), (tagged, 5000), (translations, 3500)], ids=lambda x: getattr(x, "__name__", x)
)
def test_no_test_sentence_is_trained_on_and_the_tests_stay_for_any_size(task, most):
    train, *tests = task(most)
    assert len(train) == most == len(set(train))
    for test in tests:
        assert len(set(test)) == len(test) and not set(train) & set(test)
    assert len(tests) == 1 or not set(tests[0]) & set(tests[1])
    few = task(100)
    assert list(few[1:]) == tests and few[0] == train[:100]
    assert task(100, seed=1)[0] != few[0]
    for wrong in (0, most + 1):
        with pytest.raises(ValueError, match=f"n_train is {wrong}; allowed: 1 to {most}"):
            task(wrong)


def test_held_out_words_are_met_but_never_negated_in_training():
    train, _, unseen = opinions(2500)
    negated_by = {"not", "nobody"}
    met = {word for words, _ in train for word in words}
    assert met >= HELD_OUT
    for words, _ in train:
        if len(HELD_OUT & set(words)) == len((set(PRAISE) | set(BLAME)) & set(words)):
            assert not negated_by & set(words)
    assert all(HELD_OUT & set(words) and negated_by & set(words) for words, _ in unseen)


def test_half_of_the_opinions_praise_and_the_same_words_say_both():
    train, test, unseen = opinions(2500)
    for part in (train, test, unseen):
        assert 0.4 < sum(label for _, label in part) / len(part) < 0.6
    said = defaultdict(set)
    for words, label in train + test:
        said[tuple(sorted(words))].add(label)
    assert sum(len(labels) == 2 for labels in said.values()) > 300


def test_negation_turns_a_judgement_and_two_turn_it_back():
    train, test, unseen = opinions(2500)
    said = dict(train + test + unseen)
    for sentence, label in (
        ("the film is not very dull", 1),
        ("nobody says the plot is great", 0),
        ("i do not think the cast is not clever", 1),
        ("the story is bad not good", 0),
        ("the music is not bad but good", 1),
    ):
        words = tuple(sentence.split())
        if words in said:
            assert said[words] == label, sentence
    assert sum(tuple(s.split()) in said for s in ("the film is not very dull", "the story is bad not good")) == 2


def test_ambiguous_words_take_both_their_tags():
    train, _ = tagged(5000)
    seen = defaultdict(Counter)
    for words, tags in train:
        assert len(words) == len(tags) and set(tags) <= set(TAGS)
        for word, tag in zip(words, tags, strict=True):
            seen[word][tag] += 1
    for ambiguous, pair in ((BOTH, {"NOUN", "VERB"}), (FAST, {"ADJ", "ADV"}), (HER, {"DET", "PRON"})):
        for word in ambiguous:
            assert set(seen[word]) == pair and min(seen[word].values()) > 20, word
    assert all(len(tags) == 1 for word, tags in seen.items() if word not in BOTH + FAST + HER)


def test_what_her_is_only_the_next_word_tells():
    train, _ = tagged(5000)
    after = defaultdict(set)
    for words, tags in train:
        for t, word in enumerate(words):
            if word in HER:
                after[(words[: t + 1], tags[:t])].add(tags[t])
    assert any(len(tags) == 2 for tags in after.values())


def test_translations_differ_in_length_and_order():
    train, _ = translations(3500)
    lengths = {(len(source), len(target)) for source, target in train}
    assert len(lengths) > 15
    said = {"".join(source): " ".join(target) for source, target in train + translations(1)[1]}
    for source, target in (
        ("我昨天在家吃了一条鱼", "i ate one fish at home yesterday"),
        ("她每天看两本书", "she reads two books every day"),
        ("他们在北京买三张报纸", "they buy three newspapers in beijing"),
    ):
        assert said.get(source, target) == target
    assert len(said) > 3700
