"""The folding function in half the time: it runs for every name that a search looks at and every row of an import.

It gives what it gave before, so the indexes over it stay as they are. All its names are qualified, so that it needs no
search path of its own.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FASTER = """
CREATE OR REPLACE FUNCTION etappe_fold(text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ BEGIN RETURN lower(public.unaccent('public.unaccent'::regdictionary, $1)); END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION etappe_fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = public, pg_catalog
    AS $$ SELECT lower(unaccent('unaccent'::regdictionary, $1)) $$;
"""


class Migration(migrations.Migration):
    """The same function, in the language that starts faster."""

    dependencies: ClassVar = [("journal", "0002_append_only")]
    operations: ClassVar = [migrations.RunSQL(FASTER, reverse_sql=BEFORE)]
