"""Does a lab that is moved for a long time grow? `python benchmarks/soak.py [minutes]`, 10 by default.

The sine lab in a real browser, a slider key every 0.2 seconds. Every 5 seconds: the kernel's resident memory and
threads, and the page's JavaScript heap after a garbage collection. The slopes are of the second half, when the caches
are full. Prints one JSON line last.
"""

import json
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from jupyterlab_driver import Notebook, chromium, jupyter_server

MINUTES = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
LOOK = "import psutil; p = psutil.Process(); print(p.memory_info().rss / 2**20, p.num_threads())"


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as home, jupyter_server(Path(home)) as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        notebook = Notebook(page, address, "00-start-here.ipynb")
        notebook.run_all()
        lab, tools = notebook.lab(), page.context.new_cdp_session(page)
        lab.wait_done()
        moves = cycle(
            [
                ("noise", "PageUp"),
                ("tau", "ArrowRight"),
                ("hidden size", "PageUp"),
                ("seed", "ArrowRight"),
                ("noise", "Home"),
                ("tau", "Home"),
            ]
        )
        began = look = time.monotonic()
        with tqdm(total=round(60 * MINUTES), unit="s") as bar:
            while time.monotonic() - began < 60 * MINUTES:
                lab.press(*next(moves))
                page.wait_for_timeout(200)
                if time.monotonic() >= look:
                    look += 5
                    tools.send("HeapProfiler.collectGarbage")
                    heap = tools.send("Runtime.getHeapUsage")["usedSize"] / 2**20
                    rows.append((time.monotonic() - began, *map(float, notebook.execute(LOOK).split()), heap))
                    bar.update(round(rows[-1][0]) - bar.n)
        browser.close()
    seconds, memory, threads, heap = np.array(rows[len(rows) // 2 :]).T
    slope = {name: 60 * np.polyfit(seconds, values, 1)[0] for name, values in {"kernel": memory, "page": heap}.items()}
    figures = {"minutes": MINUTES, "kernel_mib": memory[-1], "kernel_mib_per_minute": slope["kernel"]}
    figures |= {"page_mib": heap[-1], "page_mib_per_minute": slope["page"], "threads": [threads.min(), threads.max()]}
    print(json.dumps({name: np.round(value, 2).tolist() for name, value in figures.items()}))


if __name__ == "__main__":
    main()
