"""What a check answers, and the decorator that makes one of a plain judging function."""

import functools
import linecache
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

_passed: dict[str, dict[str, bool]] = {}  # for each chapter's checks, in their order: passed since the kernel began
MOST = 300  # characters shown of an error message raised in the reader's code
LIBRARIES = (str(Path(__file__).parents[1]), *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")))


class NotYet(Exception):
    """Raised by a judge: the answer is not there yet; the message names the mistake."""


class Plain(NotYet):
    """A mistake whose message says all. No hint follows unless asked for: it would be about something else."""


class BadForm(Plain):
    """The answer has a form that no check can judge."""


def refuse(mistaken: object, message: str, error: type[NotYet] = NotYet) -> None:
    """Raise `error` with the message if the answer is `mistaken`."""
    if mistaken:
        raise error(message)


class Verdict(NamedTuple):
    """The answer to an attempt, shown as text. True when passed."""

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"{'passed' if self.passed else 'not yet'}: {self.message}"


def describe(value: Any) -> str:
    """What `value` is, for a reader: its type, and how much of it there is."""
    if value is None:
        return "None"
    shape = getattr(value, "shape", None)
    size = f" of shape {tuple(shape)}" if isinstance(shape, tuple) else ""
    if isinstance(value, list | tuple | dict | set | str):
        size = f" of length {len(value)}"
    name = type(value).__name__
    return f"{'an' if name.startswith((*'aeiou', 'ndarray')) else 'a'} {name}{size}"


class _Call:
    """The reader's function. It gets copies, which it may spoil, and what it raises becomes part of the answer.

    `returned` is the result of its last call.
    """

    def __init__(self, function: Callable):
        self.function = function
        self.returned: Any = None

    def __call__(self, *arguments: Any) -> Any:
        torch = sys.modules.get("torch")  # not every answer needs it
        gradients = torch is None or torch.is_grad_enabled()
        try:
            self.returned = self.function(*map(_copy, arguments))
            if isinstance(self.returned, Iterator):  # a generator's code runs only now; it may have no end
                self.returned = list(islice(self.returned, 1000))
        except NotYet:  # raised by what the judge handed over, a model or a step
            raise
        except SystemExit:
            raise Plain("your code called exit(): leave it out, because nothing after it would run") from None
        except Exception as error:
            words = str(error)[:MOST] + ("…" if len(str(error)) > MOST else "")
            raise NotYet(f"your code raised {type(error).__name__}{_where(error)}: {words}") from None
        finally:
            if torch is not None:
                torch.set_grad_enabled(gradients)  # a reader who switches them off does so for their own code
        return self.returned


def _where(error: Exception) -> str:
    """ " in line 3, `…`": the innermost line of the reader's cell that `error` went through; "" if it met none."""
    step = error.__traceback__ and error.__traceback__.tb_next  # the first frame is `_Call`'s own
    if step is None or (cell := step.tb_frame.f_code.co_filename).startswith(LIBRARIES):
        return ""
    number = step.tb_lineno
    while step:
        if step.tb_frame.f_code.co_filename == cell:
            number = step.tb_lineno
        step = step.tb_next
    line = linecache.getline(cell, number).strip()
    return f" in line {number}, `{line}`" if line else f" in line {number}"


def _copy(argument: Any) -> Any:
    if isinstance(argument, list):
        return [_copy(part) for part in argument]
    return argument.clone() if hasattr(argument, "clone") else argument  # a tensor


def exercise(*hints: str) -> Callable:
    """Turn `judge(answer)`, which returns praise or raises NotYet, into a check.

    The check takes the reader's answer and `hint`, 1 to len(hints): each level says more. Whatever the
    reader's code raises becomes part of the verdict, so that a check never stops a notebook; only an interrupt does.
    """

    def wrap(judge: Callable[[object], str]) -> Callable[..., Verdict]:
        passed = _passed.setdefault(judge.__module__, {})
        passed[judge.__name__] = False

        @functools.wraps(judge)
        def check(answer: Any, hint: int | None = None) -> Verdict:
            call = _Call(answer) if callable(answer) else None
            try:
                with _usual_torch():
                    praise = judge(call or answer)
                passed[judge.__name__] = True
                return Verdict(True, praise)
            except NotYet as mistake:
                found, plain = str(mistake), isinstance(mistake, Plain)
            except Exception as error:  # the judge's own, at an answer in a form that nobody thought of
                found, plain = _stumbled(judge, call, answer, error), True
            if hint is None and plain:
                return Verdict(False, found)
            level = min(max(hint, 1), len(hints)) if isinstance(hint, int) else 1
            more = f" (hint={level + 1} says more)" if level < len(hints) else ""
            return Verdict(False, f"{found}\nhint {level} of {len(hints)}: {hints[level - 1]}{more}")

        return check

    return wrap


@contextmanager
def _usual_torch() -> Iterator[None]:
    """float32 on the CPU, whatever defaults the reader has set."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    dtype, elsewhere = torch.get_default_dtype(), torch.get_default_device().type != "cpu"
    torch.set_default_dtype(torch.float32)
    try:
        with torch.device("cpu") if elsewhere else nullcontext():
            yield
    finally:
        torch.set_default_dtype(dtype)


def _stumbled(judge: Callable, call: _Call | None, answer: Any, error: Exception) -> str:
    if call is None:
        return f"hand over a function, its name without brackets; you handed over {describe(answer)}"
    found = f"what your code returned, {describe(call.returned)}, cannot be judged ({type(error).__name__}: {error})"
    return f"{found}\nexpected: {judge.__doc__.partition(chr(10))[0]}" if judge.__doc__ else found


class Progress(NamedTuple):
    """How far a learner has come with a chapter's exercises, shown as one line."""

    passed: tuple[int, ...]  # the exercises' numbers, from 1
    to_go: tuple[int, ...]

    def __repr__(self) -> str:
        count = f"exercises passed: {len(self.passed)} of {len(self.passed) + len(self.to_go)}"
        return f"{count} · to go: {', '.join(map(str, self.to_go))}" if self.to_go else f"{count}, the whole chapter"


def progress_of(chapter: str) -> Progress:
    """The progress since the kernel began, with the checks of the module `chapter` in the order it defines them."""
    numbered = list(enumerate(_passed[chapter].values(), 1))
    return Progress(tuple(n for n, done in numbered if done), tuple(n for n, done in numbered if not done))
