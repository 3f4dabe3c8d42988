import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.data.vocabulary import END, MARKS, PAD, START, Vocabulary, lengths

words = st.text("abc", min_size=1, max_size=3)
sentences = st.lists(st.lists(words, min_size=1, max_size=6), min_size=1, max_size=5)


@given(sentences)
def test_a_row_decodes_to_its_sentence_however_long_the_others_are(sentences):
    vocabulary = Vocabulary(sentences)
    tokens = vocabulary.encode(sentences)
    assert tokens.shape == (len(sentences), max(map(len, sentences)))
    assert [vocabulary.decode(row) for row in tokens] == sentences
    assert lengths(tokens).tolist() == list(map(len, sentences))


def test_the_marks_come_first_and_the_words_follow_in_order():
    vocabulary = Vocabulary([["b", "a"], ["c", "a"]])
    assert vocabulary.words == (*MARKS, "a", "b", "c") and len(vocabulary) == 6
    assert (PAD, START, END) == (0, 1, 2)
    assert vocabulary.encode([["b"], ["a", "c"]]).tolist() == [[4, PAD], [3, 5]]


def test_decoding_stops_at_the_end_mark():
    vocabulary = Vocabulary([["a", "b"]])
    assert vocabulary.decode(torch.tensor([START, 3, END, 4])) == ["a"]


def test_an_unknown_word_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="'cat' is not in the vocabulary; allowed: a, dog"):
        Vocabulary([["a", "dog"]]).encode([["a", "cat"]])


def test_a_sentence_without_words_is_refused():
    with pytest.raises(ValueError, match="no words; allowed: 1 or more"):
        Vocabulary([["a"]]).encode([["a"], []])


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_that_somebody_types_is_a_word_like_any_other(mark):
    with pytest.raises(ValueError, match=f"'{mark}' is not in the vocabulary"):
        Vocabulary([["the", "film"]]).encode([["the", mark, "film"]])
    vocabulary = Vocabulary([["the", mark, "film"]])
    tokens = vocabulary.encode([["the", mark, "film"], ["the"]])
    assert lengths(tokens).tolist() == [3, 1] and vocabulary.decode(tokens[0]) == ["the", mark, "film"]


def test_a_letter_is_the_same_as_one_character_or_two():
    one, two = "caf\u00e9", "cafe\u0301"
    assert (
        Vocabulary([[one]]).encode([[two]]).tolist() == Vocabulary([[two]]).encode([[one]]).tolist() == [[len(MARKS)]]
    )
    assert len(Vocabulary([[one, two]])) == len(MARKS) + 1


def test_of_many_words_a_message_names_the_nearest():
    vocabulary = Vocabulary([[f"word{i}" for i in range(50_000)]])
    for word, named in (("wrod77", "word77"), ("?", "word0"), ("w" * 10**6, "word")):
        with pytest.raises(ValueError, match=rf"allowed: .*{named}.* and 49,99\d more") as refused:
            vocabulary.encode([[word]])
        assert len(str(refused.value)) < 300


@pytest.mark.parametrize("number", [-100, -1, 5])
def test_a_number_that_is_no_words_is_refused(number):
    with pytest.raises(ValueError, match=f"number is {number}; allowed: 0 to 4"):
        Vocabulary([["a", "b"]]).decode([3, number])


def test_an_iterator_of_words_is_read_once_and_whole():
    vocabulary = Vocabulary([["the", "film"]])
    assert vocabulary.encode(iter([map(str.lower, ["The", "FILM"]), iter(["the"])])).tolist() == [[4, 3], [4, PAD]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Vocabulary([["a", None]]), "a word is None; allowed: text"),
        (lambda: Vocabulary([["a"]]).encode([[1]]), "a word is 1; allowed: text"),
        (lambda: Vocabulary([["a"]]).decode([3.9]), "number is 3.9; allowed: a whole number"),
    ],
)
def test_what_is_no_word_and_no_number_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
