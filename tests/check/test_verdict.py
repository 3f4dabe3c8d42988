import pytest

from rnnlab.check import NotYet, exercise
from rnnlab.check.verdict import progress_of


@exercise("look again", "it is even", "it is 42")
def the_answer(answer):
    """The answer."""
    if answer is None:
        raise NotYet("nothing there")
    return f"{40 + answer() == 42}"


def test_a_pass_is_true_and_says_so():
    verdict = the_answer(lambda: 2)
    assert verdict and repr(verdict) == "passed: True"


def test_a_miss_is_false_and_names_the_mistake_and_a_hint():
    verdict = the_answer(None)
    assert not verdict
    assert repr(verdict) == "not yet: nothing there\nhint 1 of 3: look again (hint=2 says more)"


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (2, "hint 2 of 3: it is even (hint=3 says more)"),
        (3, "hint 3 of 3: it is 42"),
        (9, "hint 3 of 3"),
        (0, "hint 1 of 3"),
    ],
)
def test_each_hint_says_more(hint, words):
    assert words in repr(the_answer(None, hint=hint))


def test_whatever_the_reader_raises_is_answered_not_raised():
    def broken():
        return 1 / 0

    assert "your code raised ZeroDivisionError: division by zero" in repr(the_answer(broken))


def test_progress_counts_what_has_passed_once_and_stays_so():
    def make(name):
        def judge(answer):
            if not answer:
                raise NotYet("no")
            return "yes"

        judge.__module__, judge.__name__ = "a chapter", name
        return exercise("look")(judge)

    checks = [make("one"), make("two")]
    assert repr(progress_of("a chapter")) == "exercises passed: 0 of 2 · to go: 1, 2"
    checks[0](False)
    checks[1](True)
    assert repr(progress_of("a chapter")) == "exercises passed: 1 of 2 · to go: 1"
    checks[1](False)
    checks[0](True)
    assert repr(progress_of("a chapter")) == "exercises passed: 2 of 2, the whole chapter"
