"""A last hint that is code passes its own check."""

import ast
import contextlib
import re

from test_exercises import attempt, exercises

from rnnlab.check import mnist, recurrence

WORDS = "PAD, START, END = 0, 1, 2\n"


def typed_hints():
    """The exercises whose last hint is whole lines of code: setup, the check's name, and a function of these lines."""
    for setup, stub, _ in (param.values for param in exercises()):
        judge, answer = attempt(setup, stub.source)
        hint = re.search(r"hint (\d) of \1: (.*)", judge(answer, hint=9).message)[2].removesuffix(".")
        for function in (part for part in ast.parse(stub.source).body if isinstance(part, ast.FunctionDef)):
            with contextlib.suppress(SyntaxError):
                code = f"def typed({ast.unparse(function.args)}): {hint}"
                ast.parse(code)
                if "return" in hint:
                    yield setup, judge.__name__, code


def test_a_last_hint_typed_as_it_stands_passes():
    names = []
    for setup, name, code in typed_hints():
        judge, typed = attempt(setup, f"{WORDS}{code}\ncheck.{name}(typed)")
        assert judge(typed), f"{code}\n{judge(typed)}"
        names.append(name)
    assert len(names) == 17, names


def test_the_last_hint_of_decided_counts_from_the_end_of_what_it_was_given():
    (steps,) = re.findall(r"for t in (.*?): if", mnist.decided(None, hint=3).message)

    def typed(beliefs):
        said = beliefs.argmax(-1)
        for t in eval(steps, {"said": said}):
            if said[t - 2] != said[-1]:
                return t
        return 1

    assert mnist.decided(typed)


def test_the_last_hint_of_switch_can_be_tried_in_the_lab():
    hint = recurrence.switch(dict, hint=3).message
    setting = {name: float(re.search(rf"\b{name} = (-?\d+(\.\d+)?)", hint)[1]) for name in ("w", "w_h", "b")}
    assert all(abs(weight) <= 6 for weight in setting.values()), "the lab's sliders end there"
    assert recurrence.switch(lambda: setting)
