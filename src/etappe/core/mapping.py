"""What files of another program are, column by column: proposed from headers and values.

Pure: takes profiles of files (`columns.Profile`); every decision of the proposal has a confidence and a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from etappe.core.columns import Column, Profile
from etappe.core.dates import DateEvidence
from etappe.core.headers import (
    DATA,
    ENTERED,
    FIELDS,
    SKIP,
    FileKind,
    Form,
    as_closing,
    field_named,
    is_about_a_kind,
    is_stage_field,
    squeezed,
    words_of,
)
from etappe.core.process import Status
from etappe.core.stages import outcome_of
from etappe.core.values import CURRENCIES, DOT, SEVERAL, SYMBOLS, NumberEvidence

ENOUGH = 3.0
"""The score from which a file is taken for something."""
SHARED = 0.6
"""The share of a column's values that must stand in another file's key column to be a reference to it."""

_WEIGHTS: Mapping[FileKind, Mapping[str, float]] = {
    FileKind.DEALS: {
        "stage": 3, "status": 1.5, "is_won": 2, "won_on": 2, "is_closed": 1.5, "amount": 2, "closed": 2,
        "expected_close": 2, "owner": 0.7, "account": 1, "name": 0.7, "product": 0.7, "created": 0.3, "engaged": 1,
        "leave_reason": 2, "source": 0.2, "external_id": 0.3,
    },
    FileKind.ACCOUNTS: {
        "name": 1.2, "domain": 2.5, "website": 1.5, "industry": 2, "employees": 2, "revenue": 1.5, "founded": 1.5,
        "city": 1,        "street": 1, "postcode": 0.7, "country": 0.7, "phone": 0.5, "parent": 1.5,
        "external_id": 0.3, "owner": 0.3,
    },
    FileKind.PEOPLE: {
        "email": 2.5, "given_name": 2, "family_name": 2, "name": 0.7, "job_title": 2, "mobile": 1.5, "phone": 0.5,
        "department": 1, "account": 1, "profile": 1, "external_id": 0.3,
    },
    FileKind.OWNERS: {"manager": 2.5, "team": 2, "name": 1, "email": 0.8, "given_name": 0.5, "family_name": 0.5},
    FileKind.PRODUCTS: {"price": 2.5, "name": 1, "external_id": 0.4},
    FileKind.STAGES: {"order": 2, "is_won": 1.5, "is_closed": 1, "external_id": 0.8, "name": 0.5},
    FileKind.HISTORY: {
        "deal": 1.5, "stage": 1.5, "since": 1.5, "came_from": 1.5, "changed_field": 1, "external_id": 0.2,
    },
    FileKind.ACTIVITIES: {
        "at": 1, "subject": 1.5, "text": 1.5, "type": 1, "deal": 1, "person": 0.7, "account": 0.5, "external_id": 0.3,
    },
    FileKind.LINKS: {"activity": 1.8, "deal": 1.8, "person": 1.8, "account": 1.8},
}  # fmt: skip
_FILE_WORDS: Mapping[FileKind, str] = {
    FileKind.DEALS: "deal deals opportunity opportunities pipeline chancen verkaufschancen vertriebschancen vorgaenge "
    "auftraege abschluesse",
    FileKind.ACCOUNTS: "account accounts company companies firmen firma kunden kunde unternehmen organizations "
    "organisations organisationen customers customer sellers",
    FileKind.PEOPLE: "contact contacts person people personen kontakte ansprechpartner ansprechpersonen",
    FileKind.OWNERS: "owner owners user users reps vertriebsteam mitarbeiter verkaeufer agents salespeople teams team "
    "vertriebsmitarbeiter vertrieb",
    FileKind.PRODUCTS: "product products produkte artikel produkt",
    FileKind.STAGES: "stage stages stufen phasen",
    FileKind.HISTORY: "history verlauf historie changes changelog flow aenderungen stufenverlauf",
    FileKind.ACTIVITIES: "activity activities task tasks note notes call calls meeting meetings email emails event "
    "events engagement engagements aktivitaeten notizen termine anrufe aufgaben",
    FileKind.LINKS: "association associations",
}
_ELSE_WORDS = frozenset(
    """
    history verlauf historie event events list member merge merged audit ticket tickets task tasks engagement form
    property     campaign email order orders line item role roles submission option lead leads activity
    activities note notes calls
    """.split()  # noqa: SIM905 # a list of quoted words would be harder to read
)
"""In a file's name: what is in it is something else than the records themselves."""
_NO_DEALS = frozenset(
    [
        "account",
        "company",
        "contact",
        "ticket",
        "lead",
        "pipeline",
        "person",
        "organization",
        "email",
        "kontakt",
        "firma",
        "user",
    ]
)
"""In a file's name: its history is not that of deals."""
_BESIDE = (FileKind.HISTORY, FileKind.ACTIVITIES, FileKind.LINKS)
"""Kinds of rows that tell of records and are none."""
_NO_RECORDS = frozenset(
    "campaign bounce click deferred delivered dropped forward open print sent spam status ticket".split()  # noqa: SIM905 # as above
)
"""In a file's name: what was sent to many, which is nobody's activity."""


