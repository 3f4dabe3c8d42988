"""Wrong answers to the start page, each with what its check must say of it."""

from rnnlab.check import start as check

WRONG = [
    (check.half_and_half, lambda x, h: 0.5 * x, "the past does not count"),
    (check.half_and_half, lambda x, h: 0.5 * h, "nothing new comes in"),
    (check.half_and_half, lambda x, h: x + h, "sum against mean"),
    (check.half_and_half, lambda x, h: 0.5 * x + h, "halve it, too"),
    (check.half_and_half, lambda x, h: x - h, "the mean is"),
    (check.half_and_half, lambda x, h: None, "a return is missing"),
]
