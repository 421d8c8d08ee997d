"""Functions that say what a company's name and a phone number are found by."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

# Kept in step with `etappe.core.duplicates`: a test compares both.
KEYS = r"""
CREATE FUNCTION etappe_name_key(name text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = public, pg_catalog AS $$
DECLARE
    plain text := etappe_fold(name);
    words text;
    bare text;
BEGIN
    plain := replace(replace(replace(plain, 'ae', 'a'), 'oe', 'o'), 'ue', 'u');
    words := regexp_replace(replace(plain, '.', ''), '[^[:alnum:]]+', ' ', 'g');
    bare := regexp_replace(words,
        '\m(ab|ag|aps|as|asbl|bv|co|corp|corporation|ek|ev|eg|eur|gbr|gesellschaft|gesmbh|ggmbh|gmbh|inc|ltd|limited|kft'
        '|kg|kgaa|llc|llp|mbh|nv|ohg|og|oy|plc|pte|pty|sa|sagl|sarl|sas|se|sl|spa|srl|sro|stiftung|ug|vof|und|and'
        '|haftungsbeschrankt)\M', '', 'g');
    bare := replace(bare, ' ', '');
    RETURN CASE WHEN bare = '' THEN replace(words, ' ', '') ELSE bare END;
END $$;
CREATE FUNCTION etappe_phone_key(phone text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT CASE WHEN length(regexp_replace($1, '\D', '', 'g')) < 6 THEN ''
                      ELSE right(regexp_replace($1, '\D', '', 'g'), 8) END $$;
"""


class Migration(migrations.Migration):
    """The functions; the indexes on them are built by the next migration."""

    dependencies: ClassVar = [("people", "0004_phone_digits"), ("journal", "0002_append_only")]
    operations: ClassVar = [
        migrations.RunSQL(
            KEYS, reverse_sql="DROP FUNCTION etappe_name_key(text); DROP FUNCTION etappe_phone_key(text);"
        )
    ]
