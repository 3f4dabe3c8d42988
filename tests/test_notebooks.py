"""The notebooks as committed: executed, clean, and built like a chapter. (That they still run is nbval's job.)"""

import copy
import re
from pathlib import Path

import nbformat
import pytest

import notebooks as tool
from rnnlab.draw import book

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
START, *CHAPTERS = PATHS
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def prose(path: Path) -> str:
    return "\n".join(cell.source for cell in cells(path, "markdown"))


def test_there_is_a_start_page_and_there_are_chapters():
    assert START.name == "00-start-here.ipynb" and len(CHAPTERS) == 6


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


@every_chapter
def test_it_has_the_size_of_a_chapter(path):
    assert 25 <= len(nbformat.read(path, as_version=4).cells) <= 46


def without_words(source: str) -> str:
    """The code of a cell without the descriptions of its figures."""
    return re.sub(r'^draw\.show\(.*?"""\)$', "draw.show(…)", source, flags=re.MULTILINE | re.DOTALL)


@every_notebook
def test_a_cell_fits_on_a_screen(path):
    for cell in cells(path, "code"):
        assert len(without_words(cell.source).splitlines()) <= 30, cell.id


@every_chapter
def test_a_page_shows_figures_where_a_comparison_would_say_less(path):
    for cell in cells(path, "code"):
        shown = "".join(output.get("text", "") for output in cell.outputs)
        assert not re.search(r"\b(True|False)\b", shown), cell.id


@every_notebook
def test_its_code_is_read_without_scrolling_sideways(path):
    text = "\n".join(cell.source for cell in cells(path, "code"))
    text += "\n".join(re.findall(r"```python\n(.*?)```", prose(path), re.DOTALL))
    assert max(map(len, text.splitlines())) <= 88


@every_chapter
def test_it_has_the_parts_of_a_chapter(path):
    text = prose(path)
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
def test_every_picture_has_words_that_say_what_it_shows(path):
    seen = set()
    for cell in cells(path, "code"):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata["image/png"]["alt"]
                assert len(alt) >= 40 and len(set(alt.lower().split())) >= 10 and alt in output.data["text/plain"], (
                    cell.id
                )
                assert not re.match(r"(an? |the )?(image|picture|figure|plot|graph|chart)\b", alt.lower()), cell.id
                assert alt not in seen, f"{cell.id} has the words of another picture"
                seen.add(alt)


@every_notebook
def test_it_shows_no_path_and_no_name_of_the_machine_it_ran_on(path):
    text = "".join(str(cell.get("outputs", "")) for cell in nbformat.read(path, as_version=4).cells)
    text = re.sub(r"[A-Za-z0-9+/]{200,}={0,2}", "", text)  # pictures
    assert str(ROOT) not in text and not re.search(r"/home/|/Users/|/root/|/tmp/|[A-Z]:\\\\", text)


@every_notebook
def test_an_output_that_is_not_compared_says_why(path):
    for cell in cells(path, "code"):
        if "NBVAL_IGNORE_OUTPUT" in cell.source or "nbval-ignore-output" in cell.metadata.get("tags", []):
            # nbval knows the mark only if it is alone on its line
            assert re.search(r"^# NBVAL_IGNORE_OUTPUT\n# \w+", cell.source, re.MULTILINE), cell.id


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


def test_the_map_and_the_start_pages_table_say_what_the_chapters_say():
    table = re.findall(r"\| (\d) \| \[(.+?)\]\((.+?)\) \| (\d+) \| (\d+) \|", prose(START))
    assert [name for *_, name, _, _ in table] == [path.name for path in CHAPTERS]
    for path, (number, title, _, alone, in_class) in zip(CHAPTERS, table, strict=True):
        text = prose(path)
        assert text.startswith(f"# {number} · {title}\n")
        assert f"**Minutes** {alone} alone, {in_class} in class" in text and f"**In class ({in_class} minutes)" in text
        shown, minutes, builds_on, _ = book.CHAPTERS[int(number)]
        assert (shown.replace("\n", " "), minutes) == (title, int(alone))
        needs = re.search(r"\*\*Builds on\*\* (.+?) · ", text).group(1)
        # Chapter 3 may be read first, and names what it needs from chapter 1.
        assert number == "3" or {int(n) for n in re.findall(r"\d", needs)} == set(builds_on)


def test_the_glossary_is_the_chapters_words_each_defined_once():
    words = {}
    for path in CHAPTERS:
        (line,) = re.findall(r"^> \*\*Word\*\* · (.+)$", prose(path), re.MULTILINE)
        for term in line.split(" · "):
            english, chinese = re.fullmatch(r"\*(.+)\* (.+)", term).groups()
            assert english not in words, f"{english} is defined twice"
            words[english] = chinese, path.name
    rows = re.findall(r"^\| ([^|\d\n]+?) \| (.+?) \| \[\d\]\((.+?)\) \|$", prose(START), re.MULTILINE)
    assert {english: (chinese, name) for english, chinese, name in rows} == words


DOCUMENTS = [*PATHS, *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_its_links_lead_somewhere(path):
    text = prose(path) if path in PATHS else path.read_text()
    for target in re.findall(r"\]\((.+?)\)", text):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, target


def sections(path: Path) -> set[str]:
    return set(re.findall(r"^## (\d\.\d+) ", prose(path), re.MULTILINE))


def named_cells(text: str) -> set[str]:
    """The cells that `text` names: cell `one`, or cells `one`, `two` and `three`."""
    lists = re.findall(r"\bcells? ((?:`[\w-]+`(?:, | and )?)+)", text)
    return {name for names in lists for name in re.findall(r"`(.+?)`", names)}


def ids(path: Path) -> set[str]:
    return {cell.id for cell in nbformat.read(path, as_version=4).cells}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_chapter_it_names_exists(path):
    text = prose(path) if path in PATHS else path.read_text()
    assert all(int(number) <= len(CHAPTERS) for number in re.findall(r"[Cc]hapter (\d)", text))


@every_notebook
def test_a_section_or_cell_it_names_exists(path):
    text = re.sub(r"```.*?```", "", prose(path), flags=re.DOTALL)
    every = set().union(*map(sections, CHAPTERS))
    for number in re.findall(
        r"(?:[Ss]ections? |in |before |Leave |see |of |\()(\d\.\d{1,2})(?= |,|;|\)|:|'|\.\s)(?! in| at| to| s\b)", text
    ):
        assert number in every or number[0] == "0", number  # 0.5 is a number, and no section
    assert named_cells(text) <= ids(path)


def test_the_teaching_page_names_sections_and_cells_of_the_chapter_it_speaks_of():
    _, *parts = re.split(r"^### ", (ROOT / "docs" / "teaching.md").read_text(), flags=re.MULTILINE)
    assert [part[0] for part in parts] == [path.name[1] for path in CHAPTERS]
    for part, path in zip(parts, CHAPTERS, strict=True):
        assert named_cells(part) and named_cells(part) <= ids(path), path.name
        assert set(re.findall(rf"\b{part[0]}\.\d+\b", part)) <= sections(path), path.name
