"""The lowest version of every package that pyproject.toml admits, as constraints for pip, for `make floors`."""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def floors() -> list[str]:
    """`name==floor` for each requirement of the project and of its extras."""
    project = tomllib.loads(PROJECT.read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    return [line.replace(">=", "==") for line in wanted if not line.startswith("rnnlab[")]


if __name__ == "__main__":
    print(*floors(), sep="\n")
