"""What is new in a reply: the text without the mail it answers and without the signature; and what is a forward."""

from __future__ import annotations

import re
from typing import Final

_WROTE: Final = re.compile(
    r"^[ >]*(?:"
    r"(?:On|Am|Le|Il|El|Op|Den|W dniu)\b(?=.{0,300}[\d@]).{4,300}"
    r"(?:wrote|schrieb|a écrit|ha scritto|escribió|schreef|skrev|napisał)\b.{0,200}:?"
    r"|.{3,200}(?:<[^<>\s@]{1,64}@[^<>\s@]{1,99}>|\([^()\s@]{1,64}@[^()\s@]{1,99}\))"
    r".{0,60}(?:wrote|schrieb)(?: am .{4,60})?:"
    r"|(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})"
    r".{0,60}<[^<>\s@]{1,64}@[^<>\s@]{1,99}>(?: \w{2,12})?:?"
    r")\s*$",
    re.IGNORECASE,
)
_ORIGINAL: Final = re.compile(
    r"^[ >]*[-_*=]{2,}\s*(?:Original Message|Original Appointment|Ursprüngliche Nachricht"
    r"|Originalnachricht|Reply message|Urspr.{1,3}ngliche Mail|Message d'origine|Mensaje original"
    r"|Messaggio originale)\s*[-_*=]*\s*:?\s*$",
    re.IGNORECASE,
)
_FORWARDED: Final = re.compile(
    r"^[ ]*(?:[-_*=]{2,}\s*)?(?:Forwarded (?:message|by)|Weitergeleitete (?:Nachricht|Mail)|Begin forwarded message"
    r"|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|Message transféré|Mensaje reenviado|Messaggio inoltrato"
    r"|Weitergeleitet von)\b.{0,80}$",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(
    r"^[ >*]*(From|Von|De|Da|Sent|Gesendet|Envoyé|Date|Datum|To|An|À|Cc|Subject|Betreff|Objet)\s?\*?\s?:", re.IGNORECASE
)
_FROM: Final = frozenset({"from", "von", "de", "da"})
_RULE: Final = re.compile(r"^\s*[-_]{20,}\s*$")
_SIGNATURE: Final = re.compile(
    r"^\s*(?:--\s?|—|–)\s*$"
    r"|^\s*(?:-+\s*)?(?:Sent from (?:my|Outlook|Mail|Yahoo|AOL)|Sent via|Von meinem .{2,40} gesendet"
    r"|Gesendet von|Gesendet mit|Envoyé de(?:puis)? mon|Get Outlook for|Outlook für"
    r"|Diese Nachricht wurde von meinem).{0,80}$",
    re.IGNORECASE,
)
_FORWARD_SUBJECT: Final = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|wg|tr|rv|i|doorst|vs)\s?(?:\[\d+\]|\(\d+\))?\s?:", re.IGNORECASE
)
_MAX_LINES: Final = 20_000


def new_text(text: str) -> str:
    """The words written anew in a reply, without quotation and signature.

    >>> new_text("Tuesday is fine.\\n\\nOn Mon, 1 Jan 2026, Eva <eva@example.com> wrote:\\n> Tuesday?\\n")
    'Tuesday is fine.'
    >>> new_text("> Tuesday?\\nYes.\\n> At ten?\\nAt eleven.\\n-- \\nEva")
    'Yes.\\nAt eleven.'
    """
    lines = _joined(text.split("\n")[:_MAX_LINES])
    cut = _cut(lines)
    kept = lines[:cut] + _interleaved(lines[cut:])
    return _squeezed(_unsigned([line for line in kept if not line.lstrip().startswith((">", "|>"))]))


def is_forward(subject: str, text: str) -> bool:
    """Whether the text is somebody else's, passed on: a forward's mark comes first, or its subject and a header block.

    >>> is_forward("WG: Angebot", "Von: Eva <eva@example.com>\\nGesendet: Montag\\nBetreff: Angebot\\n\\nGern.")
    True
    >>> is_forward("AW: WG: Angebot", "Einverstanden.\\n\\n> Wir bieten an")
    False
    """
    lines = _joined(text.split("\n")[:_MAX_LINES])
    cut = _cut(lines)
    if cut < len(lines) and _FORWARDED.match(lines[cut]):
        return True
    return has_forward_subject(subject) and any(_is_header_block(lines, at) for at in range(len(lines)))


def _joined(lines: list[str]) -> list[str]:
    """`lines` with an introduction ("On ... wrote:") that was wrapped put back on one line."""
    result: list[str] = []
    at = 0
    while at < len(lines):
        span = _introduction(lines, at)
        result.append(" ".join(lines[at : at + span]))
        at += span
    return result


def _introduction(lines: list[str], at: int) -> int:
    """How many lines from `at` form one introduction; 1 where they do not."""
    if re.match(r"^[ >]*(?:On|Am|Le|Il|El|Op|Den)\b", lines[at]):
        for span in (2, 3):
            if not _WROTE.match(lines[at]) and _WROTE.match(" ".join(lines[at : at + span])[:600]):
                return span
    return 1


def _cut(lines: list[str]) -> int:
    """Where the mail that is answered or passed on begins; the number of lines where it does not."""
    for at in range(len(lines)):
        if _opens_quotation(lines, at):
            return at
    return len(lines)


def _opens_quotation(lines: list[str], at: int) -> bool:
    line = lines[at][:600]
    if _ORIGINAL.match(line) or _FORWARDED.match(line):
        return True
    if _WROTE.match(line):
        return not line.lstrip().startswith(">") or _all_quoted(lines[at:])
    return _is_header_block(lines, at) or bool(_RULE.match(line) and _is_header_block(lines, _next_line(lines, at)))


def _next_line(lines: list[str], at: int) -> int:
    return next((i for i in range(at + 1, min(at + 4, len(lines))) if lines[i].strip()), at)


def _is_header_block(lines: list[str], at: int) -> bool:
    """Whether the headers of another mail begin at line `at`: three of them close together, a sender among them."""
    if not _HEADER.match(lines[at]):
        return False
    names = {found.group(1).lower() for line in lines[at : at + 8] if (found := _HEADER.match(line))}
    return len(names) >= 3 and not names.isdisjoint(_FROM)


def _all_quoted(lines: list[str]) -> bool:
    return all(line.lstrip().startswith(">") or not line.strip() for line in lines)


def _interleaved(quotation: list[str]) -> list[str]:
    """Answers written between quoted lines; none where the quotation is not marked line by line."""
    if not quotation or not _WROTE.match(quotation[0][:600]):
        return []
    body = quotation[1:]
    first = next((line for line in body if line.strip()), "")
    return body if first.lstrip().startswith(">") else []


def _unsigned(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if _SIGNATURE.match(line[:200]):
            return lines[:at]
    return lines


def _squeezed(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def has_forward_subject(subject: str) -> bool:
    """Whether the subject begins as the subject of a forward does.

    >>> has_forward_subject("Fwd: Offer"), has_forward_subject("Re: Fwd: Offer")
    (True, False)
    """
    return bool(_FORWARD_SUBJECT.match(subject))
