"""Write the notebooks: run every cell in a fresh kernel and save what came out, fit to commit.

    python tools/notebooks.py [notebooks/03-sine-forecast.ipynb ...]

Outputs and figures stay. Widget state goes (code hosts cannot show it), and with it each live widget's own view: what
is left is its picture, its words and its result, which the next run replaces. A notebook that fails is left as it was.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbstripout import strip_output
from tqdm import tqdm

BOOK = Path(__file__).parents[1] / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
RUN_ONLY = [
    "metadata.widgets",
    "cell.metadata.execution",
    "cell.metadata.ExecuteTime",
    "cell.metadata.collapsed",
    "cell.metadata.scrolled",
]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as it is committed: with its outputs, but without whatever belongs to one run only."""
    notebook = strip_output(notebook, keep_output=True, keep_count=True, keep_id=True, extra_keys=RUN_ONLY)
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return notebook


def write(path: Path) -> None:
    """Run and save one notebook: first beside the old one, then in its place."""
    notebook = nbformat.read(path, as_version=4)
    # What a cell prints is one output, in however many pieces a slow machine sends it.
    how = {"timeout": 300, "coalesce_streams": True, "resources": {"metadata": {"path": str(path.parent)}}}
    NotebookClient(notebook, **how).execute()
    nbformat.validate(clean(notebook))
    aside = path.with_suffix(".ipynb.new")
    nbformat.write(notebook, aside)
    aside.replace(path)


def main() -> None:
    os.environ["TQDM_DISABLE"] = "1"  # a bar is for a reader who waits; in the saved page it would be noise
    paths = [Path(name) for name in sys.argv[1:]] or sorted(BOOK.glob("*.ipynb"))
    for path in (bar := tqdm(paths, disable=False)):
        bar.set_description(path.name)
        write(path)


if __name__ == "__main__":
    main()
