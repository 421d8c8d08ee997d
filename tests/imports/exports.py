"""Exports as Salesforce writes them, with made-up content: files that hang together, of one week and the next."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from etappe.core.record_ids import checked
from tests.imports import twin

Rows = list[list[object]]

_USER = "Id,Username,LastName,FirstName,Name,CompanyName,Email,IsActive,UserRoleId,ManagerId,ProfileId,CreatedDate"
_ACCOUNT = (
    "Id,IsDeleted,MasterRecordId,Name,Type,ParentId,BillingStreet,BillingCity,BillingPostalCode,BillingCountry,"
    "Phone,Website,Industry,AnnualRevenue,NumberOfEmployees,OwnerId,CreatedDate,LastModifiedDate"
)
_CONTACT = (
    "Id,IsDeleted,AccountId,LastName,FirstName,Salutation,Name,MailingStreet,MailingCity,MailingPostalCode,"
    "MailingCountry,Phone,MobilePhone,Email,Title,Department,OwnerId,CreatedDate,LastModifiedDate"
)
_OPPORTUNITY = (
    "Id,IsDeleted,AccountId,Name,Description,StageName,Amount,Probability,ExpectedRevenue,CloseDate,Type,NextStep,"
    "LeadSource,IsClosed,IsWon,ForecastCategory,ForecastCategoryName,CurrencyIsoCode,OwnerId,CreatedDate,"
    "LastModifiedDate,ContactId"
)
_HISTORY = (
    "Id,OpportunityId,CreatedById,CreatedDate,StageName,Amount,ExpectedRevenue,CloseDate,Probability,"
    "ForecastCategory,SystemModstamp,IsDeleted"
)
_FIELD_HISTORY = "Id,IsDeleted,OpportunityId,CreatedById,CreatedDate,Field,DataType,OldValue,NewValue"
_STAGE = "Id,MasterLabel,ApiName,IsActive,SortOrder,IsClosed,IsWon,ForecastCategory,DefaultProbability"
_ROLE = "Id,OpportunityId,ContactId,Role,IsPrimary,CreatedDate,IsDeleted"
_TASK = (
    "Id,WhoId,WhatId,Subject,ActivityDate,Status,Priority,OwnerId,Description,IsDeleted,AccountId,IsClosed,CreatedDate"
)
_EVENT = "Id,WhoId,WhatId,Subject,Location,ActivityDateTime,DurationInMinutes,Description,AccountId,OwnerId,IsDeleted"

STAGES = ("Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review", "Closed Won", "Closed Lost")


def _id(prefix: str, number: int) -> str:
    """The long form, as the data export has it. That the case of letters counts is told by the last of the 15."""
    short = _short(prefix, number)
    return short + checked(short)


def _short(prefix: str, number: int) -> str:
    """The form of reports, and of the page's address."""
    return f"{prefix}5g00000{number // 2:04}{'aA'[number % 2]}"


def _moment(month: int, day: int, hour: int = 9) -> str:
    return f"2024-{month:02}-{day:02}T{hour:02}:15:00.000Z"


def salesforce(folder: Path, *, newer: bool = False) -> list[Path]:
    """A data export of ten opportunities: `newer` is the one of the week after, in which three went on."""
    return [
        twin.write(folder / f"{name}.csv", [[*title.split(",")], *rows])
        for name, title, rows in (
            ("User", _USER, _users()),
            ("Account", _ACCOUNT, _accounts(newer)),
            ("Contact", _CONTACT, _contacts(newer)),
            ("Opportunity", _OPPORTUNITY, [_opportunity(at, newer) for at in range(10)]),
            ("OpportunityStage", _STAGE, _stages()),
            ("OpportunityHistory", _HISTORY, [row for at in range(10) for row in _history(at, newer)]),
            ("OpportunityFieldHistory", _FIELD_HISTORY, [row for at in range(10) for row in _field_history(at, newer)]),
            ("OpportunityContactRole", _ROLE, _roles()),
            ("Task", _TASK, _tasks()),
            ("Event", _EVENT, _events()),
        )
    ]


def _users() -> Rows:
    return [
        [_id("005", at), f"{first}@nord.example.sales", last, first, f"{first} {last}", "Nord", f"{first}@nord.example",
         "true", "", _id("005", 0) if at else "", "00e5g000001AAAAAA1", _moment(1, 1)]
        for at, (first, last) in enumerate((("Mona", "Nagel"), ("Bert", "Kraus"), ("Cora", "Lind")))
    ]  # fmt: skip


def _accounts(newer: bool) -> Rows:
    phone = "+49 731 77" if newer else "+49 731 5"
    return [
        [_id("001", at), "true" if at == 4 else "false", "", name, "Customer", _short("001", 0) if at == 1 else "",
         f"Weg {at}", "Ulm", f"8907{at}", "Germany", phone if at == 0 else "", f"https://firma-{at}.example",
         "Machinery", "1200000.0", 40 + at, _id("005", 1), _moment(1, 2), _moment(6, 2)]
        for at, name in enumerate(("Schröder & Söhne", "Schröder Österreich", "Kamm AG", "Westpark", "Gone GmbH"))
    ]  # fmt: skip


