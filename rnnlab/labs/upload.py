"""A reader's CSV file in a lab: chosen, understood, and said to be; or refused in the panel, with the line."""

import hashlib

import ipywidgets as widgets
from torch import Tensor

from rnnlab.messages import quote
from rnnlab.panel import LARGEST_FILE
from rnnlab.table import FILLS, Table

MEGABYTES = LARGEST_FILE // 10**6
NONE_YET = (
    f"no file yet: press Upload and choose a CSV file, {MEGABYTES} MB at most (a header line, one row a time step)"
)


class Upload:
    """The controls of a lab that takes a file, and what is in it.

    `key` stands for the file in a setting, which so holds no file. The last file counts, also one that cannot be used.
    """

    def __init__(self, at_least: int):
        self.key, self._at_least, self._name, self._table, self._fault = "", at_least, "", None, NONE_YET
        self.file = widgets.FileUpload(
            accept=".csv,.tsv,.txt,text/csv",
            description="CSV file",
            tooltip=f"a header line, then one row a time step; {MEGABYTES} MB at most",
        )
        self.column = widgets.Dropdown(options=[], description="column", tooltip="the column to forecast")
        self.gaps = widgets.Dropdown(options=FILLS, description="gaps", tooltip="what to do where a number is missing")
        # The page puts the name and size of a file here that is too large to be sent.
        self.refused = widgets.Text(layout=widgets.Layout(display="none"))
        self.refused.add_class("rnnlab-refused")
        self.file.observe(self._read, names="value")
        self.refused.observe(self._refuse, names="value")

    @property
    def controls(self) -> list[widgets.Widget]:
        """In reading order."""
        return [self.file, self.column, self.gaps, self.refused]

    def series(self, column: str | None, gaps: str) -> Tensor:
        """The numbers of a column of the last file. Raises ValueError where there are none, with the reason."""
        if self._fault:
            raise ValueError(self._fault)
        try:
            return self._table.series(column, at_least=self._at_least, gaps=gaps)
        except ValueError as error:
            raise ValueError(f"{self._name}: {error}") from None

    def understood(self, column: str | None, gaps: str) -> str:
        """How the last file was read, in words."""
        return f"{self._name}: {self._table.understood(column, gaps=gaps)}"

    def _read(self, _change) -> None:
        if not self.file.value:
            return
        file = self.file.value[0]
        content = bytes(file["content"])
        self._name = quote(file["name"]).strip("'\"")
        self._table, self._fault, names = None, "", []
        try:
            self._table = Table(content)
            names = self._table.names
        except ValueError as error:
            self._fault = f"{self._name}: {error}"
        self._offer(hashlib.sha256(content).hexdigest(), names)

    def _refuse(self, _change) -> None:
        name, _, size = self.refused.value.rpartition(" ")
        if size.isdigit():
            self._table = None
            self._fault = (
                f"{quote(name)} has {int(size) / 1e6:.1f} MB; allowed: {MEGABYTES} MB, so cut it: the last rows count"
            )
            self._offer(self.refused.value, [])

    def _offer(self, key: str, names: list[str]) -> None:
        """Take the file `key` stands for. The columns come last: with them the lab looks again."""
        self.key = key
        self.column.options = names
        self.column.value = self._table.likely if names else None
