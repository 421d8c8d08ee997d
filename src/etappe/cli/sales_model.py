"""`etappe report sales_model`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from etappe.core.actor import Actor

KEY, TITLE = "sales_model", "How you sell, measured beside what was said"


def told(shape: str, viewer: Actor) -> str:
    """The four questions as measured, beside what was said."""
    from etappe.insights.process import model, model_texts
    from etappe.journal.clock import now
    from etappe.web.sales_model_words import ANSWERS, MODELS, QUESTIONS

    if shape == "csv":
        raise click.UsageError("The sales model is printed as table or json.")
    found = model.run(viewer, now())
    said = model_texts.headline(found, MODELS)
    if shape == "json":
        return json.dumps({**model.as_json(found), "verdict": said}, ensure_ascii=False, indent=2)
    lines = [said, f"n {found.n}, {found.since.isoformat()} .. {found.as_of.isoformat()}"]
    for each in found.measured.measures:
        lines += ["", str(QUESTIONS[each.question])]
        lines += [f"  {line}" for line in (*model_texts.told(found, each, ANSWERS), *model_texts.basis(each))]
    return "\n".join(lines)
