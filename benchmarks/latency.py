"""How soon does a live lab answer? Claim: README, "Measured". `python benchmarks/latency.py [--all | LAB ...]`.

In a real browser: from a key press on a slider to the first new picture on the page, and to the final one. The sine,
MNIST, tasks and memory labs train; the others only compute, and their first picture is the final one. 30 moves per lab
after a first one to warm up (the unroll lab has only four steps to go); every move asks for a setting not seen before.
Then the first of the sliders is dragged back and forth with the mouse for 4 seconds, and the pictures are counted.
Without a name: every lab. Prints one JSON line last: for each lab medians and 95th percentiles, the times of the first
move, and the pictures per second.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tqdm import tqdm

from rnnlab import labs

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from jupyterlab_driver import LabPanel, Notebook, chromium, jupyter_server

MOVES = 30
DRAG_SECONDS = 4.0
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LABS = [name.removesuffix("_lab") for name in labs.__all__]
# The sliders that take turns, a step to the right at a time, if not all of a lab's: those that train anew.
SLIDERS = {
    "sine": ("tau", "noise", "hidden size"),
    **dict.fromkeys(("mnist", "tasks", "memory"), ("hidden size", "seed")),
}
MOVES_OF = {"unroll": 3}  # if there are fewer than MOVES

# Times in the page, on one clock: of the key press, then of each picture once it is decoded and painted, and of the
# status that says "done" for another setting than at the key press.
WATCH = """lab => {
  const image = lab.querySelector('img');
  const status = () => lab.querySelector('[role=status]').textContent;
  let before = '';
  window.pressed = null; window.pictures = []; window.done = null;
  document.addEventListener('keydown', () => {
    window.pressed = performance.now(); window.pictures = []; window.done = null; before = status();
  }, true);
  image.addEventListener('load', () => requestAnimationFrame(() => window.pictures.push(performance.now())));
  new MutationObserver(() => {
    const text = status();
    const done = text.startsWith('done') && text !== before;
    if (window.pressed && done && window.done === null) window.done = performance.now();
  }).observe(lab, {subtree: true, childList: true, characterData: true});
}"""


def move(lab: LabPanel, slider: str) -> tuple[float, float]:
    """One key press. Returns the milliseconds to the first new picture and to the final one."""
    lab.press(slider, "ArrowRight")
    # Done, and no new picture for 250 ms: the one on the page is the final one.
    lab.page.wait_for_function(
        "() => window.done && window.pictures.length"
        " && performance.now() - Math.max(window.done, window.pictures.at(-1)) > 250"
    )
    pressed, pictures = lab.page.evaluate("() => [window.pressed, window.pictures]")
    return pictures[0] - pressed, pictures[-1] - pressed


def drag(lab: LabPanel, slider: str) -> float:
    """Pictures per second while the mouse drags a slider over its whole length, one second each way."""
    handle = lab.handle(slider)
    rail = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
    at, mouse = handle.bounding_box(), lab.page.mouse
    y = at["y"] + at["height"] / 2
    mouse.move(at["x"] + at["width"] / 2, y)
    mouse.down()
    began = time.monotonic()
    before = lab.page.evaluate("() => window.pictures.length")
    while (seconds := time.monotonic() - began) < DRAG_SECONDS:
        mouse.move(rail["x"] + rail["width"] * abs((seconds + 1) % 2 - 1), y)
        lab.page.wait_for_timeout(16)
    pictures = lab.page.evaluate("() => window.pictures.length") - before
    mouse.up()
    return pictures / seconds


def place(name: str) -> tuple[str, int]:
    """The first chapter after the start page that shows the lab, and which of its labs it is."""
    for chapter in sorted(NOTEBOOKS.glob("*.ipynb"))[1:]:
        cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
        last_lines = ["".join(cell["source"]).rpartition("\n")[2] for cell in cells if cell["cell_type"] == "code"]
        shown = [line.partition("_lab(")[0] for line in last_lines if "_lab(" in line]
        if name in shown:
            return chapter.name, shown.index(name)
    raise ValueError(f"LAB is {name!r}, which no chapter shows; allowed: a lab on a page")


def moves(page: Page, address: str, name: str) -> tuple[list[tuple[float, float]], float]:
    """What `move` gives for the first move in a lab and for MOVES more, and what `drag` gives."""
    chapter, index = place(name)
    notebook = Notebook(page, address, chapter)
    notebook.run_all()
    lab = notebook.lab(index)
    lab.wait_done()
    lab.root.evaluate(WATCH)
    sliders = SLIDERS.get(name) or lab.sliders()
    count = MOVES_OF.get(name, MOVES) + 1
    steps = tqdm(islice(cycle(sliders), count), total=count, desc=f"{name} lab", file=sys.stderr)
    return [move(lab, slider) for slider in steps], drag(lab, sliders[0])


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", default=[], metavar="LAB", help=", ".join(LABS))
    parser.add_argument("--all", action="store_true", help="every lab, which is also the default")
    asked = parser.parse_args()
    if asked.all and asked.labs:
        parser.error("--all and a LAB; allowed: one of them, or neither")
    if unknown := set(asked.labs) - set(LABS):
        parser.error(f"LAB is {', '.join(unknown)}; allowed: {', '.join(LABS)}")
    figures = {}
    with tempfile.TemporaryDirectory() as home, jupyter_server(Path(home)) as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        for name in LABS if asked.all else asked.labs or LABS:
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            (warm, *times), pictures_a_second = moves(page, address, name)
            page.close()
            first, final = zip(*times, strict=True)
            figures[name] = {
                **{"first_p50_ms": statistics.median(first), "first_p95_ms": p95(first)},
                **{"final_p50_ms": statistics.median(final), "final_p95_ms": p95(final)},
                **{"warm_first_ms": warm[0], "warm_final_ms": warm[1], "dragged_pictures_per_s": pictures_a_second},
            }
            print(name, {what: round(value) for what, value in figures[name].items()}, flush=True)
        browser.close()
    print(json.dumps({name: {what: round(value, 1) for what, value in of.items()} for name, of in figures.items()}))


if __name__ == "__main__":
    main()
