"""Settings for every test run, the notebooks' own included."""

import os

# A notebook is compared with its saved text: a progress bar is for the reader who waits, not for that text.
os.environ["TQDM_DISABLE"] = "1"


def pytest_terminal_summary(terminalreporter):
    """Say in the last lines when no browser was there to test with."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.nodeid]
    if skipped:
        terminalreporter.section("browser tests skipped")
        terminalreporter.line(
            f"{len(skipped)} browser tests did not run: no Chromium on the PATH, and Playwright could not fetch one."
        )
        terminalreporter.line("Install chromium (or run: python -m playwright install chromium) and test again.")
