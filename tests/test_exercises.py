"""Every exercise both ways: the stub as committed is 'not yet', the folded solution passes, wrong answers are refused.

An exercise is a code cell tagged `exercise`: the stub, and in its last line the check. The next cell holds the solution
in a ```python block. Both run after the chapter's first code cell, its imports, alone. The wrong answers that a learner
is likely to give are in `wrong_answers/`, one module per chapter.
"""

import ast
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

TESTS = Path(__file__).parent
NOTEBOOKS = sorted((TESTS.parent / "notebooks").glob("*.ipynb"))
WRONG = [
    wrong
    for path in sorted((TESTS / "wrong_answers").glob("*.py"))
    for wrong in import_module(f"wrong_answers.{path.stem}").WRONG
]


def exercises():
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        setup = next(cell.source for cell in cells if cell.cell_type == "code")
        for cell, following in pairwise(cells):
            if "exercise" in cell.metadata.get("tags", []):
                yield pytest.param(setup, cell, following, id=f"{path.stem}-{cell.id}")


def attempt(setup: str, stub: str, solution: str = ""):
    """The check in the stub's last line, and the answer it is given; a solution is defined after the stub."""
    *definitions, last = ast.parse(stub).body
    namespace = {}
    exec(setup, namespace)
    exec(compile(ast.Module(definitions, []), "stub", "exec"), namespace)
    exec(solution, namespace)
    call = last.value
    return tuple(eval(compile(ast.Expression(part), "check", "eval"), namespace) for part in (call.func, *call.args))


def solution_of(following) -> str:
    folded = following.source.split("</details>")[0]
    assert folded.startswith("<details><summary>Solution</summary>")
    (solution,) = re.findall(r"```python\n(.*?)```", folded, re.DOTALL)
    return solution


every_exercise = pytest.mark.parametrize(("setup", "stub", "following"), list(exercises()))


@every_exercise
def test_the_stub_is_not_yet_and_gets_a_hint(setup, stub, following):
    judge, answer = attempt(setup, stub.source)
    verdict = judge(answer)
    assert not verdict and "hint 1 of" in verdict.message
    assert "your code raised" not in verdict.message, "a stub should run"
    assert stub.outputs[0].data["text/plain"] == repr(verdict)


@every_exercise
def test_the_folded_solution_passes(setup, stub, following):
    judge, answer = attempt(setup, stub.source, solution_of(following))
    assert judge(answer)


@pytest.mark.parametrize("path", NOTEBOOKS[1:], ids=lambda path: path.stem)
def test_a_chapter_has_exercises(path):
    cells = nbformat.read(path, as_version=4).cells
    assert sum("exercise" in cell.metadata.get("tags", []) for cell in cells) >= 3


@every_exercise
def test_it_has_two_wrong_answers_at_least(setup, stub, following):
    judge, _ = attempt(setup, stub.source)
    assert sum(wrong[0] is judge for wrong in WRONG) >= 2


@pytest.mark.parametrize(
    ("judge", "answer", "mistake"), WRONG, ids=[f"{judge.__name__}-{mistake}" for judge, _, mistake in WRONG]
)
def test_a_wrong_answer_is_refused_with_its_mistake_and_a_hint(judge, answer, mistake):
    for verdict in (judge(answer), judge(answer, hint=1)):
        assert not verdict and "your code raised" not in verdict.message
        assert re.search(mistake, verdict.message), verdict.message
    assert "hint 1 of" in verdict.message