@dataclass(frozen=True)
class ColumnPlan:
    """What a column becomes. `reason` is a code with `detail`; `style` is how its dates or numbers are written."""

    name: str
    field: str
    confidence: float = 1.0
    reason: str = ""
    detail: str = ""
    style: str = ""
    is_sure: bool = True


@dataclass(frozen=True)
class FilePlan:
    """What a file is; `kind` is empty where nothing can be made of it."""

    name: str
    kind: FileKind | None
    columns: tuple[ColumnPlan, ...]
    confidence: float = 1.0
    rows: int = 0

    def column(self, field: str) -> ColumnPlan | None:
        """The column that becomes this field."""
        return next((column for column in self.columns if column.field == field), None)


def propose(profiles: Sequence[Profile]) -> list[FilePlan]:
    """What each file is, and what each of its columns becomes."""
    plans = [_by_headers(profile) for profile in profiles]
    plans = [_by_content(profile, plan, plans) for profile, plan in zip(profiles, plans, strict=True)]
    plans = _as_referred(profiles, plans)
    plans = _with_references(profiles, plans)
    plans = [_filled(profile, plan) for profile, plan in zip(profiles, plans, strict=True)]
    return [_styled(profile, plan) for profile, plan in zip(profiles, plans, strict=True)]


def plan_as(profile: Profile, kind: FileKind | None) -> FilePlan:
    """The proposal for a file of which somebody said what it is."""
    if kind is None:
        return FilePlan(profile.name, None, _columns(profile, {}), 1.0, profile.rows)
    return _styled(profile, _filled(profile, _named_plan(profile, kind, 1.0)))


def _columns(profile: Profile, named: Mapping[int, tuple[str, float, str]]) -> tuple[ColumnPlan, ...]:
    return tuple(
        ColumnPlan(column.name, *named[at]) if at in named else ColumnPlan(column.name, DATA, 1.0, "kept")
        for at, column in enumerate(profile.columns)
    )


def _by_headers(profile: Profile) -> FilePlan:
    scores = {
        kind: _score(profile, kind) for kind in FileKind if kind is not FileKind.HISTORY or _tells_stages(profile)
    }
    kind = max(scores, key=lambda each: scores[each])
    if scores[kind] < ENOUGH:
        return FilePlan(profile.name, None, _columns(profile, {}), 0.0, profile.rows)
    rest = max((score for other, score in scores.items() if other is not kind), default=0.0)
    return _named_plan(profile, kind, min(0.99, 0.5 + (scores[kind] - max(rest, 0)) / (2 * scores[kind])))


