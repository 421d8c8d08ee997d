"""Deals that a map, or taking one back, moved after an import brought them, and nobody since: they are unproven.

Some were kept as proven, from before that was known of maps. Their visits tell.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

UNPROVEN = """
WITH wrong AS (
    SELECT deal.id FROM deals_deal AS deal
    WHERE deal.basis IN ('remap', 'undo') AND deal.proof <> 'unproven' AND 'imported' = (
        SELECT visit.basis FROM deals_stagevisit AS visit
        WHERE visit.deal_id = deal.id AND visit.voided_at IS NULL AND visit.basis NOT IN ('remap', 'undo')
        ORDER BY visit.id DESC LIMIT 1
    )
), said AS (UPDATE deals_deal SET proof = 'unproven' WHERE id IN (SELECT id FROM wrong) RETURNING id)
UPDATE deals_stagevisit SET proof = 'unproven'
WHERE left_at IS NULL AND voided_at IS NULL AND deal_id IN (SELECT id FROM said)
"""


class Migration(migrations.Migration):
    """Says of these deals what they rest on; their stage and what was given for them stay."""

    dependencies: ClassVar = [("deals", "0018_open_deals_by_proof")]
    operations: ClassVar = [migrations.RunSQL(UNPROVEN, migrations.RunSQL.noop)]
