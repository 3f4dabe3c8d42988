"""How soon does a live lab answer? Claim: README, "Measured". Run: `make bench`, or `python benchmarks/latency.py`.

In a real browser: from a key press on a slider to the first new picture on the page, and to the final one. The sine lab
trains; the neuron and the gradient lab only compute, and their first picture is the final one. 30 moves each after a
first warm one; every move asks for a setting not seen before. Prints one JSON line last.
"""

import json
import statistics
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from jupyterlab_driver import LabPanel, Notebook, chromium, jupyter_server

MOVES = 30
LABS = {  # the chapter, and the sliders that take turns, each a step to the right: never back to a setting
    "sine": ("03-sine-forecast.ipynb", ("tau", "noise", "hidden size")),
    "neuron": ("01-forward-recurrence.ipynb", ("w", "w_h", "b")),
    "gradient": ("02-backpropagation-through-time.ipynb", ("spectral radius", "T", "truncation k")),
}

# Times in the page, on one clock: the key press, then each picture once decoded and painted, and the status that says done.
WATCH = """lab => {
  const image = lab.querySelector('img');
  window.pressed = null; window.pictures = []; window.done = null;
  document.addEventListener('keydown', () => { window.pressed = performance.now(); window.pictures = []; window.done = null; }, true);
  image.addEventListener('load', () => requestAnimationFrame(() => window.pictures.push(performance.now())));
  new MutationObserver(() => {
    const text = lab.querySelector('[role=status]').textContent;
    if (window.pressed && text.startsWith('done') && window.done === null) window.done = performance.now();
  }).observe(lab, {subtree: true, childList: true, characterData: true});
}"""


def move(lab: LabPanel, slider: str) -> tuple[float, float]:
    """One key press; milliseconds to the first new picture and to the final one."""
    lab.press(slider, "ArrowRight")
    # Done and no later picture for 250 ms: the one there is the final one.
    lab.page.wait_for_function(
        "() => window.done && window.pictures.length && performance.now() - Math.max(window.done, window.pictures.at(-1)) > 250"
    )
    pressed, pictures = lab.page.evaluate("() => [window.pressed, window.pictures]")
    return pictures[0] - pressed, pictures[-1] - pressed


def moves(page: Page, address: str, name: str) -> list[tuple[float, float]]:
    """What `move` gives for the first move in a lab and for MOVES more."""
    chapter, sliders = LABS[name]
    notebook = Notebook(page, address, chapter)
    notebook.run_all()
    lab = notebook.lab()
    lab.wait_done()
    lab.root.evaluate(WATCH)
    steps = tqdm(islice(cycle(sliders), MOVES + 1), total=MOVES + 1, desc=f"{name} lab", file=sys.stderr)
    return [move(lab, slider) for slider in steps]


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    figures = {}
    with tempfile.TemporaryDirectory() as home, jupyter_server(Path(home)) as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        for name in LABS:
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            warm, *times = moves(page, address, name)
            page.close()
            first, final = zip(*times, strict=True)
            figures |= {f"{name}_first_p50_ms": statistics.median(first), f"{name}_first_p95_ms": p95(first)}
            if name == "sine":
                figures |= {"sine_final_p50_ms": statistics.median(final), "sine_final_p95_ms": p95(final)}
                figures |= {"sine_warm_first_ms": warm[0], "sine_warm_final_ms": warm[1]}
        browser.close()
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
