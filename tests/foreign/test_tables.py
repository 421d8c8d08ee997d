"""Tables of any make: what they are, and their rows."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import psycopg
import pytest
import xlsxwriter

from etappe.core.errors import Refusal
from etappe.foreign import child, tables
from etappe.foreign.tables import batches, copy_blocks, rows, sniff
from tests.foreign import misbehave

DATA = Path(__file__).parents[2] / "../shared/data"
AFTERNOON = datetime(2016, 12, 31, 14, 30)  # noqa: DTZ001 - a workbook knows no zones
GERMAN = "Name;Straße;Betrag;Datum\r\nMüller & Söhne;Bäckerstraße 1;1.234,56;31.12.2016\r\nÖl AG;;12,5;01.01.2017\r\n"
EXPECTED = [["Müller & Söhne", "Bäckerstraße 1", "1.234,56", "31.12.2016"], ["Öl AG", None, "12,5", "01.01.2017"]]


def written(folder: Path, content: bytes | str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def cells(path: Path) -> list[list[str | None]]:
    return [row.cells for row in rows(path, sniff(path))]


def reason_of(path: Path) -> str:
    with pytest.raises(Refusal) as caught:
        cells(path)
    return str(caught.value.params.get("reason"))


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (GERMAN.encode(), "utf-8"),
        (GERMAN.encode("utf-8-sig"), "utf-8-sig"),
        (GERMAN.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + GERMAN.encode("utf-16-be"), "utf-16"),
        (GERMAN.encode("utf-16-le"), "utf-16-le"),
        (GERMAN.encode("utf-16-be"), "utf-16-be"),
        (GERMAN.encode("cp1252"), "cp1252"),
        (GERMAN.encode("cp850"), "cp850"),
        (GERMAN.encode("mac_roman"), "mac_roman"),
    ],
)
def test_encodings(tmp_path: Path, raw: bytes, encoding: str) -> None:
    path = written(tmp_path, raw)
    guess = sniff(path)
    assert (guess.encoding, guess.delimiter, guess.header_row) == (encoding, ";", 1)
    assert guess.columns == ("Name", "Straße", "Betrag", "Datum")
    assert cells(path) == EXPECTED
    assert [list(row) for row in guess.sample] == EXPECTED


def test_polish_and_russian(tmp_path: Path) -> None:
    polish = "Firma,Miasto\nZażółć gęślą,Łódź\nŚwiętokrzyska,Kraków\n"
    assert sniff(written(tmp_path, polish.encode("cp1250"))).encoding == "cp1250"
    russian = "Имя,Город\n" + "Иванов Иван Иванович,Москва\nПетрова Анна,Санкт-Петербург\n" * 5
    path = written(tmp_path, russian.encode("cp1251"))
    assert cells(path)[0] == ["Иванов Иван Иванович", "Москва"]


def test_a_byte_far_down_decides_the_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, b"Name,City\n" + b"Smith,Ulm\n" * 300_000 + "Müller,Köln\n".encode("cp1252"))
    assert sniff(path).encoding == "cp1252"
    assert cells(path)[-1] == ["Müller", "Köln"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    lines = ["Name|Amount|Note", 'Ulm|"1,5"|"a; b"', 'Bonn|"2,5"|"c, d"']
    path = written(tmp_path, "\n".join(line.replace("|", delimiter) for line in lines))
    assert sniff(path).delimiter == delimiter
    assert cells(path) == [["Ulm", "1,5", "a; b"], ["Bonn", "2,5", "c, d"]]


def test_decimal_commas_do_not_pass_for_delimiters(tmp_path: Path) -> None:
    path = written(tmp_path, "Name;A;B\nx;1,5;2,5\ny;1,25;3\nz;7;8,5\n")
    assert cells(path) == [["x", "1,5", "2,5"], ["y", "1,25", "3"], ["z", "7", "8,5"]]


def test_single_quotes_and_a_named_delimiter(tmp_path: Path) -> None:
    path = written(tmp_path, "'Name','Note'\n'Ulm','a, b'\n'Bonn','c'\n")
    assert cells(path) == [["Ulm", "a, b"], ["Bonn", "c"]]
    path = written(tmp_path, "sep=;\r\nName;Note\r\nUlm;a, b\r\nBonn;c, d\r\n")
    assert (sniff(path).delimiter, sniff(path).header_row) == (";", 2)
    assert cells(path) == [["Ulm", "a, b"], ["Bonn", "c, d"]]


def test_a_header_on_line_three(tmp_path: Path) -> None:
    path = written(tmp_path, "Deals of the north region\n\nName,Stage,Amount\nUlm,Won,12\nBonn,Lost,\n")
    guess = sniff(path)
    assert (guess.header_row, guess.columns, guess.row_count) == (3, ("Name", "Stage", "Amount"), 2)
    assert [(row.line, row.cells) for row in rows(path, guess)] == [
        (4, ["Ulm", "Won", "12"]),
        (5, ["Bonn", "Lost", None]),
    ]


def test_no_header_at_all(tmp_path: Path) -> None:
    guess = sniff(written(tmp_path, "Ulm,12,2016-12-31\nBonn,13,2017-01-01\n"))
    assert (guess.header_row, guess.columns) == (0, ("1", "2", "3"))
    assert len(cells(tmp_path / "t.csv")) == 2


def test_headers_that_are_empty_or_there_twice(tmp_path: Path) -> None:
    guess = sniff(written(tmp_path, "Name,Name,,Note\na,b,c,d\ne,f,g,h\n"))
    assert guess.columns == ("Name", "Name (2)", "3", "Note")


def test_a_header_that_was_found_wrongly_can_be_moved(tmp_path: Path) -> None:
    path = written(tmp_path, "A,B\nC,D\ne,f\n")
    moved = replace(sniff(path), header_row=2, columns=("C", "D"))
    assert [row.cells for row in rows(path, moved)] == [["e", "f"]]


def test_rows_that_do_not_fit(tmp_path: Path) -> None:
    content = 'a,b,c\n1,2\n\n,,\n1,2,3,4\n1,2,3,,\n"x\ny",2,3\n"' + "z" * 40_000 + '",2,3\n\x001,2\x00,3\n'
    path = written(tmp_path, content)
    found = list(rows(path, sniff(path)))
    assert [(row.line, row.problem.code if row.problem else None) for row in found] == [
        (2, "row_short"),
        (5, "row_long"),
        (6, None),
        (7, None),
        (9, "cell_too_long"),
        (10, None),
    ]
    assert found[0].cells == ["1", "2", None]
    assert found[0].problem and found[0].problem.params == {"cells": 2, "columns": 3}
    assert found[3].cells == ["x\ny", "2", "3"]
    assert found[4].problem and found[4].problem.params == {"column": 1, "length": 40_000, "limit": 32_768}
    assert len(found[4].cells[0] or "") == 32_768
    assert found[5].cells == ["1", "2", "3"]


def test_lines_that_end_in_a_lone_return(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\rc,\x00d\re,f\r")
    assert (cells(path), sniff(path).row_count) == ([["c", "d"], ["e", "f"]], 2)


def test_one_column(tmp_path: Path) -> None:
    path = written(tmp_path, "Company\nUlm GmbH\nBonn AG, Bonn\nKöln KG\n")
    assert [row[0] for row in cells(path)] == ["Ulm GmbH", "Bonn AG, Bonn", "Köln KG"] or sniff(path).columns[
        0
    ] == "Company"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (",".join(f"c{n}" for n in range(501)) + "\n", "too_many_columns"),
        ("a,b\n1," + "\n".join(['"open'] + ["x" * 1000] * 4000), "field_too_long"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old_office"),
        (b"PK\x03\x04" + bytes(100), "malformed"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes | str, reason: str) -> None:
    assert reason_of(written(tmp_path, content)) == reason


def workbook(path: Path, *sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy"}) as book:
        for number, sheet in enumerate(sheets, start=1):
            page = book.add_worksheet(f"Sheet {number}")
            for line, row in enumerate(sheet):
                page.write_row(line, 0, row)
    return path


def test_a_workbook(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx",
        [],
        [
            ["Export"],
            [],
            ["Name", "Amount", "Closed", "At", "Open", "Rate"],
            ["Müller", 1234.0, date(2016, 12, 31), AFTERNOON, True, 0.1],
            ["Öl", 10**15, None, None, False, 12.5],
        ],
    )
    guess = sniff(path)
    assert (guess.kind, guess.sheet, guess.sheets, guess.header_row) == ("xlsx", "Sheet 2", ("Sheet 1", "Sheet 2"), 3)
    assert [(row.line, row.cells) for row in rows(path, guess)] == [
        (4, ["Müller", "1234", "2016-12-31", "2016-12-31 14:30:00", "true", "0.1"]),
        (5, ["Öl", "1000000000000000", None, None, "false", "12.5"]),
    ]


def test_another_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["A", "B"], ["x", "y"]], [["C", "D"], ["v", "w"]])
    assert sniff(path, sheet="Sheet 2").columns == ("C", "D")
    assert sniff(path).columns == ("A", "B")


def test_a_wide_workbook(tmp_path: Path) -> None:
    assert reason_of(workbook(tmp_path / "t.xlsx", [[f"c{n}" for n in range(600)], ["x"] * 600])) == "too_many_columns"


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("hello.txt", "x")
    assert reason_of(written(tmp_path, out.getvalue(), "t.xlsx")) == "no_table"


TRICKY = 'a,b,c\n"tab\there","new\nline","back\\slash"\n\\N,\\.,\n1,2\n"""q""",ü,x\n'


def test_blocks_say_the_same_as_rows(tmp_path: Path) -> None:
    path = written(tmp_path, TRICKY)
    guess = sniff(path)
    lines = b"".join(copy_blocks(path, guess)).decode().split("\n")[:-1]
    assert len(lines) == len(list(rows(path, guess))) == 4
    assert lines[1] == "4\t\\N" + "\t\\\\N\t\\\\.\t\\N"
    assert lines[2].split("\t")[:2] == ["5", "row_short"]
    assert lines[2].endswith("\t\\N")


@pytest.mark.django_db
def test_blocks_are_what_the_database_copies(tmp_path: Path) -> None:
    from django.db import connection

    path = written(tmp_path, TRICKY)
    guess = sniff(path)
    with connection.cursor() as cursor:
        cursor.execute("create temporary table taken (line int, problem text, a text, b text, c text)")
        raw: psycopg.Cursor = cursor.cursor
        with raw.copy("copy taken from stdin") as copy:
            for block in copy_blocks(path, guess):
                copy.write(block)
        cursor.execute("select line, problem, a, b, c from taken order by line")
        taken = cursor.fetchall()
    expected = [(row.line, row.problem.code if row.problem else None, *row.cells) for row in rows(path, guess)]
    assert [tuple(row) for row in taken] == expected


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.csv"
    line = "{n},Deal Müller {n},Account 12,Product evaluated,1234.50,EUR,eva@example.com,2016-12-31,,a note\n"
    with path.open("w") as file:
        file.write("id,name,account,stage,amount,currency,owner,created,closed,note\n")
        file.writelines(line.format(n=n) for n in range(200_000))
    return path


MEMORY = """
import sys
from pathlib import Path
import psutil
from etappe.foreign.tables import batches, sniff

