"""A figure as CSV or XLSX, for spreadsheets: one line per row of the figure, intervals as two columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from etappe.core.figures import Result
from etappe.core.values import formula_safe

Lines = list[list[Any]]
"""Names of columns, and below them the cells of each row."""
HEAD = ("metric", "as_of", "unit")


def as_csv(result: Result) -> str:
    """The figure's lines as CSV."""
    return csv_of(figure_lines(result))


def csv_of(lines: Lines) -> str:
    """Lines as CSV. Texts that a spreadsheet would run as a formula have an apostrophe in front."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


def xlsx_of(lines: Lines) -> bytes:
    """The same lines as a workbook, numbers as numbers."""
    import xlsxwriter

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, line in enumerate(lines):
            sheet.write_row(place, 0, [_cell(value) for value in line], book.add_format({"bold": place == 0}))
        sheet.autofit()
    return file.getvalue()


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | Decimal) else str(value)


def figure_lines(result: Result) -> Lines:
    """Names of columns, the headline, and each row, with the figure's key, day, unit and filter in front."""
    found = result.finding
    headline = {"row": "all", "value": found.value, **spread("interval", found.interval), "n": found.n}
    lines = [headline, *({"row": str(place), **flat(row)} for place, row in enumerate(found.rows, start=1))]
    common = dict(zip(HEAD, (result.metric, result.as_of.isoformat(), result.unit), strict=True))
    common |= {"where": result.where} if result.where else {}
    return lines_of({**common, **line} for line in lines)


def lines_of(rows: Iterable[Mapping[str, Any]]) -> Lines:
    """Names of columns, and the cells of each row; what a row does not have is empty."""
    full = list(rows)
    columns = list(dict.fromkeys(column for line in full for column in line))
    return [columns, *([harmless(line.get(column)) for column in columns] for line in full)]


def flat(row: Any) -> dict[str, Any]:
    """A row with each interval as two columns."""
    columns: dict[str, Any] = {}
    for name, value in row.items():
        columns |= spread(name, value) if name.endswith("interval") else {name: value}
    return columns


def spread(name: str, interval: Any) -> dict[str, Any]:
    """An interval as two columns, both empty where there is none."""
    low, high = interval or (None, None)
    stem = name.removesuffix("interval")
    return {f"{stem}low": low, f"{stem}high": high}


def harmless(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs.

    >>> harmless(" =1+1"), harmless(-3), harmless(None)
    ("'=1+1", -3, None)
    """
    return formula_safe(value) if isinstance(value, str) else value