def _named_plan(profile: Profile, kind: FileKind, confidence: float) -> FilePlan:
    named = _named(profile, kind)
    if kind is FileKind.HISTORY:
        named = _of_history(profile, named)
    return FilePlan(profile.name, kind, _columns(profile, named), confidence, profile.rows)


def _of_history(profile: Profile, named: dict[int, tuple[str, float, str]]) -> dict[int, tuple[str, float, str]]:
    """Rows of a history without a key of their own: theirs is the deal's. A name is a field only where it names one."""
    fields = {field for field, _confidence, _reason in named.values()}
    if "deal" not in fields:
        named = {
            at: ("deal" if field == "external_id" else field, confidence, reason)
            for at, (field, confidence, reason) in named.items()
        }
    return {
        at: found
        for at, found in named.items()
        if found[0] != "changed_field" or any(is_stage_field(value) for value in profile.columns[at].values)
    }


def _named(profile: Profile, kind: FileKind) -> dict[int, tuple[str, float, str]]:
    """Column positions with the field their header names; each field once, the surest and fullest column first.

    Of two that are as sure the one that is called as the field goes first: a user's name, not their user name; and of
    owners one with names: whom their keys mean may stand nowhere.
    """
    found = [
        (
            field,
            confidence,
            (bool(column.cells), squeezed(column.name) == field, _is_name_of_owner(field, column), column.cells),
            -at,
        )
        for at, column in enumerate(profile.columns)
        for field, confidence in [_as_dated(column, *field_named(column.name, kind))]
    ]
    taken: dict[str, tuple[int, float]] = {}
    for field, confidence, _cells, minus_at in sorted(found, key=lambda each: each[1:], reverse=True):
        column = profile.columns[-minus_at]
        if field == ENTERED:
            field = f"{ENTERED} {column.name}"  # the one field that several columns may have
        if field and field not in taken and _is_like(column, kind, field.partition(" ")[0], confidence):
            taken[field] = (-minus_at, confidence)
    titles = {squeezed(column.name) for column in profile.columns}
    return {
        at: (
            as_closing(field.partition(" ")[0], taken, titles),
            confidence,
            "header" if confidence > 0.6 else "header_part",
        )
        for field, (at, confidence) in taken.items()
    }


def _as_dated(column: Column, field: str, confidence: float) -> tuple[str, float]:
    """A column of dates that is called like a yes or no: `Closed` says when."""
    return {"is_closed": "closed", "is_won": "won_on"}.get(field, field) if column.is_date else field, confidence


def _is_name_of_owner(field: str, column: Column) -> bool:
    return field == "owner" and words_of(column.name)[-1:] not in (("id",), ("ids",)) and not column.is_number


def _is_like(column: Column, kind: FileKind, field: str, confidence: float) -> bool:
    if field in ("phone", "mobile") and not column.is_flag:
        return True
    return _can_be(column, FIELDS[kind][field], confidence) and _fits(column, field)


def _can_be(column: Column, form: Form, confidence: float) -> bool:
    """Whether what is in a column does not speak against the form of a field."""
    if not column.cells:
        return confidence > 0.6
    if form in (Form.DAY, Form.MOMENT):
        dates = column.dates
        return column.is_date or dates.epoch_ms + dates.epoch_s + dates.serial > 0 or column.share(column.dated) > 0.3
    if form in (Form.MONEY, Form.NUMBER):
        return column.share(column.numeric) > 0.5
    if form is Form.FLAG:
        return column.is_flag
    if form is Form.CURRENCY:
        return not column.cells or any(_is_currency_code(value) for value in column.values)
    return confidence > 0.6 or not (column.is_flag or column.is_number or column.is_date)


def _fits(column: Column, field: str) -> bool:
    """Addresses must look like addresses: a column of check sums called e-mail is none."""
    shapes = {"email": column.emails, "website": column.addresses, "domain": column.addresses}
    return field not in shapes or not column.cells or column.share(shapes[field]) > 0.3


