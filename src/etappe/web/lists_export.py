"""A list as a file: what one may see and has filtered, with the columns of the table."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from etappe.core.errors import Missing
from etappe.core.filters import parse
from etappe.core.values import formula_safe
from etappe.journal.labels import FIELDS, label
from etappe.records import lists
from etappe.records.list_values import CURRENCY, Column, as_text, in_files
from etappe.records.lists import Wanted
from etappe.web.lists import heading
from etappe.web.shell import Request, show, today

ROWS_OF_A_SHEET = 1_048_575
"""Rows that a sheet of XLSX holds below its heading."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def export(request: Request, subject: str, shape: str) -> HttpResponseBase:
    """The list that the address asks for, as CSV or XLSX. No cell begins like a formula."""
    wanted = _wanted(request, subject)
    fields = lists.shown_fields(lists.registry_of(wanted.subject, request.actor), wanted)
    lists.count_of(request.actor, wanted, today(request))  # what is refused is refused before the file begins
    columns = in_files(fields, request.workspace.currency)
    heads = [_head(column) for column in columns]
    zone = ZoneInfo(request.workspace.zone)
    rows = (
        [column.read(row.values[column.field.key]) for column in columns]
        for row in lists.every(request.actor, wanted, today=today(request))
    )
    if shape == "csv":
        return _named(
            StreamingHttpResponse(_csv(heads, rows, zone), content_type="text/csv; charset=utf-8"), subject, shape
        )
    if shape == "xlsx":
        return _named(FileResponse(_xlsx(heads, rows, zone), content_type=XLSX), subject, shape)
    raise Missing


def _head(column: Column) -> str:
    if not column.is_currency:
        return heading(column.field)
    if column.key == CURRENCY:
        return label(FIELDS, CURRENCY)
    return _("{field}: currency").format(field=heading(column.field))


@require_GET
def count(request: Request, subject: str) -> HttpResponse:
    """How many rows the list has, up to a bound: loaded after its rows, which do not wait for it."""
    return show(request, "lists/count.html", lists.count_of(request.actor, _wanted(request, subject), today(request)))


def _wanted(request: Request, subject: str) -> Wanted:
    asked = request.GET
    return Wanted(
        lists.subject_of(subject),
        parse(asked.get("where", "")),
        asked.get("q", ""),
        tuple(key for key in asked.get("columns", "").split(",") if key),
        asked.get("sort", ""),
    )


def _named(answer: Any, subject: str, shape: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{subject}.{shape}"'
    return answer  # type: ignore[no-any-return]


def _csv(heads: list[str], rows: Iterator[list[Any]], zone: ZoneInfo) -> Iterator[str]:
    yield "\ufeff" + _line(heads)
    for row in rows:
        yield _line([as_text(value, zone) for value in row])


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([formula_safe(cell) for cell in cells])
    return written.getvalue()


def _xlsx(heads: list[str], rows: Iterator[list[Any]], zone: ZoneInfo) -> Any:
    """The rows as a workbook in a temporary file: it is written row by row, so that its length costs no memory."""
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "remove_timezone": True, "default_date_format": "yyyy-mm-dd",
    }  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [formula_safe(head) for head in heads], book.add_format({"bold": True}))
        moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for place, row in enumerate(rows, start=1):
            if place > ROWS_OF_A_SHEET:
                break
            for at, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(place, at, value.astimezone(zone), moments)
                else:
                    sheet.write(place, at, _xlsx_cell(value, zone))
    file.seek(0)
    return file


def _xlsx_cell(value: Any, zone: ZoneInfo) -> Any:
    if value is None or isinstance(value, bool | int | Decimal) or type(value).__name__ == "date":
        return value
    return formula_safe(as_text(value, zone))
