import math
import random
import re
import sys
from functools import partial

import numpy as np
import pytest
import torch

from rnnlab.check import NotYet, exercise
from rnnlab.check.verdict import describe, progress_of


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
        ("two", "hint 1 of 3"),
    ],
)
def test_each_hint_says_more(hint, words):
    assert words in repr(the_answer(None, hint=hint))


def test_whatever_the_reader_raises_is_answered_not_raised():
    def broken():
        return 1 / 0

    line = broken.__code__.co_firstlineno + 1
    raised = f"your code raised ZeroDivisionError in line {line}, `return 1 / 0`: division by zero"
    assert raised in repr(the_answer(broken))


def test_the_line_is_the_readers_however_deep_the_error_came_from():
    def row(values):
        return torch.cat(values)

    def broken():
        return row([1, 2])

    assert f"TypeError in line {row.__code__.co_firstlineno + 1}, `return torch.cat(values)`: " in repr(
        the_answer(broken)
    )


@pytest.mark.parametrize("function", [math.sqrt, partial(random.sample, 3, 5), lambda x: x])
def test_no_line_is_named_where_none_of_the_readers_was_run(function):
    assert "your code raised TypeError: " in repr(the_answer(function))


def test_a_line_without_source_is_named_by_its_number():
    names = {}
    exec("def broken():\n    return [][0]", names)
    assert "your code raised IndexError in line 2: list index" in repr(the_answer(names["broken"]))


def test_what_a_generator_raises_is_the_readers_too():
    def words():
        yield 1
        raise IndexError("after the first")

    assert re.search(r"raised IndexError in line \d+, `raise .*`: after the first", repr(the_answer(words)))


def test_exit_is_part_of_the_answer_and_an_interrupt_goes_through():
    verdict = the_answer(lambda: sys.exit(3))
    assert repr(verdict).startswith("not yet: your code called exit(): leave it out")
    with pytest.raises(KeyboardInterrupt):
        the_answer(interrupted)


def interrupted():
    raise KeyboardInterrupt


def test_where_the_judge_stumbles_the_reader_is_told_what_came_back():
    verdict = the_answer(lambda: [1, 2])
    assert not verdict
    assert verdict.message.startswith("what your code returned, a list of length 2, cannot be judged (TypeError: ")
    assert verdict.message.endswith("\nexpected: The answer.")


def test_what_is_no_function_is_said():
    assert repr(the_answer(2.0)) == "not yet: hand over a function, its name without brackets; you handed over a float"


def test_a_hint_that_would_not_fit_is_given_only_when_asked_for():
    assert "hint" not in repr(the_answer(lambda: [1, 2])) and "hint" not in repr(the_answer(sys.exit))
    assert "hint 1 of 3: look again" in repr(the_answer(lambda: [1, 2], hint=1))


def test_a_judge_may_be_without_a_docstring():
    @exercise("look")
    def undocumented(answer):
        return answer() + 1

    assert "wanted" not in repr(undocumented(lambda: "x"))


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


def test_a_value_is_described_by_its_type_and_size():
    values = (None, 2, 2.0, [1, 2], {}, np.zeros((2, 3)))
    words = "None|an int|a float|a list of length 2|a dict of length 0|an ndarray of shape (2, 3)"
    assert [describe(value) for value in values] == words.split("|")


def test_gradients_that_an_answer_switches_off_are_on_again_after_it():
    @exercise("hint")
    def one(answer):
        answer()
        return "good"

    assert one(lambda: torch.set_grad_enabled(False)) and torch.is_grad_enabled()
