"""Deals: where they stand, since when, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from etappe.core.deal_fields import NAME_LIMIT
from etappe.core.history import Present, way_of
from etappe.core.process import Status
from etappe.core.values import fold_key
from etappe.deals.load import NewDeal, Wanted, change_deals, create_deals, join_centres, seen_before
from etappe.imports.book import Known, own_key
from etappe.imports.convert import Bad, Chunk
from etappe.imports.loaders.accounts import Accounts
from etappe.imports.loaders.base import Item, Loader, Setting, Sorted, Tally, is_key_title, links, says, settled
from etappe.imports.loaders.lists import product_names
from etappe.imports.loaders.owners import NOBODY, Owner, Owners
from etappe.imports.loaders.pasts import Pasts, Said
from etappe.imports.loaders.people import People
from etappe.imports.loaders.places import Places, told_by
from etappe.journal.load import as_text

DEAL = "deal"
PLACE = ("stage", "status", "closed_at", "leave_reason", "lost_to", "leave_note")
_SIDE = ("began", "since", "entered")
_PLAIN = ("source", "buyer_target_date", "next_step", "next_step_on")
_NUMBERS = ("amount", "expected_close", "buyer_target_date", "engaged_since", "next_step_on", "closed_at")

Row = dict[str, Any]


class DealLoader(Loader):
    """Rows of deals."""

    kind = DEAL
    counts_equals = True

    def __init__(self, setting: Setting, file: Any, owners: Owners, accounts: Accounts, places: Places) -> None:
        super().__init__(setting, file)
        self.owners, self.accounts, self.places = owners, accounts, places
        self.products = product_names(self.book)
        self.pasts = Pasts(setting)
        self._now = setting.at.isoformat()
        self._as_of = setting.plan.as_of.isoformat() if setting.plan.as_of else None
        self._midnights: dict[str, str] = {}

    # --- What a row says ---

    def items(self, chunk: Chunk, tally: Tally) -> Iterator[Item]:
        """Rows whose stage is known and whose dates make sense."""
        columns = {name: values for name, values in chunk.values.items() if values}
        names = tuple(columns)
        rows = zip(*columns.values(), strict=True) if columns else iter([()] * len(chunk.lines))
        for at, cells in enumerate(rows):
            if at in chunk.bad:
                continue
            row = dict(zip(names, cells, strict=True))
            if chunk.entered:
                row["entered"] = self._entered(chunk, at, tally)
            reason = self._reason_against(row)
            if reason is not None:
                chunk.bad[at] = reason
                continue
            yield self._item(at, row, chunk, tally)

    def _reason_against(self, row: Row) -> Bad | None:
        if row.get("deleted"):
            return Bad("deleted_in_source", {})
        stage, status = row.get("stage", ""), row.get("status", "")
        if stage and stage not in self.places.targets:
            return Bad("stage_unknown", {"value": stage})
        if status and status not in self.places.statuses:
            return Bad("status_unknown", {"value": status})
        if not any(row.get(name) for name in ("external_id", "name", "account", "product", "owner", "person")):
            return Bad("field_required", {"field": "name"})
        return None

    def _item(self, at: int, row: Row, chunk: Chunk, tally: Tally) -> Item:
        status, stage = self._place(row)
        began = self._began(row)
        closed = self._closed(row, status)
        if closed is None and status is not Status.OPEN:
            tally.note("closed_without_date", line=chunk.lines[at])
            self._set_aside(began, chunk.data[at])
            closed, began = self._last_day(), None
        if closed and closed > self._now:
            chunk.bad[at] = Bad("future_date", {"field": "closed", "value": self._day(closed)})
        if began and (began[0] > self._now or (closed and began[1] > self._day(closed))):
            tally.note("began_after_end", line=chunk.lines[at], began=began[1])
            self._set_aside(began, chunk.data[at])
            began = None
        values = self._says(row, chunk.data[at], stage, status, closed, began)
        return Item(at, self._key(row, values), values)

    def _entered(self, chunk: Chunk, at: int, tally: Tally) -> list[list[str]]:
        """The stages whose day of entering stands in columns of their own."""
        entered = []
        for stage, moments in chunk.entered:
            moment = moments[at]
            if moment is None or moment[0] > self._now:
                continue
            if self.places.find(stage) is None:
                tally.note("history_stage_unknown", line=chunk.lines[at], value=stage)
                continue
            entered.append([stage, moment[0]])
        return entered

    def _set_aside(self, began: tuple[str, str] | None, data: dict[str, str]) -> None:
        """Keep a beginning that cannot be true, or would make a figure untrue, as custom data only."""
        if began:
            data[self.file.titled("engaged") or self.file.titled("created")] = began[1]

    def _place(self, row: Row) -> tuple[Status, str]:
        """How the deal stands and the stage: flags count more than a status, a status more than a stage."""
        stage, status = self.places.targets.get(row.get("stage", ""), ("", Status.OPEN))
        if row.get("status"):
            told = self.places.statuses[row["status"]]
            status = told if told is not Status.OPEN or status is Status.OPEN else status
        elif not row.get("stage"):
            status = Status.WON if row.get("won_on") else Status.LOST if row.get("lost_on") else status
        is_won, is_closed = row.get("is_won"), row.get("is_closed")
        if is_won:
            return Status.WON, self.places.process.after_winning.key
        if is_closed and status in (Status.OPEN, Status.WON) and is_won is False:
            status = Status.LOST
        if status is Status.WON:
            return status, self.places.process.after_winning.key
        return status, stage or self.places.process.first.key

    def _began(self, row: Row) -> tuple[str, str] | None:
        """The moment and day the deal began: when we engaged, else when it was created."""
        if engaged := row.get("engaged"):
            return self._midnight(engaged), engaged
        return row.get("created") or None

    def _closed(self, row: Row, status: Status) -> str | None:
        if status is Status.OPEN:
            return None
        other = row.get("won_on") if status is Status.WON else row.get("lost_on")
        moment = row.get("closed") or other
        return moment[0] if moment else None

    def _midnight(self, day: str) -> str:
        if day not in self._midnights:
            local = datetime.combine(datetime.fromisoformat(day), time(), ZoneInfo(self.setting.zone))
            self._midnights[day] = local.astimezone(UTC).isoformat()
        return self._midnights[day]

    def _day(self, moment: str) -> str:
        """The day of a moment, in the workspace's zone."""
        return datetime.fromisoformat(moment).astimezone(ZoneInfo(self.setting.zone)).date().isoformat()

    def _last_day(self) -> str:
        """The moment up to which the source knows."""
        return min(self._midnight(self._as_of), self._now) if self._as_of else self._now

    def _says(
        self, row: Row, data: Mapping[str, str], stage: str, status: Status, closed: str | None, began: Any
    ) -> Row:
        amount, product = row.get("amount"), row.get("product", "")
        closing = row.get("closed")
        expected = row.get("expected_close") or (closing[1] if closing and status is Status.OPEN else None)
        since = row.get("stage_since")
        values = says(
            name=self._name(row, product),
            account=row.get("account"),
            person=row.get("person"),
            owner=row.get("owner"),
            amount=amount[0] if amount else None,
            currency=row.get("currency") or (amount[1] if amount else "") or self.setting.currency,
            product=self._product(product),
            expected_close=expected,
            engaged_since=began[1] if began else None,
            stage=stage,
            status=status.value,
            closed_at=closed,
            began=began[0] if began else None,
            since=since[0] if since and status is Status.OPEN else None,
            entered=row.get("entered") or None,
            data=data,
            **{name: row.get(name) for name in _PLAIN},
        )
        return values if status is Status.OPEN else values | self._leaving(row, status)

    def _leaving(self, row: Row, status: Status) -> Row:
        if status is Status.WON:
            return {}
        text = row.get("leave_reason", "")
        key = self.places.reason(text, status) if text else ""
        return says(leave_reason=key, leave_note="" if key else text, lost_to=row.get("lost_to"))

    def _name(self, row: Row, product: str) -> str:
        if row.get("name"):
            return str(row["name"])
        account = "" if is_key_title(self.file.titled("account")) else row.get("account", "")
        parts = [part for part in (account, self._product(product)) if part]
        return " · ".join(parts)[:NAME_LIMIT] or row.get("external_id") or row.get("owner") or "?"

    def _product(self, product: str) -> str:
        if not product or not self.products:
            return product
        return self.products.get(fold_key(product)) or self.products.get(own_key(product)) or product

    def _key(self, row: Row, values: Row) -> str:
        began = row.get("created") or row.get("engaged") or ""
        day = began if isinstance(began, str) else began[1]
        return self.key_of(row.get("external_id", ""), values["name"], values.get("account", ""), day)

    # --- Writing ---

    def write(self, parts: Sorted, chunk: Chunk, tally: Tally) -> None:
        """Make new deals; of known ones write what the source changed."""
        touched = [*parts.new, *(item for item, _known in parts.changed)]
        owners = self.owners.of(item.says.get("owner", "") for item in touched)
        accounts = self.accounts.of([item.says.get("account", "") for item in touched], self.file.titled("account"))
        parts = settled(parts, accounts, chunk, tally)
        self._keep_entered(touched)
        said = self.pasts.of([item.key for item in parts.new]) if parts.new else {}
        rows = []
        for item in parts.new:
            row = self._new(item.says, owners, accounts)
            rows.append(self._with_past(row, item, said, tally) if item.key in said and not item.nth else row)
        keys = create_deals(rows, actor=self.setting.actor, at=self.setting.at) if rows else []
        self.book.add(links(parts.new, keys, set(keys)))
        self._change(parts, owners, accounts, chunk, tally)
        records = [*zip(parts.new, keys, strict=True), *((item, known.record) for item, known in parts.changed)]
        self._join(
            [(item.says, record) for item, record in records if record and item.says.get("person")], accounts, tally
        )
        tally.created = len(keys)

    def _join(self, rows: Sequence[tuple[Mapping[str, Any], int]], accounts: Mapping[str, int], tally: Tally) -> None:
        """Put the people that deals name into their buying centres."""
        if not rows:
            return
        named = [
            (deal, (person.strip()[:NAME_LIMIT], says.get("account", "")))
            for says, deal in rows
            for person in says["person"].split(";")
            if person.strip()
        ]
        wanted = {reference: accounts.get(reference[1]) for _deal, reference in named}
        people = People(self.setting).of(wanted, self.file.titled("person"))
        for deal in dict.fromkeys(deal for deal, reference in named if reference not in people):
            tally.note("person_unknown", deal=deal)
        pairs = [(deal, people[reference]) for deal, reference in named if reference in people]
        join_centres(pairs, actor=self.setting.actor, at=self.setting.at)

    def _new(
        self, values: Row | Mapping[str, Any], owners: Mapping[str, Owner], accounts: Mapping[str, int]
    ) -> NewDeal:
        columns = self._columns(values, owners, accounts)
        columns |= {
            "process_version_id": self.places.version,
            "entry_stage": columns["stage"],
            "data_as_of": self._as_of,
            "data": values.get("data", {}),
        }
        began = values.get("began")
        since = values.get("closed_at") or values.get("since") or began or self._last_day()
        return NewDeal(columns, min(since, self._now), began)

    def _keep_entered(self, items: Sequence[Item]) -> None:
        """Keep what columns of their own say of the deals' ways."""
        self.pasts.add(
            [
                Said(item.key, moment, stage)
                for item in items
                if not item.nth
                for stage, moment in item.says.get("entered", ())
            ]
        )

    def _with_past(self, row: NewDeal, item: Item, said: Mapping[str, Sequence[Said]], tally: Tally) -> NewDeal:
        """A new deal with its way to where it stands. One that was lost is left in the stage that it was lost in."""
        stage, status = row.values["stage"], Status(row.values["status"])
        began = datetime.fromisoformat(row.began) if row.began else None
        is_dated = bool(row.values.get("closed_at") or item.says.get("since"))
        seen = datetime.fromisoformat(self._last_day())
        present = Present(stage, status, datetime.fromisoformat(row.since), is_dated, began, seen)
        way = way_of(list(told_by(self.places, said[item.key])), present)
        for code in way.notes:
            tally.note(code, key=item.key.lstrip("=~"))
        past = [(stay.stage, stay.status.value, stay.entered.isoformat()) for stay in way.stays]
        values = row.values
        if past and status not in (Status.OPEN, Status.WON) and stage == self.places.process.first.key:
            values = {**values, "stage": past[-1][0], "entry_stage": past[-1][0]}
        return NewDeal(values, way.since.isoformat(), row.began, past)

    def _columns(
        self, values: Mapping[str, Any], owners: Mapping[str, Owner], accounts: Mapping[str, int]
    ) -> dict[str, Any]:
        """The journaled columns that fields give; a field that is None was emptied."""
        columns = {
            name: value if value is not None or name in _NUMBERS else ""
            for name, value in values.items()
            if name not in ("account", "owner", "person", *_SIDE)
        }
        if "owner" in values:
            owner = owners.get(values["owner"] or "", NOBODY)
            columns |= {"owner_id": owner.user, "team_id": owner.team}
        if "account" in values:
            columns["account_id"] = accounts.get(values["account"] or "")
        return self.own.put(columns)

    def _change(
        self,
        parts: Sorted,
        owners: Mapping[str, Owner],
        accounts: Mapping[str, int],
        chunk: Chunk,
        tally: Tally,
    ) -> None:
        wanted: dict[int, Wanted] = {}
        lines: dict[int, int] = {}
        for item, known in parts.changed:
            if known.record is not None:
                wanted[known.record] = self._wanted(item, known, owners, accounts)
                lines[known.record] = chunk.lines[item.at]
        later = self._seen_later(parts)
        written = change_deals({**later, **wanted}, actor=self.setting.actor, at=self.setting.at)
        self.book.renew({known.id: as_text(item.says) for item, known in parts.changed})
        self.book.meet([known.id for _item, known in parts.same])
        tally.changed = len(written.changed & set(wanted))
        tally.unchanged = len(parts.same) + len(parts.changed) - tally.changed
        for record in written.kept & set(wanted):
            tally.note("place_kept", line=lines[record])

    def _wanted(self, item: Item, known: Known, owners: Mapping[str, Owner], accounts: Mapping[str, int]) -> Wanted:
        changed = self.changed_fields(item, known)
        columns = self._columns(changed, owners, accounts)
        moved = bool(set(columns) & set(PLACE))
        place = self._columns({name: item.says.get(name) for name in PLACE}, owners, accounts) if moved else None
        values = {name: value for name, value in columns.items() if name not in PLACE}
        if self._as_of:
            values["data_as_of"] = self._as_of
        since = item.says.get("closed_at") or item.says.get("since") or self._last_day()
        return Wanted(values, place, min(since, self._now))

    def _seen_later(self, parts: Sorted) -> dict[int, Wanted]:
        """Open deals that a later export shows unchanged are seen up to its day."""
        if not self._as_of:
            return {}
        behind = seen_before([known.record for _item, known in parts.same if known.record], self._as_of)
        return {record: Wanted({"data_as_of": self._as_of}) for record in behind}
