"""Unaligned: Chinese in, English out. Lengths and orders differ: time and place come last, measure words vanish."""

import random
from itertools import product
from typing import NamedTuple

SUBJECTS = (("我", "i"), ("你", "you"), ("他", "he"), ("她", "she"), ("我们", "we"), ("他们", "they"))
TIMES = (("", ""), ("昨天", "yesterday"), ("今天", "today"), ("每天", "every day"))
PLACES = (("", ""), ("在家", "at home"), ("在学校", "at school"), ("在北京", "in beijing"))
NUMBERS = (("一", "one"), ("两", "two"), ("三", "three"), ("四", "four"))
THINGS = {  # measure word and noun, singular, plural
    "fish": ("条鱼", "fish", "fish"),
    "apple": ("个苹果", "apple", "apples"),
    "tea": ("杯茶", "tea", "teas"),
    "coffee": ("杯咖啡", "coffee", "coffees"),
    "book": ("本书", "book", "books"),
    "newspaper": ("张报纸", "newspaper", "newspapers"),
}
VERBS = (  # i/we/you/they, he/she, past, and what one does it to
    ("吃", "eat", "eats", "ate", ("fish", "apple")),
    ("喝", "drink", "drinks", "drank", ("tea", "coffee")),
    ("看", "read", "reads", "read", ("book", "newspaper")),
    ("买", "buy", "buys", "bought", ("fish", "apple", "book", "newspaper")),
)
N_TEST = 300


class Pair(NamedTuple):
    """A sentence in both languages: Chinese by character, English by word."""

    source: tuple[str, ...]
    target: tuple[str, ...]


def translations(n_train: int = 1000, *, seed: int = 0) -> tuple[list[Pair], list[Pair]]:
    """`n_train` pairs to learn from (1 to 3,500), and 300 others to test on, the same for any `n_train`.

    Raises ValueError for any other `n_train`.
    """
    if not 1 <= n_train <= 3500:
        raise ValueError(f"n_train is {n_train}; allowed: 1 to 3500")
    every = _every()
    random.Random(seed).shuffle(every)
    return every[N_TEST : N_TEST + n_train], every[:N_TEST]


def _every() -> list[Pair]:
    """Every sentence of the grammar: who [when] [where] does, how many of what."""
    found = []
    for subject, time, place, verb, number in product(SUBJECTS, TIMES, PLACES, VERBS, NUMBERS):
        past, third = time[0] == "昨天", subject[1] in ("he", "she")
        does = verb[3] if past else verb[2] if third else verb[1]
        for thing in verb[4]:
            measured, one, many = THINGS[thing]
            source = subject[0] + time[0] + place[0] + verb[0] + ("了" if past else "") + number[0] + measured
            what = one if number[1] == "one" else many
            target = f"{subject[1]} {does} {number[1]} {what} {place[1]} {time[1]}"
            found.append(Pair(tuple(source), tuple(target.split())))
    return found
