from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from rnnlab.check.answers import as_number, as_row, as_tensor, close, want_tensor, want_two
from rnnlab.check.verdict import BadForm, NotYet


@pytest.mark.parametrize(
    "value",
    [
        torch.tensor([1, 2]),
        torch.tensor([1.0, 2.0], requires_grad=True),
        np.array([2, 1])[::-1],
        np.array([1, 2], dtype=np.uint16),
        np.array([1, 2], dtype=np.longdouble),
        np.array([1, 2], dtype=">f4"),
        [1, 2.0],
        (np.float16(1), Fraction(2)),
        [Decimal(1), torch.tensor(2.0, requires_grad=True)],
        [torch.tensor(1.0).bfloat16(), 2],
        range(1, 3),
    ],
)
def test_numbers_in_every_form_become_one_tensor(value):
    assert as_tensor(value, "it").tolist() == [1, 2]


def test_what_it_gives_is_a_copy():
    given = torch.zeros(2)
    taken = as_tensor(given, "it")
    given += 1
    assert not taken.any() and not as_tensor(given.requires_grad_(), "it").requires_grad


@pytest.mark.parametrize("value", ["3", ["3"], {}, {1}, [[1], [1, 2]], 1j, torch.tensor(1j), object()])
def test_what_is_no_number_is_said_by_its_type(value):
    with pytest.raises(BadForm, match=rf"it is an? {type(value).__name__}.*it should hold numbers"):
        as_tensor(value, "it")


def test_none_is_a_missing_return():
    for take in (as_tensor, as_number, as_row, want_two):
        with pytest.raises(NotYet, match="None: the stub is still there, or a return is missing"):
            take(None, "it")


def test_a_shape_is_said_in_words():
    with pytest.raises(NotYet, match=r"it has shape \(1, 2\); it should have shape \(2,\)"):
        want_tensor([[1, 2]], (2,), "it")
    with pytest.raises(NotYet, match="transposed"):
        want_tensor(torch.zeros(2, 3), (3, 2), "it", {(2, 3): "transposed"})
    with pytest.raises(NotYet, match=r"it has shape \(2,\); it should be one number"):
        as_number([1, 2], "it")
    with pytest.raises(NotYet, match=r"it has shape \(2, 2\); it should be a list of numbers"):
        as_row([[1, 2], [3, 4]], "it")


@pytest.mark.parametrize(("dtype", "error"), [(torch.float64, 1e-4), (torch.float32, 1e-4), (torch.float16, 1e-2)])
def test_close_is_as_strict_as_the_dtype_allows(dtype, error):
    wanted = torch.rand(50, generator=torch.Generator().manual_seed(0)) + 0.5
    assert close(wanted.to(dtype), wanted)
    assert not close((wanted + error).to(dtype), wanted)
    assert not close(wanted.to(dtype)[:1], wanted), "shapes are compared, not broadcast"


def test_masked_values_are_no_numbers():
    with pytest.raises(BadForm, match="with values masked; every place needs a number"):
        as_tensor(np.ma.array([1.0, 2.0], mask=[True, False]), "it")
