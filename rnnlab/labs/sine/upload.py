"""A reader's CSV file in a lab: chosen, understood, and said to be; or refused in the panel, with the line."""

import hashlib

import ipywidgets as widgets
from torch import Tensor

from rnnlab.data.table import FILLS, Table
from rnnlab.live.panel import LARGEST_FILE

MOST = 60  # characters of a file's name
MEGABYTES = LARGEST_FILE // 10**6
NONE_YET = (
    f"no file yet: press Upload and choose a CSV file, {MEGABYTES} MB at most (a header line, one row a time step)"
)


class Upload:
    """The controls of a lab that takes a file, and what is in it.

    `key` stands for the file, so that no setting need hold one. The last file counts, even one that cannot be used.
    """

    def __init__(self, at_least: int):
        self.key, self._at_least, self._name, self._fault = "", at_least, "", NONE_YET
        self._table: Table | None = None
        self.file = widgets.FileUpload(
            accept=".csv,.tsv,.txt,text/csv",
            description="CSV file",
            tooltip=f"a header line, then one row a time step; {MEGABYTES} MB at most",
        )
        self.column = widgets.Dropdown(options=[], description="column", tooltip="the column to forecast")
        self.gaps = widgets.Dropdown(
            options=list(zip(("refuse them", "hold the last value", "draw a line"), FILLS, strict=True)),
            description="gaps",
            tooltip="what to do where a number is missing",
        )
        # The page puts the name and size of a file here that is too large to be sent.
        self.refused = widgets.Text(layout=widgets.Layout(display="none"))
        self.refused.add_class("rnnlab-refused")
        self.file.observe(self._read, names="value")
        self.refused.observe(self._refuse, names="value")

    @property
    def controls(self) -> dict[str, widgets.Widget]:
        """By name, in reading order."""
        return {"file": self.file, "column": self.column, "gaps": self.gaps, "refused": self.refused}

    def series(self, key: str, column: str | None, gaps: str) -> tuple[Tensor, str]:
        """The numbers of a column of the file `key` stands for, the last one, and in words how they were read.

        Raises ValueError where there are none.
        """
        if key != self.key:
            raise ValueError("another file has been chosen meanwhile; allowed: the last one")
        name, table = self._name, self._table
        if table is None:
            raise ValueError(self._fault)
        try:
            series = table.series(column, at_least=self._at_least, gaps=gaps)
            return series, f"{name}: {table.understood(column, gaps=gaps)}"
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    def _read(self, _change) -> None:
        if not self.file.value:  # put back where it began
            self._take("", None, NONE_YET)
            return
        file = self.file.value[0]
        content = bytes(file["content"])
        self._name = file["name"][:MOST]
        key = hashlib.sha256(content).hexdigest()
        try:
            self._take(key, Table(content), "")
        except ValueError as error:
            self._take(key, None, f"{self._name}: {error}")

    def _refuse(self, _change) -> None:
        name, _, size = self.refused.value.rpartition(" ")
        if not size.isdigit():
            return
        self.file.value, self.refused.value = (), ""  # so that the file before, or this one, can be chosen once more
        words = f"{name[:MOST]} has {int(size) / 1e6:.1f} MB; allowed: {MEGABYTES} MB, so cut it: the last rows count"
        self._take(f"{name} {size}", None, words)

    def _take(self, key: str, table: Table | None, fault: str) -> None:
        """Go on with the file `key` stands for. Its columns come last: with them the lab looks again."""
        self.key, self._table, self._fault = key, table, fault
        self.column.options = table.names if table else []
        self.column.value = table.likely if table else None
