"""What a check hands to the reader's code, and what comes back, in whatever form, as tensors that can be compared."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from rnnlab.check.verdict import BadForm, NotYet, describe, refuse

WHAT = "what you return"
_MISSING = "the stub is still there, or a return is missing"
Layer = TypeVar("Layer", bound=nn.RNNBase)


def as_tensor(value: Any, what: str) -> Tensor:
    """The numbers in `value`, a copy without gradient; `what` names them to the reader.

    Tensors, arrays, lists and numbers of every kind are taken. Floats keep their dtype, so that `close` knows how exact
    they can be; whole numbers become float64.
    """
    refuse(value is None, f"{what} is None: {_MISSING}")
    if isinstance(value, Tensor) and not value.is_complex():
        value = value.detach().cpu()
        return value.clone() if value.is_floating_point() else value.double()
    if np.ma.is_masked(value):
        raise BadForm(f"{what} is {describe(value)} with values masked; every place needs a number")
    try:
        array = np.array(_without_torch(value))
        if array.dtype == object:  # Fraction, Decimal
            array = array.astype(float)
    except (TypeError, ValueError):
        array = np.array("no numbers")
    if array.dtype.kind not in "biuf":
        raise BadForm(
            f"{what} is {describe(value)}; it should hold numbers, in a tensor, an array or lists of equal length"
        )
    return torch.from_numpy(array if array.dtype in (np.float16, np.float32) else array.astype(float))


def _without_torch(value: Any) -> Any:
    """`value` with the tensors in its lists as arrays: NumPy takes none that requires a gradient."""
    if isinstance(value, Tensor):
        value = value.detach().cpu()
        return (value.float() if value.dtype == torch.bfloat16 else value).numpy()
    return [_without_torch(part) for part in value] if isinstance(value, list | tuple) else value


def want_tensor(value: Any, shape: tuple[int, ...], what: str = WHAT, shapes: Mapping[Any, str] = {}) -> Tensor:
    """`value` as a tensor of `shape`. Raise NotYet if it has another shape, in the words `shapes` has for that one."""
    if not shape:
        return as_number(value, what)
    tensor = as_tensor(value, what)
    found = tuple(tensor.shape)
    refuse(found != shape, shapes.get(found, f"{what} has shape {found}; it should have shape {shape}"))
    return tensor


def want_gradient(value: Any, what: str, since: str) -> Tensor:
    """`value` itself, if it is a tensor with a gradient behind it."""
    refuse(value is None, f"{what} is None: {_MISSING}")
    if not isinstance(value, Tensor):
        raise BadForm(f"{what} is {describe(value)}: return a torch tensor, since {since}")
    return value


def as_number(value: Any, what: str = WHAT) -> Tensor:
    """`value` as a tensor of shape (): a number in any form, or the only one of a tensor or list."""
    tensor = as_tensor(value, what)
    refuse(tensor.numel() != 1, f"{what} has shape {tuple(tensor.shape)}; it should be one number")
    return tensor.reshape(())


def as_row(value: Any, what: str = WHAT) -> Tensor:
    """`value` as a tensor of shape (n,): a list of numbers in any form, or a column of them."""
    tensor = as_tensor(value, what)
    flat = tensor.ndim and len(tensor) == tensor.numel()
    refuse(not flat, f"{what} has shape {tuple(tensor.shape)}; it should be a list of numbers")
    return tensor.flatten()


def refuse_none(value: Any) -> None:
    """Refuse the result of a function without a return."""
    refuse(value is None, f"your function returns None: {_MISSING}")


def want_two(value: Any, wanted: str) -> list:
    """The two parts of `value`: a tuple, a list, or both stacked in a tensor or an array."""
    refuse_none(value)
    if not (isinstance(value, list | tuple) or getattr(value, "ndim", 0)) or len(value) != 2:
        raise BadForm(f"return {wanted}; you return {describe(value)}")
    return list(value)


def close(given: Tensor, wanted: Any) -> bool:
    """Whether both hold the same numbers, as far as the dtype they were given in can tell."""
    wanted, slack = torch.as_tensor(wanted), max(1e-5, 2 * torch.finfo(given.dtype).eps)
    return given.shape == wanted.shape and torch.allclose(given.double(), wanted.double(), rtol=slack, atol=slack)


def first_wrong(given: Tensor, wanted: Tensor) -> int:
    """The place, from 0, of the first row or number of `given` that is not `wanted`'s; 0 if there is none."""
    return next((i for i, (mine, right) in enumerate(zip(given, wanted, strict=True)) if not close(mine, right)), 0)


def refuse_mistakes(given: Tensor, mistakes: Mapping[str, Any], error: type[NotYet] = NotYet) -> None:
    """Raise `error` with the first message whose wrong answer is `given`; a tuple is several of one message."""
    for message, wrong in mistakes.items():
        for one in wrong if isinstance(wrong, tuple) else (wrong,):
            refuse(close(given, one), message, error)


def settle(
    value: Any, wanted: Any, otherwise: str, mistakes: Mapping = {}, what: str = WHAT, shapes: Mapping = {}
) -> Tensor:
    """`value` as a tensor if it is `wanted`; else raise NotYet: the message of the mistake that it is, or `otherwise`.

    mistakes: as `refuse_mistakes` takes them. what, shapes: as `want_tensor` does.
    """
    wanted = torch.as_tensor(wanted)
    given = want_tensor(value, tuple(wanted.shape), what, shapes)
    if not close(given, wanted):
        refuse_mistakes(given, mistakes)
        raise NotYet(otherwise)
    return given


def draws(*shapes: tuple[int, ...], dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Standard normal numbers, the same at every call; the reader's own draws go on as if there had been none."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]


def layer(kind: Callable[..., Layer], *sizes: int) -> Layer:
    """An nn.RNN, nn.LSTM or nn.GRU in float32 with the same weights at every call, its batch first."""
    with torch.random.fork_rng(devices=[]):  # the reader's own draws go on as if there had been no check
        torch.manual_seed(0)
        return kind(*sizes, batch_first=True, dtype=torch.float32)
