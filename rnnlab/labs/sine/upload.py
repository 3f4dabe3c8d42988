"""A reader's CSV file in a lab: chosen, read, and described; or refused in the panel, with the line at fault."""

import hashlib

import ipywidgets as widgets
from torch import Tensor

from rnnlab.data.table import FILLS, Table
from rnnlab.live.panel import LARGEST_FILE

MOST = 60  # characters of a file's name
MEGABYTES = LARGEST_FILE // 10**6
NONE_YET = (
    f"no file yet: press 'CSV file' and choose one, {MEGABYTES} MB at most (a header line, one row per time step)"
)


class Upload:
    """The controls of a lab that takes a file, and what is in it.

    `key` identifies the file, so that no setting has to hold it. The last file counts, even if it cannot be used.
    """

    def __init__(self, at_least: int):
        self.key, self._at_least, self._name, self._fault = "", at_least, "", NONE_YET
        self._table: Table | None = None
        self.file = widgets.FileUpload(
            accept=".csv,.tsv,.txt,text/csv",
            description="CSV file",
            tooltip=f"a header line, then one row per time step; {MEGABYTES} MB at most",
        )
        self.column = widgets.Dropdown(options=[], description="column", tooltip="the column to forecast")
        self.gaps = widgets.Dropdown(
            options=list(zip(("refuse them", "hold the last value", "draw a line"), FILLS, strict=True)),
            description="gaps",
            tooltip="what to do where a number is missing",
        )
        # If a file is too large to be sent, the page puts its name and size here.
        self.refused = widgets.Text(layout=widgets.Layout(display="none"))
        self.refused.add_class("rnnlab-refused")
        self.file.observe(self._read, names="value")
        self.refused.observe(self._refuse, names="value")

    @property
    def controls(self) -> dict[str, widgets.Widget]:
        """By name, in reading order."""
        return {"file": self.file, "column": self.column, "gaps": self.gaps, "refused": self.refused}

    def series(self, key: str, column: str | None, gaps: str) -> tuple[Tensor, str]:
        """The numbers of a column of the last file, which `key` must identify, and in words how they were read.

        Raises ValueError if there are none.
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
        self.file.value, self.refused.value = (), ""  # so that this file or the one before can be chosen again
        words = f"{name[:MOST]} has {int(size) / 1e6:.1f} MB; allowed: {MEGABYTES} MB, so cut it: the last rows count"
        self._take(f"{name} {size}", None, words)

    def _take(self, key: str, table: Table | None, fault: str) -> None:
        """Go on with the file that `key` identifies. Its columns are set last: that makes the lab read it."""
        self.key, self._table, self._fault = key, table, fault
        self.column.options = table.names if table else []
        self.column.value = table.likely if table else None
