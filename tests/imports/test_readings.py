"""How a file is read, where somebody knows better than what was made out."""

from __future__ import annotations

from pathlib import Path

import pytest

from etappe.core.errors import Refusal
from etappe.foreign.tables import sniff, wish_of


def test_what_somebody_says_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes("Stand;Mai\nName;Betrag\nM\xfcller;12\n".encode("cp1252"))
    guess = sniff(path, wish=wish_of("cp1252", ";", 2))
    assert (guess.columns, guess.header_row, guess.sample) == (("Name", "Betrag"), 2, (("M\xfcller", "12"),))
    assert sniff(path, wish=wish_of("cp850", ";", 2)).sample[0][0] != "M\xfcller"
    assert sniff(path, wish=wish_of("", ",", 1)).columns == ("Stand;Mai",)
    assert sniff(path, wish=wish_of(header_row=0)).columns == ("1", "2")
    assert sniff(path, wish=wish_of(header_row=99)).row_count == 0


@pytest.mark.parametrize("wrong", [("rot13", "", None), ("", "x", None), ("", "", -1), ("", "", 4000)])
def test_what_cannot_be_is_refused(wrong: tuple[str, str, int | None]) -> None:
    with pytest.raises(Refusal, match="reading_unknown"):
        wish_of(*wrong)
