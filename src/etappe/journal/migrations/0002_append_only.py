"""Extensions and the folding function that names sort by; nobody may change what the journal holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FOLD = """
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION etappe_fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = public, pg_catalog
    AS $$ SELECT lower(unaccent('unaccent'::regdictionary, $1)) $$;
"""

APPEND_ONLY = """
CREATE FUNCTION etappe_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION etappe_append_only();
CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION etappe_append_only();
CREATE TRIGGER journal_artefact_append_only BEFORE UPDATE OR DELETE ON journal_artefact
    FOR EACH ROW EXECUTE FUNCTION etappe_append_only();
CREATE TRIGGER journal_artefact_no_truncate BEFORE TRUNCATE ON journal_artefact
    FOR EACH STATEMENT EXECUTE FUNCTION etappe_append_only();
"""


class Migration(migrations.Migration):
    """Functions and triggers of the journal."""

    dependencies: ClassVar = [("journal", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(FOLD, reverse_sql="DROP FUNCTION etappe_fold(text)"),
        migrations.RunSQL(APPEND_ONLY, reverse_sql="DROP FUNCTION etappe_append_only() CASCADE"),
    ]
