"""A deal's place changes only together with its visit and its journal entry, whoever writes."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

GATE = """
CREATE FUNCTION etappe_deal_place_is_recorded() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_catalog AS $$
DECLARE
    here bigint := pg_current_xact_id()::text::bigint;
    deal deals_deal%ROWTYPE;
BEGIN
    -- Judge the deal as it stands at commit: it may have moved several times in this transaction.
    SELECT * INTO deal FROM deals_deal WHERE id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM deals_stagevisit visit
        WHERE visit.deal_id = deal.id AND visit.left_at IS NULL AND visit.xid = here
          AND visit.stage = deal.stage AND visit.status = deal.status
          AND visit.process_version_id = deal.process_version_id
    ) THEN
        RAISE EXCEPTION 'deal % changed stage, status or process without a visit', deal.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deal_place_is_recorded';
    END IF;
    -- "+ 0": found by the deal, which has few entries, and never by the transaction, which may have thousands.
    IF NOT EXISTS (SELECT 1 FROM journal_entry entry WHERE entry.deal_id = deal.id AND entry.xid + 0 = here) THEN
        RAISE EXCEPTION 'deal % changed stage, status or process without a journal entry', deal.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deal_place_is_recorded';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deal_place_is_recorded_on_insert AFTER INSERT ON deals_deal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION etappe_deal_place_is_recorded();
CREATE CONSTRAINT TRIGGER deal_place_is_recorded AFTER UPDATE ON deals_deal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.stage IS DISTINCT FROM NEW.stage OR OLD.status IS DISTINCT FROM NEW.status
          OR OLD.process_version_id IS DISTINCT FROM NEW.process_version_id)
    EXECUTE FUNCTION etappe_deal_place_is_recorded();
"""


class Migration(migrations.Migration):
    """The trigger at the gate."""

    dependencies: ClassVar = [("deals", "0001_initial"), ("journal", "0002_append_only")]
    operations: ClassVar = [
        migrations.RunSQL(GATE, reverse_sql="DROP FUNCTION etappe_deal_place_is_recorded() CASCADE")
    ]
