"""Read one invitation or the answer to one (.ics), without ever expanding what repeats.

Zones are taken by name only: a file's own definition of a zone is cut out before parsing, and of a zone that nobody
knows by name only its offset is believed, within what exists on earth.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from etappe.core.mail_facts import Attendee, InviteFacts
from etappe.foreign import child
from etappe.foreign.reasons import Reason, too_large, unreadable
from etappe.foreign.text import decoded, one_line

MAX_BYTES: Final = 1 << 20
SECONDS: Final = 5.0
MEGABYTES: Final = 200
_MAX_COMPONENTS: Final = 500
_MAX_DEPTH: Final = 8
_MAX_LINE: Final = 64 << 10
_MAX_ATTENDEES: Final = 500
_MAX_DAYS_SHIFTED: Final = timedelta(hours=14)
_FOLD: Final = re.compile(r"\r?\n[ \t]")
_BEGIN_END: Final = re.compile(r"^(BEGIN|END):", re.IGNORECASE | re.MULTILINE)
_TOO_OFTEN: Final = re.compile(r"FREQ=(?:SECOND|MINUTE|HOUR)LY", re.IGNORECASE)
_ZONE: Final = re.compile(r"^BEGIN:VTIMEZONE\s*$.*?^END:VTIMEZONE\s*$\n?", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_ZONE_NAME: Final = re.compile(r"^TZID[^:\n]*:(.{1,200})$", re.IGNORECASE | re.MULTILINE)
_OFFSET: Final = re.compile(r"^TZOFFSETTO[^:\n]*:([+-])(\d{2})(\d{2})\d{0,2}\s*$", re.IGNORECASE | re.MULTILINE)
_KNOWN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")


def read_invite(raw: bytes) -> InviteFacts:
    """The facts of the calendar file in `raw`, read in a child process; a refusal `file_*` where it cannot be read."""
    _check_size(raw)
    return child.run(parse_invite, raw, seconds=SECONDS, megabytes=MEGABYTES)


def parse_invite(raw: bytes) -> InviteFacts:
    """What `read_invite` runs in the child."""
    text = _checked_text(raw)
    offsets = _offsets(text)
    try:
        calendar = Calendar.from_ical(_ZONE.sub("", text))
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise unreadable(Reason.MALFORMED) from error
    events = [part for part in calendar.walk("VEVENT") if isinstance(part, Event)]
    if not events:
        raise unreadable(Reason.NO_EVENT)
    return _facts(_word(calendar, "METHOD").upper(), events, offsets)


def _check_size(raw: bytes) -> None:
    if len(raw) > MAX_BYTES:
        raise too_large(len(raw), MAX_BYTES)


def _checked_text(raw: bytes) -> str:
    _check_size(raw)
    if not raw.strip():
        raise unreadable(Reason.EMPTY)
    text = _FOLD.sub("", decoded(raw.removeprefix(b"\xef\xbb\xbf"))).replace("\r\n", "\n").replace("\r", "\n")
    _check_depth(text)
    if _TOO_OFTEN.search(text):
        raise unreadable(Reason.REPEATS_TOO_OFTEN)
    if max(map(len, text.split("\n"))) > _MAX_LINE:
        raise unreadable(Reason.FIELD_TOO_LONG, limit=_MAX_LINE)
    return text.lstrip()


def _check_depth(text: str) -> None:
    depth = 0
    for count, found in enumerate(_BEGIN_END.finditer(text), start=1):
        depth += 1 if found.group(1).upper() == "BEGIN" else -1
        if depth > _MAX_DEPTH:
            raise unreadable(Reason.NESTED, limit=_MAX_DEPTH)
        if count > 2 * _MAX_COMPONENTS:
            raise unreadable(Reason.TOO_MANY_PARTS, limit=_MAX_COMPONENTS)


def _offsets(text: str) -> dict[str, tzinfo]:
    """The standard offset of each zone that the file defines itself, as a fixed zone."""
    found: dict[str, tzinfo] = {}
    for block in _ZONE.findall(text):
        name, offset = _ZONE_NAME.search(block), _standard_offset(block)
        if name and offset is not None:
            found[name.group(1).strip()] = timezone(offset)
    return found


def _standard_offset(block: str) -> timedelta | None:
    standard = re.split("BEGIN:STANDARD", block, maxsplit=1, flags=re.IGNORECASE)[-1]
    found = _OFFSET.search(standard)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    return offset if abs(offset) <= _MAX_DAYS_SHIFTED else None


def _facts(method: str, events: list[Event], offsets: dict[str, tzinfo]) -> InviteFacts:
    event = events[0]
    uid = _word(event, "UID")
    starts, has_zone = _moment(event, "DTSTART", offsets)
    ends, _ = _moment(event, "DTEND", offsets)
    answered_at, _ = _moment(event, "DTSTAMP", offsets)
    return InviteFacts(
        method=method,
        uid=uid,
        appointments=len({_word(each, "UID") for each in events}),
        sequence=_number(event, "SEQUENCE"),
        summary=_word(event, "SUMMARY"),
        location=_word(event, "LOCATION"),
        status=_word(event, "STATUS").upper(),
        starts=starts,
        ends=ends or _end_by_duration(event, starts),
        is_all_day=type(_value(event, "DTSTART")) is date,
        has_zone=has_zone,
        repeats="RRULE" in event or "RDATE" in event,
        organizer=next(iter(_people(event, "ORGANIZER")), None),
        attendees=_all_attendees(events, uid),
        answered_at=answered_at,
    )


def _all_attendees(events: list[Event], uid: str) -> tuple[Attendee, ...]:
    """The attendees of the appointment over all its occurrences in the file, each answer once."""
    found = [person for event in events if _word(event, "UID") == uid for person in _people(event, "ATTENDEE")]
    return tuple(dict.fromkeys(found))[:_MAX_ATTENDEES]


def _people(event: Event, name: str) -> list[Attendee]:
    values = event.get(name, [])
    values = values if isinstance(values, list) else [values]
    return [_person(value) for value in values[:_MAX_ATTENDEES]]


def _person(value: Any) -> Attendee:
    params = {key.upper(): one_line(str(item), 250) for key, item in getattr(value, "params", {}).items()}
    return Attendee(
        name=params.get("CN", "").strip('"'),
        address=_mailbox(str(value)),
        answer=params.get("PARTSTAT", "NEEDS-ACTION").upper(),
        role=params.get("ROLE", "REQ-PARTICIPANT").upper(),
        sent_by=_mailbox(params.get("SENT-BY", "").strip('"')),
    )


def _mailbox(uri: str) -> str:
    address = uri.strip()
    address = address[7:] if address.lower().startswith("mailto:") else address
    return one_line(address, 320) if "@" in address else ""


def _word(part: Any, name: str) -> str:
    value = part.get(name, "")
    value = value[0] if isinstance(value, list) and value else value
    return one_line(str(value), 1000)


def _number(event: Event, name: str) -> int:
    try:
        return max(0, min(int(_word(event, name) or 0), 2**31 - 1))
    except ValueError:
        return 0


def _value(event: Event, name: str) -> Any:
    """The time or length of a property; None where it has none or a broken one."""
    value = event.get(name)
    try:
        return getattr(value[0] if isinstance(value, list) and value else value, "dt", None)
    except (ValueError, TypeError):
        return None


def _moment(event: Event, name: str, offsets: dict[str, tzinfo]) -> tuple[datetime | None, bool]:
    """The time of a property in UTC, and whether its zone is known; a day begins at midnight."""
    value = _value(event, name)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone follows below
    if not isinstance(value, datetime):
        return None, False
    zone = value.tzinfo or _zone(event, name, offsets)
    try:
        return value.replace(tzinfo=zone or UTC).astimezone(UTC), zone is not None
    except (OverflowError, ValueError):
        return None, False


def _zone(event: Event, name: str, offsets: dict[str, tzinfo]) -> tzinfo | None:
    given = event.get(name)
    wanted = str(getattr(given, "params", {}).get("TZID", "")).strip('" ')
    known = str(WINDOWS_TO_OLSON.get(wanted, wanted)).removeprefix("/")
    if _KNOWN_NAME.fullmatch(known):
        try:
            return ZoneInfo(known)
        except (OSError, ValueError, LookupError):
            pass
    return offsets.get(wanted)


def _end_by_duration(event: Event, starts: datetime | None) -> datetime | None:
    length = _value(event, "DURATION")
    if starts is None or not isinstance(length, timedelta):
        return None
    try:
        return starts + length
    except OverflowError:
        return None