def _score(profile: Profile, kind: FileKind) -> float:
    fields = {field: confidence for field, confidence, _reason in _named(profile, kind).values()}
    score = sum(_WEIGHTS[kind].get(field, 0.1) * confidence for field, confidence in fields.items())
    if kind is FileKind.DEALS and any(is_about_a_kind(column.name) for column in profile.columns):
        score += 2
    if kind is FileKind.LINKS and not {"deal", "activity"} & set(fields) and _tells_of_people(profile):
        return 0.0
    if not _is_whole(kind, fields):
        if kind in (FileKind.ACTIVITIES, FileKind.LINKS):
            return 0.0
        score *= 0.3
    return score * _file_factor(profile.name, kind) + (1.5 if _names_kind(profile.name, kind) and score > 0.5 else 0)


def _tells_of_people(profile: Profile) -> bool:
    """Whether a file that names people and companies is a list of people, with what one knows of them."""
    return _is_whole(
        FileKind.PEOPLE, {field: sure for field, sure, _reason in _named(profile, FileKind.PEOPLE).values()}
    )


def _is_whole(kind: FileKind, fields: Mapping[str, float]) -> bool:
    """Whether the fields without which a file is not of this kind are there."""
    needed: Mapping[FileKind, tuple[tuple[str, ...], ...]] = {
        FileKind.DEALS: (
            ("stage", "status", "is_won", "amount", "closed", "won_on", "expected_close"),
            ("name", "account", "external_id"),
        ),
        FileKind.ACCOUNTS: (("name", "domain", "website"),),
        FileKind.PEOPLE: (
            ("email", "name", "family_name", "given_name"),
            ("email", "family_name", "job_title", "mobile"),
        ),
        FileKind.OWNERS: (("name", "email", "family_name"), ("manager", "team", "email", "given_name")),
        FileKind.PRODUCTS: (("name",), ("price", "external_id")),
        FileKind.STAGES: (("name", "external_id"), ("order", "is_won")),
        FileKind.HISTORY: (("deal", "external_id"), ("stage",), ("since",)),
        FileKind.ACTIVITIES: (("at",), ("subject", "text"), ("deal", "person", "account")),
        FileKind.LINKS: (("deal", "activity", "person"),),
    }
    if kind is FileKind.LINKS and len({"deal", "activity", "person", "account"} & set(fields)) < 2:
        return False
    return all(any(field in fields for field in choice) for choice in needed[kind])


def _tells_stages(profile: Profile) -> bool:
    """Whether a history may be one of stages: one of all fields has rows that tell of the stage."""
    named = {field: at for at, (field, _confidence, _reason) in _named(profile, FileKind.HISTORY).items()}
    fields, stage = named.get("changed_field"), named.get("stage")
    if stage is None or "since" not in named:
        return False
    if words_of(profile.columns[stage].name)[-1:] == ("value",):
        of_stages = {"stage", "stages"} & set(words_of(_stem(profile.name)))
        return bool(of_stages) or (
            fields is not None and any(is_stage_field(value) for value in profile.columns[fields].values)
        )
    return True


def _names_kind(name: str, kind: FileKind) -> bool:
    return bool(set(words_of(_stem(name))) & set(_FILE_WORDS[kind].split()))


def _file_factor(name: str, kind: FileKind) -> float:
    words = words_of(_stem(name))
    if kind is FileKind.HISTORY:
        return 0.2 if set(words) & _NO_DEALS else 2.5 if set(words) & {*_FILE_WORDS[kind].split(), "stage"} else 0.45
    if kind in (FileKind.ACTIVITIES, FileKind.LINKS):
        return 2.5 if _is_said(words, kind) else 0.0
    if _is_else(words):
        return 0.1
    named = [other for other in FileKind if other not in _BESIDE and _names_kind(name, other)]
    if len(named) > 1 and kind is not FileKind.STAGES:
        return 0.25 if FileKind.OWNERS not in named else 1.0
    return 2.5 if kind in named else 0.5 if named else 1.0


