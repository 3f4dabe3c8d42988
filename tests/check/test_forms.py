"""Right answers in odd clothes, to every exercise of every chapter; and what no check can judge."""

import re
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from test_exercises import WRONG, attempt, every_exercise, solution_of
from torch import Tensor, nn

TRAINED = {"column_loss"}  # a gradient goes back through what is returned: only a torch tensor will do


def dress(value, clothe):
    """`value` with each tensor and each number in it in other clothes."""
    if isinstance(value, list | tuple):
        return type(value)(dress(part, clothe) for part in value)
    if isinstance(value, dict):
        return {key: dress(part, clothe) for key, part in value.items()}
    return clothe(value)


def tensors(clothe, of=lambda tensor: True):
    return lambda value: dress(value, lambda leaf: clothe(leaf) if isinstance(leaf, Tensor) and of(leaf) else leaf)


def numbers(clothe):
    return lambda value: dress(value, lambda leaf: clothe(leaf) if isinstance(leaf, int | float) else leaf)


def whole(tensor):
    return torch.equal(tensor, tensor.round())


def stacked(value):
    pair = isinstance(value, tuple) and all(isinstance(part, Tensor) for part in value)
    return torch.stack(value) if pair and len({part.shape for part in value}) == 1 else value


CLOTHES = {
    "arrays": tensors(lambda tensor: tensor.detach().numpy()),
    "mirrored arrays": tensors(
        lambda tensor: tensor.detach().numpy()[::-1].copy()[::-1], of=lambda tensor: tensor.ndim
    ),
    "nested lists": tensors(Tensor.tolist),
    "lists of rows": tensors(list, of=lambda tensor: tensor.ndim),
    "tuples of rows": tensors(tuple, of=lambda tensor: tensor.ndim),
    "float64": tensors(Tensor.double),
    "float16": tensors(Tensor.half, of=Tensor.is_floating_point),
    "bfloat16": tensors(Tensor.bfloat16, of=Tensor.is_floating_point),
    "whole numbers": tensors(Tensor.long, of=whole),
    "a gradient": tensors(
        lambda tensor: tensor.clone().requires_grad_(), of=lambda t: t.dtype.is_floating_point and t.is_leaf
    ),
    "rows with a gradient": tensors(
        lambda tensor: list(tensor.double().requires_grad_()), of=lambda tensor: tensor.ndim
    ),
    "stacked": stacked,
    "a list for a tuple": lambda value: list(value) if isinstance(value, tuple) else value,
    "a tuple for a list": lambda value: tuple(value) if isinstance(value, list) else value,
    "a generator": lambda value: iter(value) if isinstance(value, list | tuple) else value,
    "NumPy's numbers": numbers(np.float64),
    "half numbers": numbers(lambda number: np.float16(number) if isinstance(number, float) else number),
    "fractions": numbers(Fraction),
    "tensors of shape ()": numbers(torch.tensor),
    "tensors of shape (1,)": numbers(lambda number: torch.tensor([number])),
}


@pytest.mark.slow
@pytest.mark.parametrize("clothes", CLOTHES)
@every_exercise
def test_a_right_answer_passes_in_odd_clothes(setup, stub, following, clothes):
    judge, answer = attempt(setup, stub.source, solution_of(following))
    clothe = CLOTHES[clothes]
    verdict = judge((lambda *arguments: clothe(answer(*arguments))) if callable(answer) else clothe(answer))
    assert verdict or (judge.__name__ in TRAINED and "return a torch tensor, since" in verdict.message), verdict.message


def spoil(argument):
    """Overwrite all that a check has handed out."""
    if isinstance(argument, Tensor):
        argument.zero_()
    elif isinstance(argument, nn.Module):
        spoil(list(argument.parameters()))
    elif isinstance(argument, list):
        for part in argument:
            spoil(part)
        argument.clear()


def rough(answer):
    def spoiling(*arguments):
        given = tensors(Tensor.clone)(answer(*arguments))
        print("words", given)
        with torch.no_grad():
            spoil(list(arguments))
        return given

    return spoiling


@every_exercise
def test_a_right_answer_passes_whatever_dtype_and_device_the_reader_has_set(setup, stub, following):
    judge, answer = attempt(setup, stub.source, solution_of(following))
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    try:
        verdict = judge(answer)
        assert torch.get_default_dtype() == torch.float64 and torch.get_default_device().type == "meta"
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
    assert verdict, verdict.message


KEPT = {"open_gate"}  # no function, or what it was given is part of the answer


@every_exercise
def test_a_right_answer_may_print_and_spoil_what_it_was_given(setup, stub, following, capsys):
    judge, answer = attempt(setup, stub.source, solution_of(following))
    if judge.__name__ in KEPT:
        pytest.skip("what it was given is part of the answer")
    verdict = judge(rough(answer))
    assert verdict, verdict.message


@pytest.mark.parametrize(("judge", "answer", "mistake"), [wrong for wrong in WRONG if wrong[0].__name__ not in KEPT])
def test_a_wrong_answer_keeps_its_name_when_it_spoils_what_it_was_given(judge, answer, mistake):
    verdict = judge(rough(answer))
    assert not verdict and re.search(mistake, verdict.message), verdict.message


ENDLESS = []
ENDLESS.append(ENDLESS)
STRANGE = [
    object(),
    SimpleNamespace(shape=3),
    {},
    {"inputs": 1, "targets": 2},
    set(),
    "",
    "words",
    "3",
    b"3",
    [],
    [[1.0], [2.0, 3.0]],
    [None, None],
    ({}, {}),
    ("one", "two"),
    (1.0, 2.0, 3.0),
    float("nan"),
    1j,
    torch.tensor([1j, 2j]),
    torch.zeros(0),
    torch.zeros(3, 4, device="meta"),
    torch.eye(3).to_sparse(),
    np.array(["one", "two"]),
    ENDLESS,
    ValueError("returned, not raised"),
    int,
    nn.RNN(1, 1),
]


@every_exercise
def test_what_no_check_can_judge_is_never_said_to_be_raised(setup, stub, following):
    judge, answer = attempt(setup, stub.source)
    for strange in STRANGE:
        given = (lambda *arguments, strange=strange: strange) if callable(answer) else strange
        verdict = judge(given)
        assert not verdict, f"passed: {strange!r:.80}"
        assert "your code raised" not in verdict.message, verdict.message


@every_exercise
def test_a_call_in_place_of_its_function_is_said(setup, stub, following):
    judge, answer = attempt(setup, stub.source)
    wanted = "hand over a function" if callable(answer) else "a dict with the keys"
    for strange in (None, 3.0, torch.zeros(2), [1, 2]):
        assert wanted in judge(strange).message


@every_exercise
def test_exit_and_errors_in_the_readers_code_are_answered_and_an_interrupt_goes_through(setup, stub, following):
    judge, answer = attempt(setup, stub.source)
    if not callable(answer):
        pytest.skip("no code of the reader's runs")

    def leave(*arguments):
        raise SystemExit

    def fall(*arguments):
        return fall(*arguments)

    def interrupted(*arguments):
        raise KeyboardInterrupt

    assert judge(leave).message.startswith("your code called exit()")
    assert judge(fall).message.startswith("your code raised RecursionError")
    with pytest.raises(KeyboardInterrupt):
        judge(interrupted)
