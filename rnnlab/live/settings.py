"""A lab's settings: a frozen dataclass of knobs, each declared once, at its field.

A knob gives the control on the page, the check of its range, the lab's argument and its documentation.
"""

import functools
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from numbers import Real
from typing import Any

from rnnlab import device as devices
from rnnlab.messages import quote, refused


@dataclass(frozen=True)
class Between:
    """A number from `low` to `high`. If `step` is whole, so is the number; otherwise `step` is for the slider only."""

    low: float
    high: float
    step: float = 1

    @property
    def decimals(self) -> int:
        return len(f"{self.step:g}".partition(".")[2])

    def take(self, value: Any) -> float:
        """`value` as the settings hold it. Raises ValueError, saying what is allowed."""
        number: Any = value if isinstance(value, Real) and not isinstance(value, bool) else math.nan
        if not self.low <= number <= self.high:
            raise ValueError(str(self))
        if self.decimals:
            return float(number)
        if number != int(number):
            raise ValueError(f"a whole number, {self}")
        return int(number)

    def exactly(self, value: float) -> float:
        """What a slider means: a page sends 0.30000000000000004 for 0.3, and may send -0."""
        return round(value, self.decimals) + 0.0 if self.decimals else value

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


class OneOf:
    """One of the options. `names` says what they are called on the page, if that differs."""

    def __init__(self, options: Iterable[Any], names: Mapping[Any, str] | None = None):
        self.labels = {option: (names or {}).get(option, str(option)) for option in options}

    def take(self, value: Any) -> Any:
        """The option equal to `value`. Raises ValueError, saying what is allowed."""
        if isinstance(value, Real | str) and not isinstance(value, bool) and value in self.labels:
            return next(option for option in self.labels if option == value)
        raise ValueError(str(self))

    def __str__(self) -> str:
        return ", ".join(map(str, self.labels))


@dataclass(frozen=True)
class Text:
    """A line that the reader types. None, if it is the default, leaves the choice to the lab."""

    def take(self, value: Any) -> str | None:
        """`value`. Raises ValueError, saying what is allowed."""
        if isinstance(value, str | None):
            return value
        raise ValueError(str(self))

    def __str__(self) -> str:
        return "text"


def knob(default: Any, allowed: Between | OneOf | Text, tooltip: str, *, label: str = "") -> Any:
    """A field of Settings that has a control. `label`: its name on the page, if that is not the field's."""
    return field(default=default, metadata={"allowed": allowed, "tooltip": tooltip, "label": label})


def device_knob() -> Any:
    """The device a network trains on: any known one; the page offers those that its machine has."""
    return knob("cpu", OneOf(devices.KNOWN), "the device that it trains on")


@dataclass(frozen=True)
class Settings:
    """What a lab's controls say. A subclass is a frozen dataclass of knobs. Equal settings give equal pictures.

    A field that is not a knob is the lab's own affair. Raises ValueError for a value that its knob does not allow.
    """

    def __post_init__(self) -> None:
        for name, knob in self.knobs().items():
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, knob.metadata["allowed"].take(value))
            except ValueError as allowed:
                raise refused(f"{name} is {quote(value)}", str(allowed)) from None

    @classmethod
    def knobs(cls) -> dict[str, Field]:
        """The knobs by name, in the order of their controls."""
        return {each.name: each for each in fields(cls) if "allowed" in each.metadata}

    def label(self, name: str) -> str:
        """What the option chosen for knob `name` is called on the page."""
        return self.knobs()[name].metadata["allowed"].labels[getattr(self, name)]


def starts_at(kind: type[Settings]) -> Callable[[Callable], Callable]:
    """Give a lab, `make(..., **start)`, the knobs of `kind` as arguments, in its signature, help and errors."""

    def decorate(make: Callable) -> Callable:
        own = [each for each in inspect.signature(make).parameters.values() if each.kind is not each.VAR_KEYWORD]
        knobs = kind.knobs()
        known = [each.name for each in own] + list(knobs)

        @functools.wraps(make)
        def lab(*arguments: Any, **start: Any) -> Any:
            for name in start:
                if name not in known:
                    raise TypeError(f"{make.__name__} has no argument {name!r}; allowed: {', '.join(known)}")
            return make(*arguments, **start)

        signature = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=knob.default)
            for name, knob in knobs.items()
        ]
        returns = inspect.signature(make).return_annotation
        whole = inspect.Signature([*own, *signature], return_annotation=returns)
        lab.__signature__ = whole  # pyrefly: ignore[missing-attribute]
        lines = [
            f"    {name}: {knob.metadata['tooltip']}; {knob.metadata['allowed']} (default {knob.default!r})"
            for name, knob in knobs.items()
        ]
        told = [inspect.getdoc(make) or "", "", "Raises ValueError for anything not allowed. Where the controls start:"]
        lab.__doc__ = "\n".join(told + lines)
        return lab

    return decorate
