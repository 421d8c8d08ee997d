"""Reading a table's cells: text, numbers, money, yes and no; and the key by which two spellings are one thing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

NOTHING = frozenset(
    r"""
    - -- --- – — ? n/a na n.a. #n/a #nv null none nan nil k.a. (leer) (blank) \n
    """.split()  # noqa: SIM905 # twenty quoted marks would be harder to read
) | frozenset(("", "k. a.", "n. a.", "(no value)", "(kein wert)"))
"""What people and programs write where there is no number, date or reference. A text field keeps such words."""

YES = frozenset({"true", "yes", "ja", "wahr", "1", "1.0", "y", "j", "x", "t", "oui", "si", "sí"})
NO = frozenset({"false", "no", "nein", "falsch", "0", "0.0", "n", "f", "non", ""})

CURRENCIES = frozenset(
    """
    AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW MAD MXN MYR NGN NOK
    NZD PEN PHP PKR PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD UYU VND ZAR
    """.split()  # noqa: SIM905 # fifty quoted codes would be harder to read
)
SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "₺": "TRY", "₽": "RUB", "kč": "CZK"}
"""Signs that mean one currency."""
SEVERAL = {
    "$": tuple("USD CAD AUD NZD SGD HKD MXN TWD ARS CLP COP".split()),  # noqa: SIM905 # as above
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
"""Signs that mean several: the workspace's currency where it is one of them, else the commonest, which stands first."""

COMMA, DOT = "1.234,56", "1,234.56"
"""The two ways to write a number, as they are shown and chosen."""

FORMULA = frozenset("=+-@|%＝＋－＠")
"""Signs that begin a formula in some spreadsheet."""

_LEADING = re.compile("[\\s\x00-\x20\x7f\u200b-\u200f\u2060\ufeff]+")
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")
_GROUPERS = str.maketrans("", "", "'’ \u00a0\u202f\u2009_")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufeff]")
_NUMBER = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)")
_PLAIN = {
    DOT: re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3})?(?:\.\d*)?"),
    COMMA: re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?"),
}
_TITLED = re.compile(r"\b[A-Z]{3}\b|[€£¥₹₺₽$]")
_MONEY_SIGN = re.compile(r"(?i)([€£¥₹₺₽]|\$|zł|kč|kr\.?|fr\.|\b[a-z]{3}\b)")


def tidy(text: str) -> str:
    """The text as it may be stored: without control characters, byte order marks and white space around it.

    The mark that keeps a spreadsheet from taking a cell for a formula is taken off again (see `formula_safe`).

    >>> tidy("  A\\x00cme\\ufeff "), tidy("'+49 30 1234")
    ('Acme', '+49 30 1234')
    """
    text = text.strip() if text.isprintable() else _UNPRINTABLE.sub("", text).strip()
    return text[1:] if text.startswith("'") and text[1:2] in FORMULA else text


def formula_safe(text: str) -> str:
    """The text for a cell of a CSV file, so that no spreadsheet takes it for a formula.

    >>> formula_safe("=1+1"), formula_safe(" \\t@SUM(1)"), formula_safe("Acme")
    ("'=1+1", "'@SUM(1)", 'Acme')
    """
    bare = text[found.end() :] if (found := _LEADING.match(text)) else text
    return f"'{bare}" if bare[:1] in FORMULA and bare else text.replace("\\0", "")


def fold_key(text: str) -> str:
    """What two spellings of one name have in common: letters and digits, without case, accents, blanks and signs.

    >>> fold_key("GTX Pro") == fold_key("GTXPro"), fold_key("Bäcker & Söhne"), fold_key("?!")
    (True, 'backersohne', '?!')
    """
    if text.isascii():
        folded = text.lower()
    else:
        folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    if folded.isalnum():
        return folded
    return "".join(filter(str.isalnum, folded)) or _BLANKS.sub(" ", folded).strip()


def is_nothing(text: str) -> bool:
    """Whether a cell of a number, date or reference says that there is none."""
    return not text or (len(text) <= 12 and text.strip().lower() in NOTHING)


def read_flag(text: str) -> bool | None:
    """Yes or no in the usual words of programs; None for anything else.

    >>> read_flag("TRUE"), read_flag("nein"), read_flag("maybe")
    (True, False, None)
    """
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None


def split_money(text: str) -> tuple[str, str]:
    """The bare number of a cell and the ISO code of the currency it names (empty for none, `$` for one of many).

    >>> split_money("1.234,56 €"), split_money("(USD 1,200)"), split_money("CHF 12'000.-")
    (('1.234,56', 'EUR'), ('-1,200', 'USD'), ('12000', 'CHF'))
    """
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return text, ""
    bare, code = _without_sign(text.strip())
    bare = bare.translate(_GROUPERS).replace("−", "-")
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    elif bare.endswith("-") and bare[:-1].rstrip(".,"):
        bare = bare[:-1].rstrip(".,") if bare[-2] in ".," else "-" + bare[:-1]
    return bare, code