def _is_else(words: Sequence[str]) -> bool:
    """Whether a file's name says that it holds something else. Odoo calls its opportunities leads, too."""
    return bool(set(words) & _ELSE_WORDS) and not ("lead" in words and {"crm", "opportunity"} & set(words))


def _is_said(words: Sequence[str], kind: FileKind) -> bool:
    """Whether a file's name says that it holds activities, or what belongs together (`deal_contact`, `note_deal`)."""
    if set(words) & _NO_RECORDS:
        return False
    if kind is FileKind.ACTIVITIES:
        return bool(set(words) & set(_FILE_WORDS[kind].split()))
    kinds = (FileKind.DEALS, FileKind.PEOPLE, FileKind.ACCOUNTS, FileKind.ACTIVITIES, kind)
    sides = [other for other in kinds if set(words) & set(_FILE_WORDS[other].split())]
    return kind in sides or len(sides) == 2


def is_of_activities(name: str) -> bool:
    """Whether a file's name says that it holds calls, tasks, notes or the like."""
    return _is_said(words_of(_stem(name)), FileKind.ACTIVITIES)


def is_of_records(name: str) -> bool:
    """Whether nothing in a file's name says that it holds what was sent to many, or tickets."""
    return not set(words_of(_stem(name))) & _NO_RECORDS


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0] or name


def _by_content(profile: Profile, plan: FilePlan, plans: Sequence[FilePlan]) -> FilePlan:
    """A file whose headers say nothing: deals where a column tells won from lost, people where one holds addresses."""
    if plan.kind is not None or _is_else(words_of(_stem(profile.name))):
        return plan
    if _outcome_column(profile) is not None and not any(other.kind is FileKind.DEALS for other in plans):
        return _named_plan(profile, FileKind.DEALS, 0.6)
    if any(column.share(column.emails) > 0.8 and column.is_unique for column in profile.columns) and profile.rows > 1:
        return _named_plan(profile, FileKind.PEOPLE, 0.5)
    return plan


def _outcome_column(profile: Profile) -> int | None:
    """The column whose few values name winning and losing."""
    for at, column in enumerate(profile.columns):
        if column.overflowed or column.distinct > 40 or column.is_number or column.is_date:
            continue
        outcomes = {outcome_of(value, column.values) for value in column.values}
        if Status.WON in outcomes and outcomes & {Status.LOST, Status.DISQUALIFIED, Status.DECLINED}:
            return at
    return None


_KEYED = {
    FileKind.ACCOUNTS: "account", FileKind.OWNERS: "owner", FileKind.PRODUCTS: "product", FileKind.PEOPLE: "person",
    FileKind.STAGES: "stage",
}  # fmt: skip
"""The field by which deals refer to files of each kind."""


def _as_referred(profiles: Sequence[Profile], plans: list[FilePlan]) -> list[FilePlan]:
    """Give a kind to files that deals refer to, though their headers say nothing: by what else is in them."""
    deals = [profile for profile, plan in zip(profiles, plans, strict=True) if plan.kind is FileKind.DEALS]
    return [
        _named_plan(profile, kind, 0.5)
        if plan.kind is None and (kind := _referred_kind(profile, deals, plans)) is not None
        else plan
        for profile, plan in zip(profiles, plans, strict=True)
    ]


