"""The pages and slides made from the notebooks are complete and linked, and need no network."""

import re
from html.parser import HTMLParser

import publish
import pytest

pytestmark = pytest.mark.slow  # the whole site is made for it


class Elements(HTMLParser):
    """Every element of a page, as (tag, attributes)."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.found if name == tag]


def every_page(site):
    return sorted(site.rglob("*.html"))


def test_there_is_a_page_for_each_notebook_and_a_deck_for_each_chapter(site):
    names = list(publish.chapters())
    assert {path.stem for path in site.glob("*.html")} == {*names, "index"}
    assert [path.stem for path in sorted((site / "slides").glob("*.html"))] == names[1:]


def test_every_link_leads_somewhere_and_nothing_comes_from_another_host(site):
    for path in every_page(site):
        page = Elements(path.read_text())
        ids = {attributes.get("id") for _, attributes in page.found}
        for tag, attributes in page.found:
            for target in (attributes.get("href"), attributes.get("src")):
                if target is None or target.startswith("data:image/"):
                    continue
                assert tag == "a" or not re.match(r"\w+:|//", target), (path.name, tag, target)
                if not re.match(r"https?://", target):
                    name, _, anchor = target.partition("#")
                    assert (path.parent / name).exists() if name else anchor in ids, (path.name, target)
    for sheet in site.rglob("*.css"):
        assert not re.search(r"@import|url\((?!['\"]?data:)", sheet.read_text()), sheet.name


def test_every_figure_has_its_words_and_every_solution_is_folded(site):
    for name, notebook in publish.chapters().items():
        text = (site / f"{name}.html").read_text()
        page = Elements(text)
        pictures = [
            output
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        ]
        assert [picture["alt"] for picture in page.named("img")] == [o.metadata["image/png"]["alt"] for o in pictures]
        solutions = re.findall(r"<details><summary>Solution</summary>(.*?)</details>", text, re.DOTALL)
        stubs = [cell for cell in notebook.cells if "exercise" in cell.metadata.get("tags", [])]
        assert len(solutions) == len(stubs) and all('class="highlight' in solution for solution in solutions)
        labs = [cell for cell in notebook.cells if re.search(r"^\w+_lab\(", cell.source, re.MULTILINE)]
        assert text.count("<summary>Before any move: ") == len(labs)


FIGURE = """one = 1
# the look
fig, ax = draw.figure()
for x in range(3):
    ax.plot(x, one)
draw.show(fig, "words")
print(one)


def small():
    fig, ax = draw.figure()
    return fig


draw.show(small(), "words")"""


def test_the_pieces_of_a_cell_are_its_own_lines_and_what_only_draws():
    parts = publish.pieces(FIGURE)
    assert [drawing for drawing, _ in parts] == [False, True, False, True]
    assert [code.splitlines()[0] for _, code in parts] == ["one = 1", "# the look", "print(one)", "def small():"]
    assert [line for _, code in parts for line in code.splitlines() if line] == [
        line for line in FIGURE.splitlines() if line
    ]


def test_on_a_page_the_code_that_draws_is_folded_and_on_a_slide_left_out(site):
    for name in list(publish.chapters())[1:]:
        page = (site / f"{name}.html").read_text()
        without_tags = re.sub(r"<[^>]+>", "", re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL))
        assert page.count('<details class="drawing">') > 0 and "draw.show(" not in without_tags, name
        deck = (site / "slides" / f"{name}.html").read_text()
        assert "draw.show(" not in re.sub(r"<[^>]+>", "", deck), name


def test_every_formula_is_mathml(site):
    for path in every_page(site):
        text = re.sub(
            r"<pre.*?</pre>|<code.*?</code>|<script.*?</script>|<annotation.*?</annotation>",
            "",
            path.read_text(),
            flags=re.DOTALL,
        )
        text = re.sub(r'"[^"]*"', '""', text)
        assert "<math" in text and not re.search(r"\$|\\[a-z]{2,}", text), path.name


def test_a_deck_has_every_figure_and_no_exercise(site):
    for name, notebook in list(publish.chapters().items())[1:]:
        text = (site / "slides" / f"{name}.html").read_text()
        exercises = next(i for i, cell in enumerate(notebook.cells) if "Exercises\n" in cell.source)
        shown = [
            o
            for cell in notebook.cells[:exercises]
            for o in cell.get("outputs", [])
            if "image/png" in o.get("data", {})
        ]
        assert len(Elements(text).named("img")) == len(shown)
        assert "hint 1 of" not in text and "In class (" not in text and "<summary>" not in text
        assert text.count("<section") == text.count("</section") > 30


def test_a_sheet_holds_what_fits():
    paragraphs = ["a" * 500, "b" * 200, "c" * 200, "d" * 2000, "e"]
    assert [text.split("\n\n") for text in publish.sheets(paragraphs)] == [
        paragraphs[:2],
        [paragraphs[2]],
        [paragraphs[3]],
        [paragraphs[4]],
    ]
