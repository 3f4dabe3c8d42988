"""What an error message quotes: whatever a reader put in may be of any length, a message may not."""

from collections.abc import Sequence
from difflib import get_close_matches
from reprlib import Repr

LONGEST, MOST = 60, 8  # characters of a value, names of a list

_short = Repr()
_short.maxstring = _short.maxother = LONGEST


def quote(value) -> str:
    """`repr(value)`, its middle left out where it is long."""
    return _short.repr(value)


def few(names: Sequence[str], like: str = "") -> str:
    """The names, or where they are many those most `like` a word, and how many more there are."""
    if len(names) <= MOST:
        shown = names
    else:
        shown = get_close_matches(like[:LONGEST], names, MOST, cutoff=0.5) or names[:MOST]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return ", ".join(name if len(name) <= LONGEST else f"{name[:LONGEST]}…" for name in shown) + more
