"""Products and definitions of stages: kept as the source says them, for other rows to refer to."""

from __future__ import annotations

import json
from collections.abc import Iterator

from etappe.core.values import fold_key
from etappe.imports.book import Book
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.base import Item, Loader, Sorted, Tally, links, says
from etappe.imports.models import Link
from etappe.journal.load import as_text


class ListLoader(Loader):
    """Rows that become no record of their own yet."""

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows with a name or key."""
        own, names = chunk.column("external_id"), chunk.column("name")
        others = [name for name in chunk.values if name not in ("external_id", "name")]
        for at, data in chunk.good():
            if not (own[at] or names[at]):
                chunk.bad.setdefault(at, Bad("field_required", {"field": "name"}))
                continue
            values = {name: chunk.values[name][at] for name in others}
            key = self.key_of(own[at], names[at])
            yield Item(at, key, says(name=names[at], **values, data=data))

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Keep them as links without a record."""
        self.book.add(links(parts.new, [None] * len(parts.new)))
        self.book.renew({known.id: as_text(item.says) for item, known in parts.changed})
        self.book.meet([known.id for _item, known in parts.same])
        tally.created, tally.changed, tally.unchanged = len(parts.new), len(parts.changed), len(parts.same)


class ProductLoader(ListLoader):
    """Products."""

    kind = "product"


class StageLoader(ListLoader):
    """Definitions of stages."""

    kind = "stage"


def product_names(book: Book) -> dict[str, str]:
    """What deals call a product (folded, or its key), and its name as the list of products has it."""
    names: dict[str, str] = {}
    rows = Link.objects.filter(source=book.source, kind="product").values_list("key", "seen")
    for key, seen in rows:
        name = json.loads(seen or "{}").get("name", "")
        if name:
            names[fold_key(name)] = name
            names[key] = name
    return names


def stage_names(book: Book) -> dict[str, str]:
    """The names of stages (folded), each with the key by which deals refer to it."""
    rows = Link.objects.filter(source=book.source, kind="stage", key__startswith="=").values_list("key", "seen")
    names = {key[1:]: str(json.loads(seen or "{}").get("name", "")) for key, seen in rows}
    return {fold_key(name): key for key, name in names.items() if name}
