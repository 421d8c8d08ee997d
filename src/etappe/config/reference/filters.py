"""The page of the language of filters and of all fields."""

from __future__ import annotations

from collections.abc import Iterator

from etappe.config.reference.markdown import code, joined, table
from etappe.core.actor import SYSTEM
from etappe.core.filter_days import PERIODS
from etappe.core.filters import CONDITIONS, DEPTH, LENGTH, VALUES
from etappe.journal.filtering import OPS, Field
from etappe.records.lists import COLUMNS, SUBJECTS

HEAD = f"""# Filters

One text filters lists everywhere: in the address of a page (`?where=`), in the API (`?where=`) and on the command line
(`etappe list deals --where '...' --as EMAIL`). How to use it: [Lists](../guide/lists.md).

```
owner = me and stage in (evaluation, "Need confirmed") and not (amount > 10000 or tags = key)
```

- A condition is a field, a comparison and a value: `=`, `!=`, `<`, `<=`, `>`, `>=`, `~` (contains), `!~`, `in (a, b)`,
  `not in (a, b)`, `not >=` (not since: earlier, or never), `is empty`, `is not empty`.
- `not` binds closest, then `and`, then `or`; brackets group.
- A value of several words stands in quotation marks; within them `\\"` is a quotation mark and `\\\\` a backslash.
- Texts are compared whatever their case and accents. Stages, states and other choices go by key or by name.
- Every condition is true or false. What a record does not have is neither above nor below anything, so
  `not amount > 1000` and `amount != 1000` leave deals without an amount, too.
- What somebody may not see does not exist for their filters: the country of a private account is empty.
- `me` is whoever asks, `my_team` the teams they see. In quotation marks both are plain words.
- An amount is a number such as `10000`, whatever the currency, or `"10000 EUR"`.
- A day is `2026-03-31` or `31.03.2026`, a month `2026-03`, or a word: {code(PERIODS)}.
  Steps move it: `today-14d`, `today+2w`, `this_month-1m`, `this_year-1y`. `=` means within, `<` before its first day,
  `>` after its last. Moments count by the day they have in the workspace's zone.

At most {CONDITIONS} conditions, {VALUES} values in a list, {DEPTH} brackets within each other, {LENGTH:,} characters,
{COLUMNS} columns. Whatever cannot be read is refused with its place and what could stand there.
"""


def page() -> str:
    """The page."""
    ways = table(("Kind of field", "Compared by"), ((f"`{kind}`", code(ops)) for kind, ops in OPS.items()))
    return joined([HEAD, ways, *_subjects()])


def _subjects() -> Iterator[str]:
    for subject in SUBJECTS.values():
        yield f"## {subject.key.capitalize()}"
        yield f"Shown unless said otherwise: {code(subject.columns)}, sorted by `{subject.sort}`."
        known = subject.fields(SYSTEM, False)
        rows = ((f"`{field.key}`", field.kind, field.name, *_able(field)) for field in known)
        yield table(("Field", "Kind", "What it is", "Column", "Sorts"), rows)
    yield "## Own fields\n\nWhat the workspace defined is `custom.KEY`; of an account `account.custom.KEY`."


def _able(field: Field) -> tuple[str, str]:
    return "yes" if field.value is not None else "", "yes" if field.order else ""
