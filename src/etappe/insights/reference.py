"""The reference page of figures and facts: `python -m etappe.insights.reference` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import override

from etappe.insights.catalogue import CATALOGUE
from etappe.insights.catalogue.waiting import WAITING
from etappe.insights.metric import Metric
from etappe.insights.standing import DIMENSIONS
from etappe.insights.tables import FACTS, Fact

HEAD = """\
# Figures

Every figure there is, as pages, `etappe report KEY` and the API give it. This page is made from the catalogue
(`python -m etappe.insights.reference`); a test compares them. How to read a figure: `docs/concepts/figures.md`.

Each can be split (`--by`) by: {splits}; and asked for as of the end of any past day (`--as-of`).
"""
FIELDS = """\
## What comes back

`etappe report KEY --format json` gives:

| Field | Meaning |
| --- | --- |
| `metric`, `by` | key of the figure; what it is split by |
| `unit` | `share`, `days`, `deals`, `deals_per_year`, `amount`, `amount_per_day` or `times` |
| `value`, `interval` | headline and 95 % interval `[low, high]`; null below the minimum or beyond what was watched |
| `n`, `cases`, `minimum` | deals in the figure; how many of them say something about the value; how many it takes |
| `as_of`, `seen_since` | last day looked at; an earlier day up to which some imported deals were seen, or null |
| `rows` | one object per segment, stage or reading; amounts are texts with four places, never added over currencies |
| `left_out` | how many deals are not in the figure, per reason |
| `series` | curves as steps: height `y` with its 95 % bounds from `x` on, until the next `x` |
| `needs` | the data that the figure waits for, or null |
| `definition`, `sql` | the definition in words; the statement that was run |
| `engine`, `facts_at` | what ran it; when its facts were read, or null where it was the database itself |
| `records` | the filters that list the deals behind the headline |
| `beside` | the figure without which this one must not be read, in short, or null |
"""


def reference() -> str:
    """The page, in English."""
    with override("en"):
        figures = "\n".join(line for metric in (*CATALOGUE.values(), *WAITING.values()) for line in _figure(metric))
        splits = ", ".join(f"`{field}`" for field in DIMENSIONS)
        facts = "\n".join(line for name, fact in FACTS.items() for line in _fact(name, fact))
        return f"{HEAD.format(splits=splits)}\n{figures}\n{FIELDS}\n## Facts\n\n{facts}"


def _figure(metric: Metric) -> Iterator[str]:
    yield f"## {metric.title} (`{metric.key}`)\n"
    yield f"{metric.definition}\n"
    if metric.needs:
        yield f"Waits for: {metric.needs}.\n"
        return
    sources = ", ".join(f"`{name}`" for name in metric.sources)
    yield from _table(
        ("", ""),
        (
            ("Unit", metric.unit),
            ("Denominator", metric.denominator),
            ("Window", metric.window),
            ("Interval", metric.method),
            ("Least number of cases", metric.minimum),
            ("Facts", sources),
            *([("Can be asked for", ", ".join(f"`{name}`" for name in metric.options))] if metric.options else []),
            ("Records behind it", _filters(metric.records)),
        ),
    )


def _filters(records: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}={value}`" for name, value in records.items())


def _fact(name: str, fact: Fact) -> Iterator[str]:
    yield f"### `{name}`\n"
    yield f"{fact.about}\n"
    columns = ((f"`{column}`", kind, meaning) for column, (kind, meaning) in fact.columns.items())
    yield from _table(("Column", "Type", "Meaning"), columns)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"
    yield ""


if __name__ == "__main__":
    import django

    django.setup()
    print(reference(), end="")  # noqa: T201 - a command of its own
