"""Files as programs and people really write them: understood correctly, or refused with the line."""

import csv
import io
import math

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.data.table import Table, columns, read_csv

VALUES = [10 + 3 * math.sin(i / 5) for i in range(300)]
ROUNDED = torch.tensor([round(value, 2) for value in VALUES])
PRICES = [f"{value:.2f}" for value in VALUES]
GERMAN = [price.replace(".", ",") for price in PRICES]
TABLE = pd.DataFrame({"day": range(300), "price": ROUNDED.double().numpy().round(2)})
DATED = TABLE.set_index(pd.date_range("2020-01-01", periods=300))["price"]


def rows(head: str, cells, between: str = ",") -> str:
    return "\n".join([head, *(f"{i}{between}{cell}" for i, cell in enumerate(cells))])


UNDERSTOOD = {
    "decimal comma, semicolon": (rows("day;price", GERMAN, ";"), "semicolon-separated, decimal comma"),
    "decimal comma, tab": (rows("day\tprice", GERMAN, "\t"), "tab-separated, decimal comma"),
    "decimal comma, quoted": (rows("day,price", [f'"{cell}"' for cell in GERMAN]), "comma-separated, decimal comma"),
    "one column, decimal comma": ("\n".join(["Wert", *GERMAN]), "one column, decimal comma"),
    "one column, no header": ("\n".join(PRICES), "one column, decimal point, text, no header line"),
    "no header, first row dated": ("\n".join(f"2020-01-{i},{p}" for i, p in enumerate(PRICES)), "no header line"),
    "semicolon, decimal point": (rows("day;price", PRICES, ";"), "semicolon-separated, decimal point"),
    "a separator in a header's quotes": (rows('"day, month";price', GERMAN, ";"), "semicolon-separated"),
    "a comma in a header without quotes": (rows("day;price, EUR", GERMAN, ";"), "semicolon-separated"),
    "the date second": (
        "\n".join(["price,date", *(f"{p},2020-01-{i}" for i, p in enumerate(PRICES))]),
        "column 'price'",
    ),
    "words last": ("\n".join(["day,price,weather", *(f"{i},{p},sun" for i, p in enumerate(PRICES))]), "column 'price'"),
    "separators at every end": (
        "\n".join(["day,price,,", *(f"{i},{p},," for i, p in enumerate(PRICES))]),
        "comma-separated",
    ),
    "sep=": ("sep=;\n" + rows("day;price", GERMAN, ";"), "semicolon-separated, decimal comma"),
    "Windows' line ends": (rows("day,price", PRICES).replace("\n", "\r\n"), "comma-separated"),
    "an old Mac's line ends": (rows("day,price", PRICES).replace("\n", "\r"), "comma-separated"),
    "empty lines between rows": (rows("day,price", PRICES).replace("\n7,", "\n\n\n7,") + "\n\n", "comma-separated"),
    "a real minus": (rows("day,price", PRICES).replace("price", "−price"), "comma-separated"),
    "pandas, a series": (TABLE["price"].to_csv(), "column 'price'"),
    "pandas, a series without a name": (TABLE["price"].rename(None).to_csv(), "column '0'"),
    "pandas, dates as index": (DATED.to_csv(), "column 'price'"),
    "pandas, European": (TABLE.to_csv(sep=";", decimal=",", index=False), "semicolon-separated, decimal comma"),
    "numpy": ("\n".join(f"{value:.18e}" for value in np.round(VALUES, 2)), "one column"),
    "names in years": ("\n".join(["town,2019,2020", *(f"Ulm,{i},{p}" for i, p in enumerate(PRICES))]), "column '2020'"),
    "pandas, columns that it counts": (pd.DataFrame({0: range(300), 1: ROUNDED}).to_csv(), "column '1', 300 rows"),
    "pandas, columns named by numbers": (DATED.to_frame(30).assign(**{"x": "sun"}).to_csv(), "column '30', 300 rows"),
    "a time first, no header, whole numbers": (
        "\n".join(f"12:00:{i % 60:02d},{i},{p}" for i, p in enumerate(PRICES)),
        "no header line, column '(column 3)'",
    ),
    "bytes": (rows("day,price", PRICES).encode(), "UTF-8"),
    "bytes with a mark": (rows("price,day", PRICES).encode("utf-8-sig"), "UTF-8"),
    "UTF-16": (rows("größe;preis", GERMAN, ";").encode("utf-16"), "UTF-16"),
    "UTF-32": (rows("day,price", PRICES).encode("utf-32"), "UTF-32"),
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_file_is_read_as_it_was_meant_and_that_is_said(name):
    text, words = UNDERSTOOD[name]
    table = Table(text)
    torch.testing.assert_close(table.series().float(), ROUNDED)
    assert words in table.understood() and "300 rows" in table.understood()


REFUSED = {
    "decimal comma, comma": (rows("day,price", GERMAN), "line 2 has 3 cells, line 1 has 2; allowed: .*quotes"),
    "thousands comma": (rows("day,price", [f"{1000 + 7 * i:,}" for i in range(300)]), "line 2 has 3 cells"),
    "thousands or thousandths": (
        rows("day,price", [f'"{1007 + i:,}"' for i in range(300)]),
        r"'1,007' on line 2, which may be 1007 or 1\.007",
    ),
    "the same, semicolon": (
        rows("day;price", [f"{1007 + i:,}".replace(",", ".") for i in range(300)], ";"),
        r"may be 1\.007 or 1007",
    ),
    "one column of them": ("\n".join(["price", *(f"{1007 + i:,}" for i in range(300))]), "which may be"),
    "both marks": (
        rows("day;price", [*GERMAN[:150], *PRICES[150:]], ";"),
        "line 2; allowed: numbers, with a decimal point",
    ),
    "a name too few": (
        "\n".join(["day,price", *(f"r{i},{i},{p}" for i, p in enumerate(PRICES))]),
        "line 2 has 3 cells",
    ),
    "a total": (rows("day,price", PRICES) + "\nTotal,3000", "'Total' on line 302"),
    "a total below dates": (DATED.to_csv() + "Summe,3000\n", "'Summe' on line 302"),
    "a total among words": (
        "\n".join(["town,price", *(f"Ulm,{p}" for p in PRICES), "Grand total,3000"]),
        "'Grand total' on line 302",
    ),
    "a sum half-way": (rows("day,price", PRICES).replace("\n150,", "\nsubtotal,1500\n150,"), "'subtotal' on line 152"),
    "a footer of one cell": (rows("day,price", PRICES) + "\nSource: us", "line 302"),
    "a line of units": (rows("day,price\ns,EUR", PRICES), "'s' on line 2"),
    "an empty line in one column": (
        "\n".join(["y", *PRICES[:50], "", "", *PRICES[50:]]),
        "2 gaps, the first gap on line 52",
    ),
    "an empty line among three decimals": (
        "\n".join(["y", *["" if 50 <= i < 60 else f"{value:.3f}" for i, value in enumerate(VALUES)]]),
        "10 gaps, the first gap on line 52",
    ),
    "an empty cell": (rows("day,price", PRICES).replace(f"57,{PRICES[57]}", "57,"), "gap on line 59"),
    "a gap in words": (rows("day,price", PRICES).replace(f"57,{PRICES[57]}", "57,N/A"), "gap on line 59"),
    "nothing but gaps": ("\n".join(["y", *["-"] * 300]), "300 gaps, the first gap on line 2"),
    "an open quote": ('day,"price\n' + rows("", PRICES)[1:], "line 1 is not CSV.*; allowed: quotes that"),
    "an open quote, large": ('day,"price\n' + "1,2.34567\n" * 20000, "line 1 is not CSV"),
    "Latin-1": (rows("größe;preis", GERMAN, ";").encode("latin-1"), "line 1 is not UTF-8: .*0xf6"),
    "Latin-1, later": ((rows("day;price", GERMAN, ";") + "\n300;5 €").encode("cp1252"), "line 302 is not UTF-8"),
    "UTF-16 without its mark": (rows("day,price", PRICES).encode("utf-16-le"), "line 1 holds NUL.*UTF-16"),
    "UTF-16 read as something else": (
        rows("day,price", PRICES).encode("utf-16").decode("utf-8", "replace"),
        "line 1 holds",
    ),
    "a picture": (bytes(range(256)), "line [12] "),
    "a path": ("prices.csv", "'prices.csv', which seems to be a path"),
    "a number beyond": (rows("day,price", [*PRICES[:9], "1e999"]), "'1e999' on line 11"),
    "underscores": (rows("day,price", [*PRICES[:9], "1_000"]), "'1_000' on line 11"),
    "nothing": ("\n \n", "the file is empty"),
    "nothing but separators": (",\n,\n", "no words and no numbers"),
    "names or numbers": (pd.DataFrame({0: ROUNDED, 1: ROUNDED}).to_csv(index=False), "line 1 holds 0, 1, which may be"),
    "a gap in the first row, no header": ("0.5,NA\n" + rows("0,0", PRICES), "gap on line 1"),
    "a gap below a date, no header": (
        "2020-01-01,-\n" + "\n".join(f"2020-01-{i},{i}" for i in range(2, 30)),
        "gap on line 1",
    ),
    "currency": (rows("day,price", [f"${p}" for p in PRICES]), r"'\$10\.00' on line 2; allowed: .*no unit, currency"),
    "percent": (rows("day,price", [f"{p} %" for p in PRICES]), "'10.00 %' on line 2"),
    "brackets": (rows("day,price", [f"({p})" for p in PRICES]), r"'\(10.00\)' on line 2"),
    "French thousands": (
        rows("day;price", [f"1\xa0{i:03d},50" for i in range(300)], ";"),
        "on line 2; allowed: .*space",
    ),
    "Swiss thousands": (rows("day,price", [f"1'{i:03d}.50" for i in range(300)]), "on line 2; allowed"),
    "two columns, one name": (
        rows("day price", [i * i for i in range(300)]),
        "'0,0' on line 2, which may be one number or two",
    ),
    "two columns, one name, two digits": (
        rows("y", [10 + i % 80 for i in range(300)]),
        "which may be one number or two",
    ),
    "hours before what may be thousands": (
        "Zeit;Wert\n" + "\n".join(f"{i // 60:02d}.{i % 60:02d};1,{i:03d}" for i in range(300)),
        "'1,000' on line 2, which may be 1000 or 1;",
    ),
    "thousands from half-way on, tab": (
        rows("Tag\tWert", [f"{980 + i:,}".replace(",", ".") for i in range(300)], "\t"),
        "'1.000' on line 22, which may be 1 or 1000",
    ),
    "a total without a name": (DATED.to_csv() + ",3000\n", "line 302 has nothing in column"),
    "totals by the year": (
        rows("day,price", PRICES).replace("\n12,", "\nTotal 2000,78\n12,"),
        "'Total 2000' on line 14",
    ),
    "two lines of sums": (rows("day,price", PRICES) + "\nSum of 300 rows,1350\nMax. of 300,9", "on line 302"),
    "a workbook": (b"PK\x03\x04" + bytes(40), "the file is a workbook"),
    "compressed": (b"\x1f\x8b" + bytes(40), "the file is compressed"),
    "nothing at all": (None, "text is of type NoneType; allowed"),
    "a long cell": (rows("day,price", [*PRICES[:9], "x" * 10**6]), "line 11"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_understood_is_refused_with_its_line(name):
    text, words = REFUSED[name]
    with pytest.raises(ValueError, match=words) as refused:
        read_csv(text, at_least=2)
    assert len(str(refused.value)) < 400 and "; allowed: " in str(refused.value)


def test_the_line_is_the_one_an_editor_counts():
    text = (
        rows("day,price", PRICES).replace("\n10,", "\n\n10,").replace("\n20,", '\n"2\n0",').replace(PRICES[57], "", 1)
    )
    with pytest.raises(ValueError, match=f"gap on line {text.splitlines().index('57,') + 1}"):
        read_csv(text)


def test_columns_of_one_name_or_none_are_told_apart():
    text = "\n".join(["t,temp,temp,", *(f"{i},{p},-{p},{i}" for i, p in enumerate(PRICES))])
    assert columns(text) == ["t", "temp (column 2)", "temp (column 3)", "(column 4)"]
    torch.testing.assert_close(read_csv(text, "temp (column 2)"), ROUNDED)
    with pytest.raises(ValueError, match=r"column is 'temp'; this file has t, temp \(column 2\)"):
        read_csv(text, "temp")


def test_another_column_decides_where_one_can_be_read_in_two_ways():
    both = [f'{i},{p},"{1007 + i:,}"' for i, p in enumerate(PRICES)]
    assert read_csv("\n".join(["day,price,sold", *both]), "sold")[0] == 1007
    both = [f"{i};{p};{1007 + i:,}" for i, p in enumerate(GERMAN)]
    torch.testing.assert_close(read_csv("\n".join(["day;price;sold", *both]), "sold")[0].item(), 1.007)


def test_gaps_are_filled_only_as_the_reader_says():
    text = rows("t,y", ["1", "", "nan", "4", "5"])
    assert read_csv(text, at_least=2, gaps="hold").tolist() == [1, 1, 1, 4, 5]
    assert read_csv(text, at_least=2, gaps="line").tolist() == [1, 2, 3, 4, 5]
    for cells, gaps in ((["", "2", "3"], "hold"), (["", "2", "3"], "line"), (["1", "2", ""], "line")):
        with pytest.raises(ValueError, match="no number beside it"):
            read_csv(rows("t,y", cells), at_least=2, gaps=gaps)
    with pytest.raises(ValueError, match="gaps is 'zero'; allowed: refuse, hold, line"):
        read_csv(text, gaps="zero")


@pytest.mark.parametrize("cell", ["1.234,56", "-4,5", "-12,25"])
def test_a_sign_or_a_mark_of_thousands_makes_it_one_number(cell):
    wanted = float(cell.replace(".", "").replace(",", "."))
    assert read_csv(f"Wert\n{cell}\n-7,5\n1.000,25", at_least=2)[0].item() == pytest.approx(wanted)


def test_a_series_handed_out_is_the_readers_own():
    table = Table(rows("day,price", PRICES))
    first = table.series()
    table.series().zero_()
    assert torch.equal(table.series(), first)


def test_a_meter_at_a_thousand_million_keeps_its_steps():
    text = rows("t,kwh", [f"{1_000_000_000 + 0.5 * i}" for i in range(300)])
    assert read_csv(text).diff().unique().tolist() == [0.5]


def test_a_file_is_read_from_its_path(tmp_path):
    (tmp_path / "prices.csv").write_text(rows("day,price", PRICES))
    torch.testing.assert_close(read_csv(tmp_path / "prices.csv"), ROUNDED)


@settings(max_examples=150, deadline=None)
@given(
    numbers=st.lists(st.decimals(-1000, 1000, places=2), min_size=2, max_size=12, unique=True),
    between=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    header=st.booleans(),
)
def test_whatever_a_program_writes_comes_back_or_is_refused(numbers, between, decimal, quoting, header):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=between, quoting=quoting)
    writer.writerows([["day", "y"]] * header)
    writer.writerows([f"2020-01-{i + 1}", str(number).replace(".", decimal)] for i, number in enumerate(numbers))
    assert read_csv(file.getvalue(), at_least=2).tolist() == torch.tensor([float(n) for n in numbers]).tolist()