def _referred_kind(profile: Profile, deals: Iterable[Profile], plans: Sequence[FilePlan]) -> FileKind | None:
    keys = [column for column in profile.columns if column.is_unique and not column.is_date]
    referred = any(_refers(column, key) for deal in deals for column in deal.columns for key in keys)
    if not referred or set(words_of(_stem(profile.name))) & _ELSE_WORDS:
        return None
    have = {plan.kind for plan in plans}
    if any(column.share(column.emails) > 0.8 for column in profile.columns):
        return FileKind.OWNERS if FileKind.OWNERS not in have else FileKind.PEOPLE
    if profile.rows <= 200 and any(column.is_number for column in profile.columns) and len(profile.columns) <= 4:
        return FileKind.PRODUCTS if FileKind.PRODUCTS not in have else FileKind.ACCOUNTS
    if len(profile.columns) <= 4 and all(column.share(column.words) > 0.6 for column in keys):
        return FileKind.OWNERS if FileKind.OWNERS not in have else FileKind.ACCOUNTS
    return FileKind.ACCOUNTS


def _refers(column: Column, key: Column) -> bool:
    if column.is_unique or column.distinct < 2 or column.is_date or column.is_flag:
        return False
    if column.is_number and column.longest < 4:
        return False
    return column.sketch.share_in(key.sketch) >= SHARED


def _with_references(profiles: Sequence[Profile], plans: Sequence[FilePlan]) -> list[FilePlan]:
    """Add the references that values show and headers do not."""
    both = list(zip(profiles, plans, strict=True))
    return [_referring(profile, plan, both) for profile, plan in both]


def _referring(profile: Profile, plan: FilePlan, files: Sequence[tuple[Profile, FilePlan]]) -> FilePlan:
    for other, its in files:
        field = _KEYED.get(its.kind) if its.kind else None
        if other is profile or plan.kind is None or not field or field not in FIELDS[plan.kind]:
            continue
        if plan.column(field) is None:
            plan = _refer(profile, plan, other, its, field)
    return plan


def _refer(profile: Profile, plan: FilePlan, other: Profile, its: FilePlan, field: str) -> FilePlan:
    keys = [
        column
        for column, meant in zip(other.columns, its.columns, strict=True)
        if meant.field in ("external_id", "name", "email") or (column.is_unique and meant.field == DATA)
    ]
    for at, column in enumerate(profile.columns):
        if plan.columns[at].field != DATA:
            continue
        if key := next((key for key in keys if _refers(column, key)), None):
            detail = f"{other.name}: {key.name}"
            return _with(plan, at, ColumnPlan(column.name, field, 0.8, "overlap", detail))
    return plan


def _with(plan: FilePlan, at: int, column: ColumnPlan) -> FilePlan:
    return replace(plan, columns=(*plan.columns[:at], column, *plan.columns[at + 1 :]))


def _filled(profile: Profile, plan: FilePlan) -> FilePlan:
    """Give the fields that matter to columns whose values show them, where no header names one."""
    if plan.kind is None:
        return plan
    for field, reason, test in _SHAPES.get(plan.kind, ()):
        if plan.column(field) is None:
            for at, column in enumerate(profile.columns):
                if plan.columns[at].field == DATA and column.cells and test(profile, plan, at):
                    plan = _with(plan, at, ColumnPlan(column.name, field, 0.6, reason))
                    break
    return plan


def _is_outcome(profile: Profile, plan: FilePlan, at: int) -> bool:
    return plan.column("status") is None and _outcome_column(profile) == at


def _is_late_date(profile: Profile, plan: FilePlan, at: int) -> bool:
    """The date that the fewest rows have, of at least two: the day of closing."""
    dates = [column for column in profile.columns if column.is_date]
    column = profile.columns[at]
    return len(dates) > 1 and column.is_date and column.cells == min(date.cells for date in dates) < profile.rows


def _is_date(profile: Profile, plan: FilePlan, at: int) -> bool:
    return profile.columns[at].is_date and not any(
        plan.column(field) for field in ("created", "engaged") if field in FIELDS[FileKind.DEALS]
    )


def _is_amount(profile: Profile, plan: FilePlan, at: int) -> bool:
    column = profile.columns[at]
    return (
        column.is_number
        and not column.is_date
        and column.distinct > 5
        and bool(column.currencies or column.numbers.comma or column.numbers.dot or not column.is_unique)
    )


