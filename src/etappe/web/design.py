"""The living page of parts: every part in every state, drawn by the same tags as everywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from etappe.core.evidence import Strength
from etappe.core.process import Proof, Status
from etappe.web.shell import Request, say, show
from etappe.web.templatetags.parts import ICONS

COLOURS = ("paper", "raised", "sunk", "line", "edge", "ink", "soft", "accent", "warn", "bad")


class Specimen(forms.Form):
    """A form with one field of every sort."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As the buyer writes it."))
    amount = forms.DecimalField(label=gettext_lazy("Deal value (expected)"), required=False, decimal_places=2)
    role = forms.ChoiceField(
        label=gettext_lazy("Role in the buying centre"),
        choices=[("decider", gettext_lazy("Decider")), ("champion", gettext_lazy("Champion"))],
    )
    since = forms.DateField(label=gettext_lazy("Buyer looking since"), widget=forms.DateInput({"type": "date"}))
    note = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea({"rows": 3}), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Evidence"),
        widget=forms.RadioSelect,
        choices=[("reply", gettext_lazy("Buyer's mail")), ("booking", gettext_lazy("Accepted invitation"))],
    )
    mail = forms.FileField(label=gettext_lazy("File"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("Agreed with the buyer"), required=False)


@dataclass(frozen=True)
class DesignPage:
    """What the living page shows."""

    form: Specimen
    wrong: Specimen
    rows: list[dict[str, Any]]
    moments: list[Any]
    strengths: list[Strength] = field(default_factory=lambda: list(reversed(Strength)))
    proofs: list[Proof] = field(default_factory=lambda: list(Proof))
    statuses: list[Status] = field(default_factory=lambda: list(Status))
    colours: tuple[str, ...] = COLOURS
    icons: list[str] = field(default_factory=lambda: sorted(ICONS))


@require_http_methods(["GET", "POST"])
def design(request: Request) -> HttpResponse:
    """Every part in all its states; a POST only shows a message, with its undo."""
    if request.method == "POST":
        undone = "undone" in request.GET
        say(request, _("Undone.") if undone else _("Saved."), undo="" if undone else "?undone")
    wrong = Specimen({"name": "", "amount": "12.345", "role": "nobody"})
    wrong.full_clean()
    moments = [request.at - timedelta(hours=hours) for hours in (2, 30, 400, 2000)]
    page = DesignPage(form=Specimen(auto_id="a_%s"), wrong=wrong, rows=_rows(request.at), moments=moments)
    if "sheet" in request.GET:
        return show(request, "design/design.html", page, part="sheet", into="panel")
    return show(request, "design/design.html", page, part="answer")


def _rows(at: datetime) -> list[dict[str, Any]]:
    deals = (
        (_("Renewal of line 3"), "Brenner Anlagenbau GmbH", "1234.56", Proof.PROVEN, 12),
        (_("Framework agreement"), "Aare Logistik AG", "1250000", Proof.OVERRIDDEN, -3),
        ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", "Nordkai", "98", Proof.UNPROVEN, 90),
    )
    keys = ("name", "account", "amount", "proof", "on")
    return [
        dict(zip(keys, (name, account, Decimal(amount), held, at + timedelta(days=away)), strict=True))
        for name, account, amount, held, away in deals
    ]
