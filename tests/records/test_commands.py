"""`etappe list` and `etappe merge` as somebody types them: what they print, and how they say no."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from etappe.cli import main
from etappe.core.actor import SYSTEM
from etappe.people.actions_fields import define_field
from etappe.people.models import Account, Person
from etappe.records import actions
from etappe.records.merge import merge
from tests.cast import AT, Cast, email
from tests.make import make_account, make_deal, make_person, make_process
from tests.unchanged import unchanged

Command = Callable[..., Result]


@pytest.fixture
def typed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setattr("etappe.config.start.application", lambda *_tell: nullcontext())

    def run(*words: object, by: str = "ada", code: int = 0) -> Result:
        result = CliRunner().invoke(main, [*map(str, words), "--as", email(by)])
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return run


# --- etappe merge ---


def merged(result: Result) -> str:
    """The uid of the merge, as the command says it for undoing."""
    return result.stdout.split("etappe merge undo ")[1].split()[0]


def test_merging_says_what_came_along_and_how_to_undo_it(cast: Cast, typed: Command) -> None:
    make_process()
    one, other = make_account(cast.ada, name="Müller GmbH"), make_account(cast.ada, name="Mueller")
    make_deal(cast.ada, account=other.uid)
    make_person(cast.ada, account=other.uid)
    result = typed("merge", "accounts", one.uid, other.uid)
    assert result.stdout.startswith(f"{one.uid}  merged 2 records (")
    assert result.stdout.splitlines()[1] == "Stays: Müller GmbH. Went into it: Mueller."
    assert f"--as {email('ada')}" in result.stdout
    assert Account.objects.get(uid=other.uid).merged_into_id == one.id
    assert Person.objects.get().account_id == one.id
    undone = typed("merge", "undo", merged(result))
    assert undone.stdout == f"{one.uid}  undone\n"
    assert Account.objects.get(uid=other.uid).merged_into_id is None
    assert Person.objects.get().account_id == other.id


def test_what_was_edited_since_is_named_by_the_undo(cast: Cast, typed: Command) -> None:
    one, other = make_person(cast.ada, name="Ida"), make_person(cast.ada, name="Ida Kern", email="ida@a.example")
    uid = merged(typed("merge", "people", one.uid, other.uid))
    person = Person.objects.get(uid=one.uid)
    assert person.email == "ida@a.example"
    from etappe.people import actions as people

    people.edit_person(one.uid, {"email": "kern@b.example"}, seen=person.version, actor=cast.ada, at=AT)
    assert "Edited since, so it stays: email" in typed("merge", "undo", uid).stdout
    assert Person.objects.get(uid=one.uid).email == "kern@b.example"


def test_a_merge_that_cannot_be_is_refused_plainly(cast: Cast, typed: Command) -> None:
    one, other = make_account(cast.ada), make_account(cast.ada)
    foreign, person = make_account(cast.cem, is_private=True), make_person(cast.ada)
    apart = make_account(cast.ada)
    actions.tell_apart("account", one.uid, apart.uid, actor=cast.ada, at=AT)
    nobody = "There is no such record, or it may not be seen."
    unknown = "00000000-0000-4000-8000-000000000000"
    for words, by, says in (
        ([one.uid, unknown], "ada", nobody),
        ([one.uid, "no uid; DROP TABLE"], "ada", nobody),
        ([one.uid, foreign.uid], "ada", nobody),
        ([one.uid, person.uid], "ada", nobody),
        ([one.uid], "ada", "2"),
        ([one.uid, one.uid], "ada", "2"),
        ([one.uid, other.uid], "cem", "may not"),
        ([one.uid, other.uid], "oda", "may not"),
        ([one.uid, apart.uid], "ada", "not the same"),
    ):
        with unchanged():
            assert says in typed("merge", "accounts", *words, by=by, code=1).stderr, (words, by)
    with unchanged():
        assert nobody in typed("merge", "undo", unknown, code=1).stderr
        assert "UID" in typed("merge", "accounts", code=2).stderr
        unknown_colleague = CliRunner().invoke(
            main, ["merge", "accounts", str(one.uid), str(other.uid), "--as", "nobody@x.example"]
        )
        assert (unknown_colleague.exit_code, "no active colleague" in unknown_colleague.stderr) == (1, True)
        assert CliRunner().invoke(main, ["merge", "accounts", str(one.uid), str(other.uid)]).exit_code == 2


def test_merged_and_undone_twice(cast: Cast, typed: Command) -> None:
    one, other, third = make_account(cast.ada), make_account(cast.ada), make_account(cast.ada)
    first = merged(typed("merge", "accounts", one.uid, other.uid))
    with unchanged():
        typed("merge", "accounts", one.uid, other.uid, code=1)
        typed("merge", "accounts", other.uid, third.uid, code=1)
        typed("merge", "undo", first, by="cem", code=1)
    second = merged(typed("merge", "accounts", third.uid, one.uid))
    with unchanged():
        assert typed("merge", "undo", first, code=1).stderr, "the later merge is undone first"
    typed("merge", "undo", second)
    typed("merge", "undo", first)
    with unchanged():
        typed("merge", "undo", first, code=1)
    assert not Account.objects.exclude(merged_into=None).exists()


def test_a_merge_of_long_ago_stays(cast: Cast, typed: Command) -> None:
    one, other = make_account(cast.ada), make_account(cast.ada)
    done = merge("account", [one.uid, other.uid], actor=cast.ada, at=AT - timedelta(days=4000))
    with unchanged():
        assert "90" in typed("merge", "undo", done.uid, code=1).stderr


# --- etappe list ---


@pytest.fixture
def listed(cast: Cast) -> Cast:
    define_field("account", {"key": "size", "name": "Größe", "kind": "number"}, actor=SYSTEM, at=AT)
    make_account(cast.ada, name="Äpfel & Söhne", city="Köln", custom={"size": "12.5"})
    make_account(cast.ada, name='=HYPERLINK("http://x")', city="Ulm, Donau")
    make_account(cast.cem, name="Zweizeilig", street="Hinterhof\nLinks", custom={"size": "3"})
    make_account(cast.cem, name="Geheim", is_private=True)
    return cast


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_is_one_record_per_line(listed: Cast, typed: Command) -> None:
    found = rows(typed("list", "accounts", "--format", "json", "--columns", "name,custom.size,owner", "--sort", "name"))
    assert [row["name"] for row in found] == ['=HYPERLINK("http://x")', "Äpfel & Söhne", "Zweizeilig"]
    assert found[1]["custom.size"] == "12.5"
    assert set(found[0]) == {"uid", "name", "custom.size", "owner"}
    assert {row["uid"] for row in found} <= {str(uid) for uid in Account.objects.values_list("uid", flat=True)}
    assert len(rows(typed("list", "accounts", "--format", "json", by="dot"))) == 4, "administrators see what is private"


def test_csv_goes_into_a_spreadsheet_and_runs_nothing(listed: Cast, typed: Command) -> None:
    told = typed("list", "accounts", "--format", "csv", "--columns", "name,city,street", "--sort", "-name").stdout
    found = list(csv.DictReader(io.StringIO(told)))
    assert [row["name"] for row in found] == ["Zweizeilig", "Äpfel & Söhne", '\'=HYPERLINK("http://x")']
    assert (found[0]["street"], found[2]["city"]) == ("Hinterhof Links", "Ulm, Donau")
    assert typed("list", "people", "--format", "csv", "--columns", "name").stdout == "name\n", "a header at least"
    assert typed("list", "people", "--format", "json").stdout == ""


def test_the_table_is_filtered_sorted_and_cut(listed: Cast, typed: Command) -> None:
    told = typed("list", "accounts", "--columns", "name,street", "--where", "street is not empty").stdout
    assert told.splitlines() == ["name        street", "Zweizeilig  Hinterhof Links"], "one line per record"
    told = typed("list", "accounts", "--columns", "name", "--sort", "-custom.size", "--limit", "2").stdout
    assert told.split("\n")[1:3] == ["Äpfel & Söhne", "Zweizeilig"]
    assert len(typed("list", "accounts", "--where", "custom.size > 5 or city = koeln").stdout.splitlines()) == 2
    fields = typed("list", "accounts", "--fields").stdout
    assert "custom.size" in fields and "Größe" in fields and "is not empty" in fields


REFUSED: tuple[tuple[tuple[str, str], str], ...] = (
    (("--where", "nme = x"), "name"),
    (("--where", "employees > viele"), "viele"),
    (("--where", "name = "), ""),
    (("--where", "(name = x"), ""),
    (("--where", "name ! x"), ""),
    (("--where", "custom.gone = 1"), "custom.gone"),
    (("--where", " or ".join(["name = x"] * 300)), ""),
    (("--where", "name = '\x00'"), ""),
    (("--columns", "name,nonsense"), "nonsense"),
    (("--columns", "name; DROP TABLE"), "DROP"),
    (("--columns", ",".join(f"account{at}" for at in range(30))), "20"),
    (("--sort", "custom.gone"), "custom.gone"),
    (("--sort", "name DESC"), "name DESC"),
    (("--view", "Meine Ansicht"), "Meine Ansicht"),
)


def test_what_cannot_be_listed_is_refused_plainly(listed: Cast, typed: Command) -> None:
    del listed
    for options, says in REFUSED:
        result = typed("list", "accounts", *options, code=1)
        assert says in result.stderr and result.stdout == "", options
        assert result.stderr.startswith("Error: ") and len(result.stderr.splitlines()) >= 2, options


def test_usage_is_said_by_the_command_itself(cast: Cast, typed: Command) -> None:
    del cast
    typed("list", "planets", code=2)
    typed("list", "deals", "--limit", "0", code=2)
    typed("list", "deals", "--format", "xml", code=2)
    assert "no active colleague" in CliRunner().invoke(main, ["list", "deals", "--as", "x@x.example"]).stderr
