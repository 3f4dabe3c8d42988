"""Build from the notebooks what needs no kernel: pages to read and slides to show. Nothing is run; all works offline.

python tools/publish.py html      # site/index.html, one page per chapter
python tools/publish.py slides    # site/slides/, one deck per chapter
"""

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from nbconvert import HTMLExporter, SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter
from tqdm import tqdm

ROOT = Path(__file__).parents[1]
TEMPLATES = Path(__file__).parent / "templates"
SITE = ROOT / "site"
SHEET = 800  # characters
FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
NOT_ON_SLIDES = re.compile(r"> \*\*In class|\*\*Further reading|\*\*Next\*\*|\*\*Minutes\*\*")
NEW_SLIDE = re.compile(r"\n\n(?=## |\*\*Predict|\*\*Explain|\*\*Slide|> \*\*Trap|> \*\*Word)")


class MathML(IPythonRenderer):
    """Formulas as MathML, which browsers draw without a script. A wide one can be scrolled, by keyboard too."""

    def inline_math(self, body: str) -> str:
        return convert(body)

    def block_math(self, body: str) -> str:
        return f'<span class="formula" tabindex="0">{convert(body, display="block")}</span>'


def markdown(source: str) -> str:
    html = MarkdownWithMath(renderer=MathML(escape=False, anchor_link_text="")).render(source)
    html = html.replace("<table>", '<table tabindex="0">')
    return re.sub(r'href="(\d\d-[\w-]+)\.ipynb', r'href="\1.html', html)


def exporter(kind: type[HTMLExporter], template: str) -> HTMLExporter:
    made = kind(template_name=template, extra_template_basedirs=[str(TEMPLATES)])
    made.register_filter("markdown2html", markdown)
    made.register_filter("pieces", pieces)
    return made


def pieces(code: str) -> list[tuple[bool, str]]:
    """A cell's code in pieces, top to bottom: (whether it only draws, its lines).

    The code that draws a figure is everything from its `draw.figure` to its `draw.show`, or a function that makes one.
    """
    lines, parts = code.splitlines(), []
    for drawing, group in groupby(_statements(code), key=lambda statement: statement[0]):
        statements = list(group)
        begin, end = statements[0][1], statements[-1][2]
        parts.append((drawing, "\n".join(lines[begin:end]).strip("\n")))
    return parts


def _statements(code: str) -> Iterator[tuple[bool, int, int]]:
    """For each statement: whether it draws, its first line (with the comments above it), the line after its last."""
    end, within = 0, False
    for statement in ast.parse(code).body:
        called = {ast.unparse(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call)}
        begins, shows = "draw.figure" in called, "draw.show" in called
        yield within or begins or shows, end, statement.end_lineno
        end = statement.end_lineno
        within = (within or begins) and not shows and not isinstance(statement, ast.FunctionDef)


def chapters() -> dict[str, NotebookNode]:
    """The notebooks by name, in the order of the book."""
    return {path.stem: nbformat.read(path, as_version=4) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}


def title(notebook: NotebookNode) -> str:
    return notebook.cells[0].source.split("\n")[0].removeprefix("# ")


def pages(folder: Path = SITE) -> None:
    """One page per notebook, the first also as index.html, and their style sheet. The code of the figures is folded."""
    folder.mkdir(parents=True, exist_ok=True)
    book, page = chapters(), exporter(HTMLExporter, "page")
    links = [{"name": name, "title": title(notebook)} for name, notebook in book.items()]
    for name, notebook in tqdm(book.items(), desc="pages"):
        html, _ = page.from_notebook_node(notebook, {"book": {"title": title(notebook), "pages": links}})
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    shutil.copy(folder / f"{next(iter(book))}.html", folder / "index.html")
    scope = ".highlight"
    light, dark = (HtmlFormatter(style=style).get_style_defs(scope) for style in ("xcode", "github-dark"))
    code = f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{scope} {{ background: none !important; }}\n"
    (folder / "book.css").write_text((TEMPLATES / "book.css").read_text() + code)


def as_slides(notebook: NotebookNode) -> NotebookNode:
    """One idea per slide: question, answer, trap and figure; code is one step down. No drawing code, no exercises."""
    made, exercises = nbformat.v4.new_notebook(metadata=notebook.metadata), False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for piece in NEW_SLIDE.split(FOLDED.sub("", cell.source)):
                exercises = "Exercises\n" in piece or (exercises and not piece.startswith("## "))
                kept = [part for part in piece.split("\n\n") if part.strip() and not NOT_ON_SLIDES.match(part)]
                if not exercises:
                    made.cells += [slide(nbformat.v4.new_markdown_cell(text), "slide") for text in sheets(kept)]
        elif not exercises and cell.execution_count != 1:
            pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
            if pictures:
                made.cells.append(slide(nbformat.v4.new_code_cell("", outputs=pictures, execution_count=1), "slide"))
            shown = "\n".join(code for drawing, code in pieces(cell.source) if not drawing)
            step = nbformat.v4.new_code_cell(shown, execution_count=1)
            step.outputs = [output for output in cell.outputs if output.output_type == "stream"]
            if shown or step.outputs:
                made.cells.append(slide(step, "subslide" if pictures else "slide"))
    return made


def sheets(paragraphs: list[str]) -> list[str]:
    """The paragraphs, as many on a sheet as fit."""
    full = []
    for paragraph in paragraphs:
        if full and len(full[-1]) + len(paragraph) <= SHEET:
            full[-1] += f"\n\n{paragraph}"
        else:
            full.append(paragraph)
    return full


def slide(cell: NotebookNode, kind: str) -> NotebookNode:
    cell.metadata["slideshow"] = {"slide_type": kind}
    return cell


def slides(folder: Path = SITE / "slides") -> None:
    """One deck per chapter, and reveal.js beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    deck = exporter(SlidesExporter, "slides")
    for name, notebook in tqdm(list(chapters().items())[1:], desc="slides"):
        html, _ = deck.from_notebook_node(as_slides(notebook), {"book": {"title": title(notebook)}})
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    code = HtmlFormatter(style="xcode").get_style_defs(".highlight")
    (folder / "slides.css").write_text((TEMPLATES / "slides.css").read_text() + code)
    reveal = files("sphinx_revealjs") / "_static" / "revealjs" / "dist"  # the package contains reveal.js
    for name in ("reveal.js", "reveal.css"):
        (folder / "reveal" / "dist").mkdir(parents=True, exist_ok=True)
        (folder / "reveal" / "dist" / name).write_bytes((reveal / name).read_bytes())


if __name__ == "__main__":
    {"html": pages, "slides": slides}[sys.argv[1]]()
