"""How soon does the sine lab answer? Claim: README, "Measured". Run: `make bench`, or `python benchmarks/latency.py`.

In a real browser on chapter 3: from a key press on a slider to the first new picture on the page, and to the final one.
30 moves after a first warm one; every move asks for a setting not seen before. Prints one JSON line last.
"""

import json
import statistics
import sys
import tempfile
from itertools import islice
from pathlib import Path

from playwright.sync_api import sync_playwright
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from jupyterlab_driver import LabPanel, Notebook, chromium, jupyter_server

MOVES = 30

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


def keys():
    """Slider and key, one move each: through tau, noise and hidden size in turn, never back to a setting."""
    while True:
        yield from (("tau", "ArrowRight"), ("noise", "ArrowRight"), ("hidden size", "ArrowRight"))


def move(lab: LabPanel, slider: str, key: str) -> tuple[float, float]:
    """One key press; milliseconds to the first new picture and to the final one."""
    lab.press(slider, key)
    # Done and no later picture for 250 ms: the one there is the final one.
    lab.page.wait_for_function(
        "() => window.done && window.pictures.length && performance.now() - Math.max(window.done, window.pictures.at(-1)) > 250"
    )
    pressed, pictures = lab.page.evaluate("() => [window.pressed, window.pictures]")
    return pictures[0] - pressed, pictures[-1] - pressed


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    with tempfile.TemporaryDirectory() as home, jupyter_server(Path(home)) as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        notebook = Notebook(page, address, "03-sine-forecast.ipynb")
        notebook.run_all()
        lab = notebook.lab()
        lab.wait_done()
        lab.root.evaluate(WATCH)
        sequence = keys()
        first_move = move(lab, *next(sequence))
        times = [move(lab, *step) for step in tqdm(list(islice(sequence, MOVES)), desc="moves", file=sys.stderr)]
        browser.close()
    first, final = zip(*times, strict=True)
    figures = {
        "first_p50_ms": statistics.median(first),
        "first_p95_ms": p95(first),
        "final_p50_ms": statistics.median(final),
        "final_p95_ms": p95(final),
        "first_move_ms": first_move[0],
        "first_move_final_ms": first_move[1],
    }
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
