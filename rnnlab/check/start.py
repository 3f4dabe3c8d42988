"""The check of the start page: a first exercise, to see how they work."""

from functools import partial

from rnnlab.check.answers import as_number
from rnnlab.check.verdict import NotYet, exercise, progress_of

progress = partial(progress_of, __name__)


@exercise(
    "the new memory is half of the old one and half of the input.",
    "halve both, and add: neither may be forgotten.",
    "return 0.5 * h + 0.5 * x.",
)
def half_and_half(answer) -> str:
    """`answer(x, h)` -> the new memory, the mean of the input x and the old memory h."""
    for x, h in ((3.0, -1.0), (1.0, 0.0), (0.0, 1.0)):
        given = float(as_number(answer(x, h)))
        for wrong, message in (
            (0.5 * x, "the past does not count yet: h is missing"),
            (0.5 * h, "nothing new comes in: x is missing"),
            (x + h, "sum against mean: fed with ones it grows for ever"),
            (0.5 * x + h, "the old memory is kept whole; halve it, too"),
        ):
            if given == wrong and given != 0.5 * x + 0.5 * h:
                raise NotYet(message)
        if given != 0.5 * x + 0.5 * h:
            raise NotYet(f"for x = {x:g} and h = {h:g} the mean is {0.5 * x + 0.5 * h:g}, you gave {given:g}")
    return "a number that remembers. Chapter 1 gives it weights."