path, me = Path(sys.argv[1]), psutil.Process()
for at, _batch in enumerate(batches(path, sniff(path))):
    if at in (20, 190):
        print(sum(each.memory_info().rss for each in [me, *me.children(recursive=True)]))
"""


def test_memory_is_flat_in_the_number_of_rows(large: Path) -> None:
    """In an interpreter of its own: beside this one live servers and browsers, which grow for reasons of theirs."""
    told = subprocess.run([sys.executable, "-c", MEMORY, large], capture_output=True, text=True, check=True)
    early, late = map(int, told.stdout.split())
    assert late - early < 15 << 20


def test_pace(large: Path) -> None:
    """Processor time of child and parent together: what 60,000 rows a second need, on a machine busy with others."""
    guess = sniff(large)
    began = time.process_time()
    assert sum(len(batch.rows) for batch in batches(large, guess)) == guess.row_count == 200_000
    inside = child.run(misbehave.cost_of_table, large, guess, seconds=60, megabytes=300)
    assert time.process_time() - began + inside < 3.3


def test_a_file_of_any_size_is_refused_by_its_size_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_CSV_BYTES", 10)
    with pytest.raises(Refusal) as caught:
        sniff(written(tmp_path, "a,b\n1,2\n3,4\n"))
    assert caught.value.code == "file_too_large"


@pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are not here")
def test_real_exports() -> None:
    maven = DATA / "maven_crm/sales_pipeline.csv"
    guess = sniff(maven)
    assert (guess.columns[:2], guess.row_count) == (("opportunity_id", "sales_agent"), 8800)
    assert sum(len(batch.rows) for batch in batches(maven, guess)) == 8800
    assert not any(batch.problems for batch in batches(maven, guess))
    for path in sorted((DATA / "crm_exports").rglob("*.csv")):
        guess = sniff(path)
        assert guess.header_row == 1, path.name
        assert sum(1 for _ in rows(path, guess)) >= 1, path.name
