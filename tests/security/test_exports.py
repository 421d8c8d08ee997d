"""What leaves as a file does no harm where it is opened."""

from __future__ import annotations

import pytest

from etappe.insights.export import harmless


@pytest.mark.parametrize("cell", ["=1", " =1", "\t=1", "\n=1", "\u200b=1", "\ufeff@A", "＝1+1", "|x", "%x", "-1+1"])
def test_no_cell_of_a_figure_begins_like_a_formula(cell: str) -> None:
    assert harmless(cell).startswith("'")
    assert harmless("Müller & Söhne") == "Müller & Söhne"