def _is_key(profile: Profile, plan: FilePlan, at: int) -> bool:
    column = profile.columns[at]
    return column.is_unique and column.cells == profile.rows > 1 and not column.is_date and not column.words


def _is_name(profile: Profile, plan: FilePlan, at: int) -> bool:
    column = profile.columns[at]
    return (
        column.cells > 0.9 * profile.rows and column.share(column.words) > 0.3 and column.distinct > 0.5 * column.cells
    )


def _is_email(profile: Profile, plan: FilePlan, at: int) -> bool:
    return profile.columns[at].share(profile.columns[at].emails) > 0.8


def _is_website(profile: Profile, plan: FilePlan, at: int) -> bool:
    return profile.columns[at].share(profile.columns[at].addresses) > 0.8


def _is_unique(profile: Profile, plan: FilePlan, at: int) -> bool:
    column = profile.columns[at]
    return column.is_unique and not column.is_number and not column.is_date


def _is_currency(profile: Profile, plan: FilePlan, at: int) -> bool:
    column = profile.columns[at]
    return not column.overflowed and all(map(_is_currency_code, column.values))


def _is_currency_code(text: str) -> bool:
    return text.strip().upper() in CURRENCIES or text.strip().lower() in (*SYMBOLS, *SEVERAL)


_SHAPES = {
    FileKind.DEALS: (
        ("stage", "outcomes", _is_outcome), ("closed", "later_date", _is_late_date), ("created", "only_date", _is_date),
        ("currency", "currencies", _is_currency), ("external_id", "unique", _is_key), ("amount", "amounts", _is_amount),
        ("name", "names", _is_name),
    ),
    FileKind.ACCOUNTS: (
        ("website", "addresses", _is_website), ("name", "names", _is_name), ("name", "unique", _is_unique),
    ),
    FileKind.PEOPLE: (("email", "emails", _is_email), ("name", "names", _is_name)),
    FileKind.OWNERS: (("email", "emails", _is_email), ("name", "names", _is_name)),
    FileKind.PRODUCTS: (("name", "unique", _is_unique),),
}  # fmt: skip


def _styled(profile: Profile, plan: FilePlan) -> FilePlan:
    """Decide how numbers and dates are written, column by column, with the other columns of the file as a hint."""
    if plan.kind is None:
        return plan
    numbers = surest([column.numbers for column in profile.columns if column.is_number])
    dates = surest([column.dates for column in profile.columns if column.is_date])
    forms = FIELDS[plan.kind]
    return replace(
        plan,
        columns=tuple(
            _style(column, meant, forms.get(meant.field), numbers, dates)
            for column, meant in zip(profile.columns, plan.columns, strict=True)
        ),
    )


def surest(evidence: Sequence[NumberEvidence] | Sequence[DateEvidence]) -> str | None:
    """The style of the columns that leave no doubt, where they agree."""
    styles = {each.style() for each in evidence if _decides(each)}
    return next(iter(styles))[0] if len(styles) == 1 and next(iter(styles))[1] else None


def _decides(evidence: NumberEvidence | DateEvidence) -> bool:
    if isinstance(evidence, NumberEvidence):
        return bool(evidence.comma or evidence.dot)
    return evidence.cells > evidence.year_first + evidence.words


def _style(column: Column, meant: ColumnPlan, form: Form | None, numbers: str | None, dates: str | None) -> ColumnPlan:
    if form in (Form.DAY, Form.MOMENT):
        style, is_sure = column.dates.style(dates)
    elif form in (Form.MONEY, Form.NUMBER):
        style, is_sure = column.numbers.style(numbers)
    else:
        return meant
    return replace(meant, style=style or DOT, is_sure=is_sure)


def kept_or_skipped(field: str) -> bool:
    """Whether a column is no field of the record."""
    return field in (DATA, SKIP)
