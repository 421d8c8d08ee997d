"""A person as a vCard, as address books read it: version 4.0 (RFC 6350), or 3.0 (RFC 2426) for older ones.

Written here and not by a library: those there are either read and write 3.0 only, or bring a program of their own. It
is one page of rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

VERSIONS: Final = ("4.0", "3.0")
_WIDTH: Final = 75
"""Bytes of a line, without its end."""
_ESCAPED: Final = str.maketrans(
    {
        "\\": "\\\\",
        ";": "\\;",
        ",": "\\,",
        "\n": "\\n",
        "\r": None,
        **{chr(code): " " for code in range(32) if code not in (10, 13)},
    }
)


def card(person: Mapping[str, str], version: str = "4.0") -> str:
    """The person as a vCard. Keys are columns of a person, `account` and `uid`; what is empty is left out.

    >>> print(card({"uid": "7", "name": "Jörg Groß; Chef", "email": "j@g.example"}).replace(chr(13), ""))
    BEGIN:VCARD
    VERSION:4.0
    UID:urn:uuid:7
    FN:Jörg Groß\\; Chef
    N:;Jörg Groß\\; Chef;;;
    EMAIL;TYPE=work:j@g.example
    END:VCARD
    <BLANKLINE>
    """
    lines = ["BEGIN:VCARD", f"VERSION:{version}", *_lines(person, version), "END:VCARD"]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _lines(person: Mapping[str, str], version: str) -> list[str]:
    said = {column: person.get(column, "").translate(_ESCAPED) for column in _COLUMNS}
    given = said["given_name"] or ("" if said["family_name"] else said["name"])
    values = [
        ("UID", f"urn:uuid:{said['uid']}" if said["uid"] else ""),
        ("FN", said["name"] or said["email"]),
        ("N", f"{said['family_name']};{given};;;"),
        ("ORG", f"{said['account']};{said['department']}".rstrip(";") if said["account"] or said["department"] else ""),
        ("TITLE", said["job_title"]),
        ("EMAIL;TYPE=work" if version == "4.0" else "EMAIL;TYPE=INTERNET,WORK", said["email"]),
        (_phone("work,voice", version), said["phone"]),
        (_phone("cell", version), said["mobile"]),
        ("URL", _address(person.get("profile", ""))),
        ("LANG", said["language"] if version == "4.0" else ""),
    ]
    return [f"{name}:{value}" for name, value in values if value]


_COLUMNS: Final = (
    "uid", "name", "given_name", "family_name", "account", "department", "job_title", "email", "phone", "mobile",
    "language",
)  # fmt: skip


def _phone(types: str, version: str) -> str:
    if version == "4.0":
        return f'TEL;TYPE="{types}"' if "," in types else f"TEL;TYPE={types}"
    return f"TEL;TYPE={types.upper()}"


def _address(url: str) -> str:
    """A web address as it stands, for commas and semicolons mean themselves there; nothing that breaks a line."""
    return "".join(letter for letter in url if letter.isprintable() and letter != " ")


def folded(line: str) -> str:
    """The line broken after at most 75 bytes each, never within a letter; what follows begins with a blank.

    >>> max(len(part.encode()) for part in folded("NOTE:" + "ö" * 100).split("\\r\\n"))
    75
    """
    parts: list[str] = []
    part, size = "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > _WIDTH:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + length
    return "\r\n".join([*parts, part])
