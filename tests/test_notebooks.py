"""The notebooks as committed: executed, clean, in the shape of a chapter. (That they still run: nbval.)"""

import copy
import re
from pathlib import Path

import nbformat
import pytest

import notebooks as tool

PATHS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def test_there_are_notebooks():
    assert PATHS


@every_notebook
def test_it_is_committed_as_the_tool_writes_it(path):
    notebook = nbformat.read(path, as_version=4)
    assert tool.clean(copy.deepcopy(notebook)) == notebook


@every_notebook
def test_every_code_cell_ran_in_order_and_left_its_outputs(path):
    code = cells(path, "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        last = cell.source.strip().splitlines()[-1]
        speaks = "print(" in cell.source or "draw.show(" in cell.source or re.match(r"(check\.|\w+_lab\()", last)
        assert not speaks or cell.outputs, f"cell {cell.id} has lost its outputs"
        assert all(output.output_type != "error" and output.get("name") != "stderr" for output in cell.outputs)


@every_notebook
def test_cell_ids_are_words_that_stay(path):
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-z][a-z0-9-]+", id) for id in ids)


@every_notebook
def test_it_has_the_size_of_a_chapter(path):
    count = len(nbformat.read(path, as_version=4).cells)
    assert 25 <= count <= 45
    for cell in cells(path, "code"):
        assert len(cell.source.splitlines()) <= 30, cell.id


@every_notebook
def test_it_has_the_parts_of_a_chapter(path):
    text = "\n".join(cell.source for cell in cells(path, "markdown"))
    for part in (
        "After this chapter you can",
        "Minutes",
        "Builds on",
        "Predict",
        "Explain",
        "**Trap",
        "> **Word**",
        "> **In class",
        "## Summary",
        "Further reading",
    ):
        assert part in text, part


@every_notebook
def test_every_picture_has_words(path):
    for cell in cells(path, "code"):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata["image/png"]["alt"]
                assert len(alt) >= 40 and alt in output.data["text/plain"], cell.id


@every_notebook
def test_an_output_that_is_not_compared_says_why(path):
    for cell in cells(path, "code"):
        if "NBVAL_IGNORE_OUTPUT" in cell.source or "nbval-ignore-output" in cell.metadata.get("tags", []):
            assert re.search(r"# NBVAL_IGNORE_OUTPUT: \w+", cell.source), cell.id


def test_cleaning_drops_widget_state_and_views_and_keeps_the_rest():
    bundle = {tool.WIDGET_VIEW: {"model_id": "1"}, "text/plain": "done"}
    cell = nbformat.v4.new_code_cell(
        "lab", outputs=[nbformat.v4.new_output("execute_result", data=bundle, execution_count=1)]
    )
    cell.metadata["execution"] = {"iopub.execute_input": "now"}
    dirty = nbformat.v4.new_notebook(
        cells=[cell], metadata={"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.14"}}
    )
    cleaned = tool.clean(dirty)
    assert cleaned.metadata == tool.METADATA
    assert cleaned.cells[0].outputs[0].data == {"text/plain": "done"} and cleaned.cells[0].metadata == {}