def _without_sign(text: str) -> tuple[str, str]:
    found = _MONEY_SIGN.search(text)
    if not found:
        return text, ""
    sign = found[1].lower()
    code = SYMBOLS.get(sign) or (sign.upper() if sign.upper() in CURRENCIES else "CHF" if sign == "fr." else "")
    if not code and sign != "$" and not sign.startswith("kr"):
        return text, ""
    return text[: found.start()] + text[found.end() :], code or sign


def currency_of(sign: str, usual: str) -> str:
    """The currency that a sign or code means (see `split_money`), empty for none; `usual` is that of the workspace.

    >>> currency_of("$", "EUR"), currency_of("$", "CAD"), currency_of("kr.", "NOK"), currency_of("CHF", "EUR")
    ('USD', 'CAD', 'NOK', 'CHF')
    """
    meant = SEVERAL.get(sign.rstrip("."), (sign,) if sign in CURRENCIES else ("",))
    return usual if usual in meant else meant[0]


def currency_in(title: str, usual: str) -> str:
    """The currency that the title of a column names; empty for none.

    >>> currency_in("Betrag CHF", "EUR"), currency_in("Value ($)", "EUR"), currency_in("Try our price", "EUR")
    ('CHF', 'USD', '')
    """
    signs = [word for word in _TITLED.findall(title) if word in CURRENCIES or word in SYMBOLS or word in SEVERAL]
    return currency_of(SYMBOLS.get(signs[0], signs[0]), usual) if signs else ""


class NoNumber(ValueError):
    """The cell holds no number in this style."""


def read_number(text: str, style: str) -> Decimal:
    """The number in a cell, written in `style` (`COMMA` or `DOT`); raises NoNumber where it is none.

    >>> read_number("1.234,56", COMMA), read_number("1,234.56", DOT), read_number("12", COMMA)
    (Decimal('1234.56'), Decimal('1234.56'), Decimal('12'))
    """
    bare = split_money(text)[0]
    if not bare or not any(map(str.isdigit, bare)) or not _PLAIN[style].fullmatch(bare):
        return _scientific(bare)
    plain = bare.replace(".", "").replace(",", ".") if style == COMMA else bare.replace(",", "")
    return Decimal(plain)


def _scientific(bare: str) -> Decimal:
    """Numbers as spreadsheets write very large ones."""
    if re.fullmatch(r"[+-]?\d(?:[.,]\d{1,17})?[eE][+-]?\d{1,2}", bare):
        return Decimal(bare.replace(",", "."))
    raise NoNumber(bare[:40])


@dataclass
class NumberEvidence:
    """What the cells of a column show about the way its numbers are written."""

    comma: int = 0
    """Cells that can only have a decimal comma."""
    dot: int = 0
    """Cells that can only have a decimal point."""
    either: int = 0
    """Cells with one separator before three digits: `1.234` is a thousand or one and a bit."""
    plain: int = 0
    """Whole numbers without any separator."""
    leans: dict[str, int] = field(default_factory=lambda: {COMMA: 0, DOT: 0})
    """How the cells that could be either would be grouped."""

    def look(self, bare: str, times: int) -> bool:
        """Take a cell (as `split_money` bares it) into account; says whether it is a number at all."""
        if not _NUMBER.fullmatch(bare):
            return False
        last = max(bare.rfind(","), bare.rfind("."))
        if last < 0:
            self.plain += times
        else:
            self._separated(bare, last, times)
        return True

    def _separated(self, bare: str, last: int, times: int) -> None:
        mark, other = bare[last], "." if bare[last] == "," else ","
        if bare.count(mark) > 1:
            sure = COMMA if mark == "." else DOT
        elif other in bare or len(bare) - last != 4 or bare.lstrip("+-").startswith("0"):
            sure = COMMA if mark == "," else DOT
        else:
            self.either += times
            self.leans[COMMA if mark == "." else DOT] += times
            return
        if sure == COMMA:
            self.comma += times
        else:
            self.dot += times

    @property
    def cells(self) -> int:
        """Cells that are numbers."""
        return self.comma + self.dot + self.either + self.plain

    def style(self, hint: str | None = None) -> tuple[str, bool]:
        """The style and whether that is sure; `hint` is what other columns of the file say.

        >>> seen = NumberEvidence()
        >>> seen.look("1.234,56", 1), seen.style()
        (True, ('1.234,56', True))
        """
        if self.comma != self.dot:
            rarer, commoner = sorted((self.comma, self.dot))
            return (COMMA if self.comma > self.dot else DOT), rarer * 20 <= commoner
        if self.comma:
            return hint or DOT, False
        if self.either:
            return hint or max(self.leans, key=lambda style: self.leans[style]), hint is not None
        return hint or DOT, True
