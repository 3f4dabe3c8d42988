"""What a reader's code returned, in whatever form, as tensors that a check can compare."""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from rnnlab.check.verdict import BadForm, NotYet, describe

_MISSING = "the stub is still there, or a return is missing"


def as_tensor(value, what: str) -> Tensor:
    """The numbers in `value`, a copy without gradient; `what` names them to the reader.

    Tensors, arrays, lists and numbers of every kind are taken. Floats keep their dtype, so that `close` knows how exact
    they can be; whole numbers become float64.
    """
    if value is None:
        raise NotYet(f"{what} is None: {_MISSING}")
    if isinstance(value, Tensor) and not value.is_complex():
        value = value.detach().cpu()
        return value.clone() if value.is_floating_point() else value.double()
    if np.ma.is_masked(value):
        raise BadForm(f"{what} is {describe(value)} with values masked; numbers are wanted in every place")
    try:
        array = np.array(_without_torch(value))
        if array.dtype == object:  # Fraction, Decimal
            array = array.astype(float)
    except (TypeError, ValueError):
        array = np.array("no numbers")
    if array.dtype.kind not in "biuf":
        raise BadForm(
            f"{what} is {describe(value)}; numbers are wanted, in a tensor, an array or lists of equal length"
        )
    return torch.from_numpy(array if array.dtype in (np.float16, np.float32) else array.astype(float))


def _without_torch(value):
    """`value` with the tensors in its lists as arrays: NumPy takes none that requires a gradient."""
    if isinstance(value, Tensor):
        value = value.detach().cpu()
        return (value.float() if value.dtype == torch.bfloat16 else value).numpy()
    return [_without_torch(part) for part in value] if isinstance(value, list | tuple) else value


def want_tensor(value, shape: tuple[int, ...], what: str, mistakes: dict[tuple[int, ...], str] | None = None) -> Tensor:
    """`value` as a tensor of `shape`. Raise NotYet if it has another shape, in the words `mistakes` has for that one."""
    tensor = as_tensor(value, what)
    found = tuple(tensor.shape)
    if found != shape:
        raise NotYet((mistakes or {}).get(found, f"{what} has shape {found}, wanted {shape}"))
    return tensor


def want_gradient(value, what: str, since: str) -> Tensor:
    """`value` itself, if it is a tensor with a gradient behind it."""
    if value is None:
        raise NotYet(f"{what} is None: {_MISSING}")
    if not isinstance(value, Tensor):
        raise BadForm(f"{what} is {describe(value)}: return a torch tensor, since {since}")
    return value


def as_number(value, what: str = "what you return") -> Tensor:
    """`value` as a tensor of shape (): a number in any form, or the only one of a tensor or list."""
    tensor = as_tensor(value, what)
    if tensor.numel() != 1:
        raise NotYet(f"one number is wanted; {what} has shape {tuple(tensor.shape)}")
    return tensor.reshape(())


def as_row(value, what: str) -> Tensor:
    """`value` as a tensor of shape (n,): a list of numbers in any form, or a column of them."""
    tensor = as_tensor(value, what)
    if not tensor.ndim or len(tensor) != tensor.numel():
        raise NotYet(f"{what} has shape {tuple(tensor.shape)}; a list of numbers is wanted")
    return tensor.flatten()


def want_two(value, wanted: str) -> list:
    """The two parts of `value`: a tuple, a list, or both stacked in a tensor or an array."""
    if value is None:
        raise NotYet(f"your function returns None: {_MISSING}")
    if not (isinstance(value, list | tuple) or getattr(value, "ndim", 0)) or len(value) != 2:
        raise BadForm(f"two things are wanted, {wanted}; you return {describe(value)}")
    return list(value)


def close(given: Tensor, wanted: Tensor) -> bool:
    """Whether both hold the same numbers, as far as the dtype they were given in can tell."""
    slack = max(1e-5, 2 * torch.finfo(given.dtype).eps)
    return given.shape == wanted.shape and torch.allclose(given.double(), wanted.double(), rtol=slack, atol=slack)


def settle(given: Tensor, wanted, mistakes: Iterable[tuple[object, str]], otherwise: str) -> None:
    """Raise NotYet unless `given` is `wanted`: with the message of the mistake it is close to, or else `otherwise`."""
    if close(given, torch.as_tensor(wanted)):
        return
    for wrong, message in mistakes:
        if close(given, torch.as_tensor(wrong)):
            raise NotYet(message)
    raise NotYet(otherwise)
