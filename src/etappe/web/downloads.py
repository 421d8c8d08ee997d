"""What a page shows as a file: JSON, CSV or XLSX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse

from etappe.insights.export import Lines, csv_of, xlsx_of
from etappe.web.lists_export import XLSX

SHAPES = ("json", "csv", "xlsx")


def download(name: str, shape: str, plain: Mapping[str, Any], lines: Lines) -> HttpResponse:
    """A file of this name: all of it as JSON, its lines as a table; 404 for another shape."""
    if shape == "json":
        answer: HttpResponse = JsonResponse(plain, json_dumps_params={"ensure_ascii": False, "indent": 2})
    elif shape == "xlsx":
        answer = HttpResponse(xlsx_of(lines), content_type=XLSX)
    elif shape == "csv":
        answer = HttpResponse("\ufeff" + csv_of(lines), content_type="text/csv; charset=utf-8")
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="{name}.{shape}"'
    return answer
