"""The check of the start page: a first exercise, to see how they work."""

from functools import partial
from typing import Any

from rnnlab.check.answers import as_number, settle
from rnnlab.check.verdict import exercise, progress_of

progress = partial(progress_of, __name__)


@exercise(
    "the new memory is half of the old one and half of the input.",
    "halve both, and add: neither may be forgotten.",
    "return 0.5 * h + 0.5 * x.",
)
def half_and_half(answer: Any) -> str:
    """`answer(x, h)` -> the new memory, the mean of the input x and the old memory h."""
    for x, h in ((3.0, -1.0), (1.0, 0.0), (0.0, 1.0)):
        given, wanted = as_number(answer(x, h)), 0.5 * x + 0.5 * h
        mistakes = {
            "the past does not count yet: h is missing": 0.5 * x,
            "nothing new comes in: x is missing": 0.5 * h,
            "sum against mean: fed with ones it grows for ever": x + h,
            "the old memory is kept whole; halve it, too": 0.5 * x + h,
        }
        otherwise = f"for x = {x:g} and h = {h:g} the mean is {wanted:g}, you gave {given:g}"
        settle(given, wanted, otherwise, mistakes)
    return "a number that remembers. Chapter 1 gives it weights."
