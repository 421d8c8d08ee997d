"""Figures that wait for data: what they will say, and what has to be recorded first. None of them is guessed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from etappe.insights.metric import Metric, nothing

_LATER = _("once there are data")


def _waiting(key: str, title: Promise, unit: str, definition: Promise, denominator: Promise, needs: Promise) -> Metric:
    return Metric(
        key=key,
        title=title,
        unit=unit,
        definition=definition,
        denominator=denominator,
        window=_LATER,
        method=_LATER,
        minimum=1,
        sources=(),
        build=nothing,
        finish=nothing,
        needs=needs,
    )


_COSTS = _("cost of marketing and sales by month")
_FEES = _("orders and recurring fees of customers")

WAITING: Mapping[str, Metric] = {
    metric.key: metric
    for metric in (
        _waiting(
            "churn",
            _("Churn"),
            "share",
            _("Customers that cancelled within a year, as a share of those that could have."),
            _("customers at the start of the window"),
            _FEES,
        ),
        _waiting(
            "cac",
            _("Cost of a new customer"),
            "amount",
            _("Cost of marketing and sales in a window, per new customer won in it."),
            _("new customers won in the window"),
            _COSTS,
        ),
        _waiting(
            "ltv",
            _("Value of a customer"),
            "amount",
            _("Margin that a customer brings until it leaves, with customers that are still here counted as such."),
            _("all customers"),
            _FEES,
        ),
        _waiting(
            "ltv_cac",
            _("Value of a customer to its cost"),
            "times",
            _("Value of a customer divided by the cost of winning one."),
            _("cost of a new customer"),
            _("cost of marketing and sales by month, and orders and recurring fees of customers"),
        ),
        _waiting(
            "payback",
            _("Months to pay back"),
            "days",
            _("Time until the margin of a new customer has paid for winning it."),
            _("all new customers"),
            _("cost of marketing and sales by month, and orders and recurring fees of customers"),
        ),
        _waiting(
            "roi",
            _("Return by channel and campaign"),
            "share",
            _("Margin of what came from a channel or campaign, less its cost, as a share of its cost."),
            _("cost of the channel or campaign"),
            _("cost by channel and campaign, and the touches that led to each deal"),
        ),
    )
}
