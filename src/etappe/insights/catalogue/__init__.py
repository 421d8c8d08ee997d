"""Every metric there is, once."""

from __future__ import annotations

from collections.abc import Mapping

from etappe.insights.catalogue.bottlenecks import BOTTLENECKS
from etappe.insights.catalogue.coverage import COVERAGE
from etappe.insights.catalogue.data_quality import DATA_QUALITY
from etappe.insights.catalogue.deal_size import DEAL_SIZE
from etappe.insights.catalogue.eventual_win_rate import EVENTUAL_WIN_RATE
from etappe.insights.catalogue.interest import INTEREST
from etappe.insights.catalogue.lead_conversion import LEAD_CONVERSION
from etappe.insights.catalogue.lead_inflow import LEAD_INFLOW
from etappe.insights.catalogue.open_deals_beyond import OPEN_DEALS_BEYOND
from etappe.insights.catalogue.passed_and_won import PASSED_AND_WON
from etappe.insights.catalogue.response_time import RESPONSE_TIME
from etappe.insights.catalogue.sales_cycle import SALES_CYCLE
from etappe.insights.catalogue.stage_conversion import STAGE_CONVERSION
from etappe.insights.catalogue.stage_now import STAGE_NOW
from etappe.insights.catalogue.stage_time import STAGE_TIME
from etappe.insights.catalogue.time_not_won import TIME_NOT_WON
from etappe.insights.catalogue.touchpoints import TOUCHPOINTS
from etappe.insights.catalogue.velocity import VELOCITY
from etappe.insights.catalogue.win_rate import WIN_RATE
from etappe.insights.metric import Metric

CATALOGUE: Mapping[str, Metric] = {
    metric.key: metric
    for metric in (
        STAGE_NOW, WIN_RATE, EVENTUAL_WIN_RATE, SALES_CYCLE, OPEN_DEALS_BEYOND, STAGE_CONVERSION,
        PASSED_AND_WON, STAGE_TIME, DEAL_SIZE, VELOCITY, COVERAGE, TIME_NOT_WON, BOTTLENECKS, LEAD_INFLOW,
        LEAD_CONVERSION, RESPONSE_TIME, TOUCHPOINTS, INTEREST, DATA_QUALITY,
    )
}  # fmt: skip
