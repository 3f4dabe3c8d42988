"""What a check answers, and the decorator that makes one of a plain judging function."""

import functools
from collections.abc import Callable
from typing import NamedTuple

_passed: dict[str, dict[str, bool]] = {}  # for each chapter's checks, in their order: passed since the kernel began


class NotYet(Exception):
    """Raised by a judge: the answer is not there yet; the message names the mistake."""


class Verdict(NamedTuple):
    """The answer to an attempt, shown as text. True when passed."""

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"{'passed' if self.passed else 'not yet'}: {self.message}"


def exercise(*hints: str) -> Callable:
    """Make a check of `judge(answer)`, which returns praise or raises NotYet.

    The check takes the reader's answer and `hint`, 1 to len(hints): each level says more. Whatever the
    reader's code raises becomes part of the answer, so that a check never stops a notebook.
    """

    def wrap(judge: Callable[[object], str]) -> Callable[..., Verdict]:
        passed = _passed.setdefault(judge.__module__, {})
        passed[judge.__name__] = False

        @functools.wraps(judge)
        def check(answer, hint: int = 1) -> Verdict:
            try:
                praise = judge(answer)
                passed[judge.__name__] = True
                return Verdict(True, praise)
            except NotYet as mistake:
                found = str(mistake)
            except Exception as error:  # the reader's own code may raise anything; it is shown to them
                found = f"your code raised {type(error).__name__}: {error}"
            level = min(max(hint, 1), len(hints))
            more = f" (hint={level + 1} says more)" if level < len(hints) else ""
            return Verdict(False, f"{found}\nhint {level} of {len(hints)}: {hints[level - 1]}{more}")

        return check

    return wrap


class Progress(NamedTuple):
    """How far a learner has come with a chapter's exercises, shown as one line."""

    passed: tuple[int, ...]  # the exercises' numbers, from 1
    to_go: tuple[int, ...]

    def __repr__(self) -> str:
        count = f"exercises passed: {len(self.passed)} of {len(self.passed) + len(self.to_go)}"
        return f"{count} · to go: {', '.join(map(str, self.to_go))}" if self.to_go else f"{count}, the whole chapter"


def progress_of(chapter: str) -> Progress:
    """The progress, since the kernel began, with the checks of the module named `chapter`, in the order it defines them."""
    numbered = list(enumerate(_passed[chapter].values(), 1))
    return Progress(tuple(n for n, done in numbered if done), tuple(n for n, done in numbered if not done))


def want_tensor(value, shape: tuple[int, ...], what: str) -> None:
    """Raise NotYet unless `value` is a tensor of `shape`; `what` names it to the reader."""
    found = tuple(getattr(value, "shape", ())) if value is not None else None
    if found is None:
        raise NotYet(f"{what} is None: the stub is still there, or a return is missing")
    if found != shape:
        raise NotYet(f"{what} has shape {found}, wanted {shape}")
