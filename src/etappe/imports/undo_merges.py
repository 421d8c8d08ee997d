"""What an import made or changed and somebody merged since: found before it is taken back, and told where it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etappe.imports.models import Link, Run
from etappe.people.load_merged import absorbed, survivors

LISTED = 500
"""Records that are kept by name in a list of what stays."""

Named = Callable[[Sequence[int]], Sequence[Any]]


@dataclass(frozen=True)
class Merged:
    """Records that a run made, with those of its making that they were merged with.

    `into` are those that were merged away, with the record that each lives on in; `holding` are those into which
    records were merged that the run did not make.
    """

    records: list[int]
    into: Mapping[int, int]
    holding: Mapping[int, int]

    def leaving(self, needed: Iterable[int]) -> list[int]:
        """The records that can go: nobody needs them, and they hold nothing that others made."""
        staying = {*needed, *self.holding, *self.into}
        return [record for record in self.records if record not in staying]

    def left(self, leaving: Iterable[int]) -> dict[int, int]:
        """What stays because of a merge, and with which record: those whose survivor stays, and those that hold."""
        gone = set(leaving)
        return {away: stays for away, stays in self.into.items() if stays not in gone} | dict(self.holding)


def merged_among(run: Run, kind: str, records: Sequence[int]) -> Merged:
    """The records with all that the run made and that was merged with them, so that they are decided on together."""
    known = set(records)
    known |= _made(run, kind, survivors(kind, known).values())
    into = absorbed(kind, known)
    made = _made(run, kind, into)
    whole = known | made
    holding = {stays: away for away, stays in into.items() if away not in made and stays in whole}
    return Merged(sorted(whole), survivors(kind, whole), holding)


def _made(run: Run, kind: str, keys: Iterable[int]) -> set[int]:
    found = Link.objects.filter(kind=kind, record_id__in=list(keys), made=run.id, source=run.source_id)
    return {key for key in found.values_list("record_id", flat=True) if key is not None}


def remember_pairs(run: Run, what: str, kind: str, named: Named, pairs: Sequence[tuple[int, str]]) -> None:
    """Count records that stay, and keep some of them by name, each with the name of what it stays for."""
    if not pairs:
        return
    told = run.undone.setdefault(what, {"count": 0, "records": []})
    told["count"] += len(pairs)
    room = max(LISTED - len(told["records"]), 0)
    names = {each.id: each for each in named([key for key, _beside in pairs[:room]])}
    for key, beside in pairs[:room]:
        told["records"].append([kind, names[key].uid, names[key].name[:200], [beside[:200]]])


def remember_merged(run: Run, kind: str, named: Named, left: Mapping[int, int]) -> None:
    """Keep by name what stays because somebody merged it."""
    others = {each.id: each.name for each in named(sorted(set(left.values()))[:LISTED])}
    remember_pairs(run, "merged", kind, named, [(key, others.get(left[key], "")) for key in sorted(left)])