def _contacts(newer: bool) -> Rows:
    title = "Head of Purchasing" if newer else "Purchasing"
    return [
        [_id("003", at), "false", _id("001", at % 4), last, first, "", f"{first} {last}", "", "Ulm", "89073", "Germany",
         f"+49 731 {at}", "", f"{first.lower()}@firma-{at % 4}.example", title if at == 2 else "Engineer", "",
         _id("005", 1), _moment(1, 3), _moment(6, 3)]
        for at, (first, last) in enumerate((("Ida", "Kern"), ("Jan", "Moll"), ("Lea", "Öz"), ("Tom", "Rau")))
    ]  # fmt: skip


def _way(at: int, newer: bool) -> list[str]:
    """The stages that an opportunity has gone through."""
    ways = (STAGES[:2], STAGES[:3], (*STAGES[:4], STAGES[4]), (*STAGES[:2], STAGES[5]), STAGES[:1])
    way = list(ways[at % 5])
    if newer and at in (1, 5):
        way.append(STAGES[len(way)])
    return [*way, STAGES[4]] if newer and at == 6 else way


def _steps(at: int, newer: bool) -> list[tuple[str, str]]:
    return [(stage, _moment(1 + step, 3 + at)) for step, stage in enumerate(_way(at, newer))]


def _opportunity(at: int, newer: bool) -> list[object]:
    stage, since = _steps(at, newer)[-1]
    is_won, is_closed = stage == STAGES[4], stage in STAGES[4:]
    closing = since[:10] if is_closed else f"2026-0{1 + at % 9}-15"
    return [
        (_short if newer else _id)("006", at), "false", _id("001", at % 4), f"Line {at}", "", stage,
        f"{1000 * (at + 1)}.0", "50", "", closing, "New Business", "", "Web" if at % 2 else "Trade Show",
        str(is_closed).lower(), str(is_won).lower(), "Pipeline", "Pipeline", "EUR", _id("005", 1 + at % 2),
        _moment(1, 3 + at), _moment(6, 1), "",
    ]  # fmt: skip


def _stages() -> Rows:
    return [
        [_id("01J", at), name, name, "true", at + 1, str(at > 3).lower(), str(at == 4).lower(), "Pipeline", 10 * at]
        for at, name in enumerate(STAGES)
    ]


def _history(at: int, newer: bool) -> Rows:
    """A row for each change of stage, amount or date: the first step is told twice, with another amount."""
    steps = _steps(at, newer)
    told = [(steps[0][0], _moment(1, 3 + at, 8)), *steps]
    return [
        [_id("008", 100 * at + number), _short("006", at), _id("005", 1), moment, stage, "1000.0", "", "2026-01-15",
         "10", "Pipeline", moment, "false"]
        for number, (stage, moment) in enumerate(told)
    ]  # fmt: skip


def _field_history(at: int, newer: bool) -> Rows:
    steps = _steps(at, newer)
    rows: Rows = [
        [_id("017", 100 * at), "false", _id("006", at), _id("005", 1), steps[0][1], "created", "Text", "", ""]
    ]
    rows += [
        [_id("017", 100 * at + number), "false", _id("006", at), _id("005", 1), moment, "StageName", "DynamicEnum",
         before, stage]
        for number, ((before, _since), (stage, moment)) in enumerate(pairwise(steps), 1)
    ]  # fmt: skip
    rows.append([_id("017", 100 * at + 50), "false", _id("006", at), _id("005", 1), _moment(6, 1), "Amount", "Currency",
                 "900.0", "1000.0"])  # fmt: skip
    return rows


def _roles() -> Rows:
    return [
        [_id("00K", at), _short("006", at), _id("003", at % 4), "Decision Maker", "true", _moment(1, 5), "false"]
        for at in range(6)
    ]


def _tasks() -> Rows:
    return [
        [_id("00T", 0), _id("003", 0), _id("006", 0), "Call: prices", "2024-02-01", "Completed", "Normal",
         _id("005", 1), "They want a second quote.", "false", _id("001", 0), "true", _moment(2, 1)],
        [_id("00T", 1), "", _id("001", 2), "Visit", "2024-02-03", "Completed", "Normal", _id("005", 1), "", "false",
         _id("001", 2), "true", _moment(2, 3)],
    ]  # fmt: skip


def _events() -> Rows:
    return [
        [_id("00U", 0), _id("003", 1), _id("006", 1), "Workshop", "Ulm", _moment(3, 4), "60", "", _id("001", 1),
         _id("005", 2), "false"],
    ]  # fmt: skip
