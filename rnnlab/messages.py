"""Help for error messages: a reader's input may be of any length, a message may not."""

from collections.abc import Sequence
from difflib import get_close_matches
from reprlib import Repr
from typing import Any

LONGEST, ALL, SOME = 60, 500, 8  # characters of a value; characters of a list shown whole; names of a longer list

_short = Repr()
_short.maxstring = _short.maxother = LONGEST


def quote(value: Any) -> str:
    """`repr(value)`; if it is long, without its middle."""
    return _short.repr(value)


def whole(name: str, value: Any) -> int:
    """`value` as an int. Raises ValueError if it is not a whole number: 4.0 is one, and 4.5 is not rounded."""
    try:
        if value == int(value):
            return int(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(f"{name} is {quote(value)}; allowed: a whole number")


def refused(found: str, allowed: str) -> ValueError:
    """The error to raise: what was found, and what is allowed instead."""
    return ValueError(f"{found}; allowed: {allowed}")


def at_least_one(**values: float) -> None:
    """Raises a ValueError that names the first value below 1, if there is one."""
    for name, value in values.items():
        if not value >= 1:
            raise refused(f"{name} is {value}", "1 or more")


def few(names: Sequence[str], like: str) -> str:
    """The names; of a long list only those most `like` a word, and how many more there are."""
    shown = names
    if sum(map(len, names)) > ALL:
        shown = get_close_matches(like[:LONGEST], names, SOME) or names[:SOME]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return ", ".join(name if len(name) <= LONGEST else f"{name[:LONGEST]}…" for name in shown) + more
