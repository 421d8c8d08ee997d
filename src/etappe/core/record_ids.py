"""Ids of records as Salesforce writes them: 15 characters, or the same 15 and three that check them.

Reports and old exports give the short form, the data export gives the long one, and the case of letters counts: the
three characters tell which of the letters before are capital ones, for programs that do not look at case.
Source: "What are the differences between 15 and 18 digit record IDs?", Salesforce Help.
"""

from __future__ import annotations

import re

_LONG = re.compile(r"[A-Za-z0-9]{15}[A-Z0-5]{3}", re.ASCII)
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def short_id(text: str) -> str:
    """The 15 characters of a long id; every other text as it is, such as one whose last three do not check.

    >>> short_id("001A0000006Vm9rIAC"), short_id("001A0000006Vm9r"), short_id("001A0000006Vm9rIAB")
    ('001A0000006Vm9r', '001A0000006Vm9r', '001A0000006Vm9rIAB')
    """
    return text[:15] if len(text) == 18 and _LONG.fullmatch(text) and text[15:] == checked(text[:15]) else text


def checked(short: str) -> str:
    """The three characters that tell of 15 which are capital letters: one for each five, the first the lowest bit.

    >>> checked("001A0000006Vm9r")
    'IAC'
    """
    fives = (short[at : at + 5] for at in (0, 5, 10))
    return "".join(_DIGITS[sum(char.isupper() << bit for bit, char in enumerate(five))] for five in fives)
