"""Settings for every test run, the notebooks' own included."""

import os
from collections import Counter

# A notebook is compared with its saved text: a progress bar is for a reader who waits, not for that text.
os.environ["TQDM_DISABLE"] = "1"
# The tests begin like a reader who has set nothing; those that need all of MNIST ask for it (the fixture `data`).
if "RNNLAB_DATA" in os.environ:
    os.environ["RNNLAB_DATA_FOR_TESTS"] = os.environ.pop("RNNLAB_DATA")


def pytest_terminal_summary(terminalreporter):
    """Say in the last lines what was not tested, and why."""
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", []))
    if reasons:
        terminalreporter.section("not tested here")
        for reason, count in reasons.items():
            terminalreporter.line(f"{count} × {reason.removeprefix('Skipped: ')}")
