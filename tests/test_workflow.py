"""The workflow for a hosted copy runs what README.md tells a reader to run, on the Pythons that the project admits.

And the hooks before a commit run what `make lint` runs.
"""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
JOB = WORKFLOW["jobs"]["test"]


def test_every_line_it_runs_is_a_command_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = "\n".join(re.findall(r"^```\n(.*?)^```", readme, re.M | re.S))
    commands = set(re.findall(r"`([^`\n]+)`", readme)) | {line.split("  #")[0].strip() for line in block.splitlines()}
    runs = [line for step in JOB["steps"] for line in step.get("run", "").splitlines()]
    assert "make test" in runs and len(runs) == 5
    for line in runs:
        assert line in commands, f"README.md has no command {line!r}"


def test_it_runs_on_three_systems_with_the_oldest_python_admitted():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    systems, pythons = JOB["strategy"]["matrix"]["os"], JOB["strategy"]["matrix"]["python"]
    assert [system.partition("-")[0] for system in systems] == ["ubuntu", "macos", "windows"]
    assert project["requires-python"] == f">={pythons[0]}" and len(pythons) == 2


def test_it_may_read_and_nothing_else_and_comes_to_an_end():
    assert WORKFLOW["permissions"] == {"contents": "read"} and "permissions" not in JOB
    assert JOB["timeout-minutes"] <= 90 and WORKFLOW["concurrency"]["cancel-in-progress"]


def test_the_hooks_run_the_tools_of_make_lint_and_look_at_the_notebooks():
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M).group(1)
    linted = re.findall(r"(?:\$\(VENV\)/bin/|\$\(PYTHON\) -m )([\w-]+(?: format)?)", recipe)
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    hooked = [re.match(r"\.venv/bin/([\w-]+(?: format)?)", hook["entry"]).group(1) for hook in hooks]
    assert sorted(name.replace("_", "-") for name in linted) == sorted({*hooked} - {"python"}) and "python" in hooked
