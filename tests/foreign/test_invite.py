"""Reading one invitation: times, people, and the limits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from etappe.core.errors import Refusal
from etappe.foreign.invite import parse_invite, read_invite
from tests.foreign.letters import ATTENDEE, calendar

REAL = Path(__file__).parents[2] / "../shared/data/mail_calendar_vcard/ics"


def refusal_of(raw: bytes) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        read_invite(raw)
    return caught.value.code, caught.value.params.get("reason")


def test_a_reply() -> None:
    facts = read_invite(calendar("LOCATION:Ulm\\, Saal 1", "SEQUENCE:2"))
    assert (facts.method, facts.uid, facts.summary, facts.location, facts.sequence) == (
        "REPLY",
        "meeting-1",
        "Accepted: Evaluation",
        "Ulm, Saal 1",
        2,
    )
    assert (facts.starts, facts.ends) == (datetime(2026, 6, 15, 8, tzinfo=UTC), datetime(2026, 6, 15, 9, tzinfo=UTC))
    assert facts.answered_at == datetime(2026, 6, 9, 8, tzinfo=UTC)
    assert facts.organizer is not None
    assert facts.organizer.address == "lena@vendor.example"
    assert [(each.name, each.address, each.answer) for each in facts.attendees] == [
        ("Eva Muster", "eva@kaeufer.example", "ACCEPTED")
    ]
    assert (facts.has_zone, facts.repeats, facts.is_all_day) == (True, False, False)


def moved(start: str, *lines: str) -> datetime | None:
    raw = calendar(*lines).replace(b"DTSTART;TZID=Europe/Berlin:20260615T100000", start.encode())
    return parse_invite(raw).starts


def test_zones() -> None:
    assert moved("DTSTART;TZID=W. Europe Standard Time:20260615T100000") == datetime(2026, 6, 15, 8, tzinfo=UTC)
    assert moved("DTSTART:20260615T100000Z") == datetime(2026, 6, 15, 10, tzinfo=UTC)
    assert moved("DTSTART:20260615T100000") == datetime(2026, 6, 15, 10, tzinfo=UTC)
    assert moved("DTSTART;VALUE=DATE:20260615") == datetime(2026, 6, 15, tzinfo=UTC)
    assert moved("DTSTART;TZID=../../etc/passwd:20260615T100000") == datetime(2026, 6, 15, 10, tzinfo=UTC)
    assert moved("DTSTART;TZID=Europe/Berlin:20260329T023000") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert moved("DTSTART:99999999T000000Z") is None


def zone(name: str, offset: str) -> str:
    return (
        f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )


def test_a_zone_of_the_files_own_is_believed_in_its_offset_only() -> None:
    own = calendar(around=zone("Customized Time Zone", "+0300")).replace(
        b"TZID=Europe/Berlin", b"TZID=Customized Time Zone"
    )
    assert parse_invite(own).starts == datetime(2026, 6, 15, 7, tzinfo=UTC)
    evil = calendar(around=zone("Europe/Berlin", "-1200"))
    assert parse_invite(evil).starts == datetime(2026, 6, 15, 8, tzinfo=UTC)
    beyond = calendar(around=zone("Customized Time Zone", "+9959")).replace(
        b"TZID=Europe/Berlin", b"TZID=Customized Time Zone"
    )
    assert (parse_invite(beyond).starts, parse_invite(beyond).has_zone) == (
        datetime(2026, 6, 15, 10, tzinfo=UTC),
        False,
    )


def test_length_instead_of_end() -> None:
    raw = calendar().replace(b"DTEND;TZID=Europe/Berlin:20260615T110000", b"DURATION:PT90M")
    assert parse_invite(raw).ends == datetime(2026, 6, 15, 9, 30, tzinfo=UTC)


def test_repetition_is_named_and_never_expanded() -> None:
    assert parse_invite(calendar("RRULE:FREQ=DAILY;COUNT=999999999")).repeats
    for often in ("SECONDLY", "MINUTELY", "HOURLY"):
        assert refusal_of(calendar(f"RRULE:FREQ={often}")) == ("file_unreadable", "repeats_too_often")
    assert refusal_of(calendar("RRULE:FREQ=SECON\r\n DLY")) == ("file_unreadable", "repeats_too_often")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", ("file_unreadable", "empty")),
        (b"hello", ("file_unreadable", "malformed")),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", ("file_unreadable", "no_event")),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 3000, ("file_unreadable", "nested")),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 3000, ("file_unreadable", "too_many_parts")),
        (calendar("RDATE:" + ",".join(["20260101T000000Z"] * 9000)), ("file_unreadable", "field_too_long")),
        (calendar("COMMENT:" + "x" * (1 << 20)), ("file_too_large", None)),
    ],
)
def test_limits(raw: bytes, expected: tuple[str, str | None]) -> None:
    assert refusal_of(raw) == expected


def test_links_and_files_of_an_invitation_are_left_alone() -> None:
    raw = calendar("ATTACH:http://169.254.169.254/", "URL:javascript:alert(1)", "SUMMARY:again")
    assert parse_invite(raw).summary == "Accepted: Evaluation"
    assert (
        parse_invite(calendar(attendees=(ATTENDEE.replace("mailto:eva@kaeufer.example", "http://x/"),)))
        .attendees[0]
        .address
        == ""
    )


@pytest.mark.skipif(not REAL.is_dir(), reason="the calendars of real programs are not here")
def test_invitations_of_real_programs() -> None:
    found, without = 0, []
    for path in sorted(REAL.rglob("*.ics")):
        raw = path.read_bytes()
        if b"METHOD:REQUEST" in raw and b"\nATTENDEE" in raw:
            facts = read_invite(raw)
            found += facts.organizer is not None and all("@" in each.address for each in facts.attendees)
        elif b"METHOD:REPLY" in raw:  # they answer about free time, not about an appointment
            without.append(refusal_of(raw))
    assert found >= 2
    assert set(without) == {("file_unreadable", "no_event")}
