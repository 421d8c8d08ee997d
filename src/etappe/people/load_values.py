"""The index of own fields' values, kept in step with what stands in the records."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

TABLES = {"account": "people_account", "person": "people_person", "deal": "deals_deal"}
"""Where the records of each subject stand. That of deals belongs to a room above, which calls this for its own rows."""

INDEXED = 500
"""Characters of a text that the index keeps; more would not fit into one of its entries."""

_DROP = (
    "DELETE FROM people_fieldvalue AS value USING people_field AS field "
    "WHERE field.id = value.field_id AND field.subject = %s AND value.record = ANY(%s)"
)
_WRITE = """
    INSERT INTO people_fieldvalue (field_id, record, "text", number, day)
    SELECT field.id, row.id,
           CASE WHEN field.kind = 'money' THEN item ->> 'currency'
                WHEN field.kind NOT IN ('number', 'date') THEN left(etappe_fold(item #>> '{{}}'), {limit}) END,
           CASE WHEN field.kind = 'number' THEN (item #>> '{{}}')::numeric
                WHEN field.kind = 'money' THEN (item ->> 'amount')::numeric END,
           CASE WHEN field.kind = 'date' THEN (item #>> '{{}}')::date END
    FROM {table} AS row
    JOIN people_field AS field ON field.subject = %s AND row.custom ? field.key
    CROSS JOIN LATERAL (
        SELECT CASE WHEN jsonb_typeof(value) = 'array' THEN value ELSE jsonb_build_array(value) END AS list
        FROM (SELECT row.custom -> field.key AS value) AS one
    ) AS several
    CROSS JOIN LATERAL jsonb_array_elements(several.list) AS item
    WHERE row.id = ANY(%s) AND row.custom <> '{{}}'::jsonb
"""


def index_values(subject: str, ids: Sequence[int]) -> None:
    """Write anew what the index holds of these records; `subject` is `account`, `person` or `deal`.

    For the actions that changed the records' `custom`, in their transaction; for one record or for a whole chunk.
    """
    keys = list(ids)
    if not keys:
        return
    statement = _WRITE.format(table=TABLES[subject], limit=INDEXED)
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [subject, keys])
        cursor.execute(statement, [subject, keys])
