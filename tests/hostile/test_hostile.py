"""Every hostile file ends as read or as a refusal with a name: in time, within memory, and the next one is read."""

from __future__ import annotations

import functools
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etappe.core.errors import Refusal
from etappe.foreign import tables
from etappe.foreign.files import check_upload
from etappe.foreign.invite import read_invite
from etappe.foreign.mail import read_mail
from etappe.foreign.reasons import Reason
from tests.hostile import make

SHARED = Path(__file__).parents[2] / "../shared/hostile"
REAL = Path(__file__).parents[2] / "../shared/data/mail_calendar_vcard"
SECONDS = 12.5
"""Ten for the child, the rest for a machine that is busy."""
MEBIBYTES = 300


def collected(*folders: str, suffixes: tuple[str, ...] = ()) -> list[Any]:
    """The files of `folders`, or one skipped case where the collection is not here."""
    root = SHARED if SHARED.is_dir() else Path("/nonexistent")
    found = [path for folder in folders for path in sorted((root / folder).rglob("*")) if path.is_file()]
    cases = [path for path in found if not suffixes or path.suffix in suffixes]
    missing = pytest.mark.skip(reason="the collection of hostile files is not here")
    return [pytest.param(path, id=path.name) for path in cases] or [pytest.param(None, marks=missing)]


def ends_well(read: Callable[[], object]) -> str:
    """How reading ended: `read`, or the code and reason of the refusal; anything else fails."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal = None
    try:
        read()
    except Refusal as raised:
        refusal = raised
    assert time.monotonic() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEBIBYTES << 10
    return "read" if refusal is None else named(refusal)


def named(refusal: Refusal) -> str:
    """The code and reason of a refusal, which must be among those that have words."""
    assert refusal.code in ("file_unreadable", "file_too_slow", "file_too_large", "file_kind_refused")
    reason = refusal.params.get("reason", "")
    assert refusal.code != "file_unreadable" or reason in list(Reason)
    return f"{refusal.code} {reason}".strip()


def read_table(path: Path) -> int:
    return sum(len(batch.rows) for batch in tables.batches(path, tables.sniff(path)))


@pytest.mark.parametrize("path", collected("mime", "generated", suffixes=(".eml", ".txt", "")))
def test_mails(path: Path) -> None:
    assert not ends_well(functools.partial(read_mail, path.read_bytes())).endswith("crashed")


@pytest.mark.parametrize("path", collected("ics", "generated", suffixes=(".ics",)))
def test_calendars(path: Path) -> None:
    assert ends_well(functools.partial(read_invite, path.read_bytes())) not in (
        "file_too_slow",
        "file_unreadable crashed",
    )


@pytest.mark.parametrize("path", collected("csv", "generated", suffixes=(".csv", ".xlsx", ".txt", ".md")))
def test_tables(path: Path) -> None:
    assert ends_well(functools.partial(read_table, path)) != "file_too_slow"


@pytest.mark.parametrize("path", collected("generated", "ssrf", "html"))
def test_uploads_under_every_name(path: Path) -> None:
    raw = path.read_bytes()
    for name in (path.name, "x.pdf", "x.png", "x.docx", "x.txt"):
        ends_well(functools.partial(check_upload, name, raw))


def cases(made: Callable[[], Iterator[tuple[str, bytes]]]) -> list[Any]:
    return [pytest.param(raw, id=name) for name, raw in made()]


MAILS = {
    "nested parts": "file_unreadable nested",
    "nested mails": "file_unreadable nested",
    "many parts": "file_unreadable too_many_parts",
    "commas": "file_unreadable header_too_long",
    "semicolons": "file_unreadable header_too_long",
}
CALENDARS = {
    "every second": "file_unreadable repeats_too_often",
    "never": "read",
    "many dates": "file_unreadable field_too_long",
    "nested": "file_unreadable nested",
}
WORKBOOKS = {
    "plain": "read",
    "bomb": "file_unreadable zip_unsafe",
    "entity of a file": "file_unreadable malformed",
    "far corner": "file_unreadable crashed",
    "leads out": "file_unreadable zip_unsafe",
    "cut off": "file_unreadable malformed",
}
CSVS = {
    "open quote": "file_unreadable field_too_long",
    "zeros": "file_unreadable empty",
    "lines only": "file_unreadable empty",
    "many columns": "file_unreadable too_many_columns",
    "formulas": "read",
}


def check(outcome: str, expected: dict[str, str], request: pytest.FixtureRequest) -> None:
    """The outcome that is foreseen for this case; where none is, it was enough that it ended well."""
    name = request.node.callspec.id
    assert outcome == expected.get(name, outcome)


@pytest.mark.parametrize("raw", cases(make.mails))
def test_own_mails(raw: bytes, request: pytest.FixtureRequest) -> None:
    check(ends_well(functools.partial(read_mail, raw)), MAILS, request)


@pytest.mark.parametrize("raw", cases(make.calendars))
def test_own_calendars(raw: bytes, request: pytest.FixtureRequest) -> None:
    check(ends_well(functools.partial(read_invite, raw)), CALENDARS, request)


@pytest.mark.parametrize(("name", "outcome"), WORKBOOKS.items())
def test_own_workbooks_foreseen(name: str, outcome: str, workbooks: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(workbooks[name])
    assert ends_well(functools.partial(read_table, tmp_path / "t.xlsx")) == outcome


def test_own_workbooks(workbooks: dict[str, bytes], tmp_path: Path) -> None:
    for name, raw in workbooks.items():
        (tmp_path / "t.xlsx").write_bytes(raw)
        assert ends_well(functools.partial(read_table, tmp_path / "t.xlsx")) != "file_too_slow", name


@pytest.mark.parametrize("raw", cases(make.csvs))
def test_own_tables(raw: bytes, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "t.csv").write_bytes(raw)
    check(ends_well(functools.partial(read_table, tmp_path / "t.csv")), CSVS, request)


@pytest.fixture(scope="module")
def workbooks() -> dict[str, bytes]:
    return dict(make.workbooks())


@pytest.mark.skipif(not REAL.is_dir(), reason="the mails of real programs are not here")
def test_mails_of_real_programs_are_read() -> None:
    outcomes: dict[str, list[str]] = {}
    for path in sorted((REAL / "mail").rglob("*")):
        if path.suffix in (".eml", ".txt") and path.is_file():
            outcomes.setdefault(ends_well(functools.partial(read_mail, path.read_bytes())), []).append(path.name)
    assert set(outcomes) <= {"read", "file_unreadable empty"}
    assert len(outcomes["read"]) > 150


def test_reading_goes_on_afterwards() -> None:
    assert read_mail(b"From: a@example.org\r\n\r\nhello").text == "hello"
