"""Publishing: versions that never change, one default, and what a file must be before it counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from tests.cast import AT, Cast, assemble
from tests.hostile.naughty import naughty
from tests.make import make_process, make_source
from tests.replay import assert_replays, journal
from tests.unchanged import refused, unchanged

from etappe.core.actor import SYSTEM
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.lint import lint
from etappe.journal.refusals import text
from etappe.playbook import actions, queries
from etappe.playbook.models import ProcessVersion
from etappe.team.models import Workspace
from etappe.team.queries import workspace

LIBRARY = (
    "account_based",
    "channel",
    "classic_six",
    "eleven_to_live",
    "inbound",
    "outbound",
    "relationship",
    "team",
    "transactional",
)


def test_the_library_holds_the_nine(db):
    assert tuple(item.key for item in queries.library()) == LIBRARY
    for item in queries.library():
        assert item.source.startswith("etappe: 1")
        assert item.spec.key == item.key
        assert set(item.name) == {"de", "en"}
        assert not lint(item.source), f"{item.key} is not worth using as it is"
    with pytest.raises(Missing):
        queries.library_item("../../etc/passwd")


def test_each_of_the_library_can_be_taken(cast: Cast):
    for key in LIBRARY:
        version = actions.take_library(key, actor=cast.ben, at=AT)
        assert (version.process, version.number, version.spec) == (key, 1, queries.library_item(key).spec)
        assert workspace().default_process == key
        assert queries.default_version() == version
    assert [process.key for process in queries.processes(cast.ada)] == ["transactional", *LIBRARY[:-1]]
    assert_replays(Workspace.objects.get())


def test_versions_count_up_and_stay(cast: Cast):
    first = actions.publish(make_source(), actor=cast.dot, at=AT)
    second = actions.publish(make_source(stages=("Auftrag erteilt",)), actor=cast.dot, at=AT + timedelta(days=1))
    third = actions.publish(make_source(), actor=cast.dot, at=AT + timedelta(days=2))
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert [version.number for version in queries.versions("own")] == [3, 2, 1]
    assert queries.get_version("own") == third
    assert queries.get_version("own", 1) == first
    assert queries.version_by_id(second.id) == second
    assert queries.get_version("own", 1).spec == third.spec
    assert [kind for kind, _ in journal()].count("process.published") == 3
    kind, data = journal()[-1]
    assert (kind, data["number"], data["sha256"], data["stages"]) == ("process.published", 3, third.sha256, 2)


def test_the_same_text_again_changes_nothing(cast: Cast):
    version = actions.publish(make_source(), actor=cast.dot, at=AT)
    with unchanged():
        assert actions.publish(make_source(), actor=cast.ben, at=AT + timedelta(days=1)) == version
    assert actions.publish(make_source() + "\n", actor=cast.dot, at=AT).number == 2


def test_the_first_one_published_is_the_default(cast: Cast):
    with refused("no_process"):
        queries.default_version()
    actions.publish(make_source("one"), actor=cast.dot, at=AT)
    actions.publish(make_source("two"), actor=cast.dot, at=AT)
    assert queries.default_version().process == "one"
    actions.make_default("two", actor=cast.ben, at=AT)
    assert queries.default_version().process == "two"
    with unchanged():
        actions.make_default("two", actor=cast.ben, at=AT)
    with pytest.raises(Missing), unchanged():
        actions.make_default("three", actor=cast.ben, at=AT)


def test_who_publishes(cast: Cast):
    for actor in (cast.ada, cast.cem, cast.mia, cast.sam, cast.oda):
        with refused("forbidden", Forbidden):
            actions.publish(make_source(), actor=actor, at=AT)
        with refused("forbidden", Forbidden):
            actions.take_library("inbound", actor=actor, at=AT)
    make_process("inbound")
    with refused("forbidden", Forbidden):
        actions.make_default("inbound", actor=cast.ada, at=AT)
    for viewer in cast.everybody().values():
        assert [process.key for process in queries.processes(viewer)] == ["inbound"]


def test_a_file_that_is_no_process_says_where_and_why(cast: Cast):
    broken = make_source().replace("owner: am", "owner: boss", 1).replace("phase: win", "phase: sell", 1)
    with refused("process_unusable") as no:
        actions.publish(broken, actor=cast.dot, at=AT)
    assert [problem.place.line for problem in no.value.params["problems"]] == [7, 9]
    with translation.override("de"):
        said = text(no.value)
    assert said.what == "Diese Datei ist noch kein Vertriebsprozess; es wurde nichts veröffentlicht."
    assert [line.split(":")[0] for line in said.missing] == ["Zeile 7, Spalte 12", "Zeile 9, Spalte 12"]
    assert "boss" in said.missing[1]


def test_what_the_linter_finds_does_not_block(cast: Cast):
    source = make_source(stages=("Demo", "Angebot gesendet"))
    assert lint(source)
    assert actions.publish(source, actor=cast.dot, at=AT).number == 1


def test_naughty_texts_are_refused_or_published_whole(cast: Cast):
    outcomes = set()
    for naught in naughty():
        try:
            actions.publish(naught, actor=cast.dot, at=AT)
        except Refusal as no:
            outcomes.add(no.code)
    assert outcomes == {"process_unusable"}
    assert not ProcessVersion.objects.exists()


def test_a_published_version_never_changes(cast: Cast):
    version = actions.publish(make_source(), actor=cast.dot, at=AT)
    for change in (
        lambda: ProcessVersion.objects.filter(id=version.id).update(source="x"),
        lambda: ProcessVersion.objects.filter(id=version.id).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert queries.get_version("own") == version


@pytest.mark.server
def test_not_even_the_owner_changes_it(fresh_database, owner_url):
    cast = assemble()
    version = actions.publish(make_source(), actor=cast.dot, at=AT)
    with psycopg.connect(owner_url) as owner:
        for sql in (
            "UPDATE playbook_processversion SET compiled = '{}'",
            "DELETE FROM playbook_processversion",
            "TRUNCATE playbook_processversion CASCADE",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
                owner.execute(sql)
    assert queries.get_version("own") == version


def test_two_who_publish_at_once(fresh_database):
    cast = assemble()
    sources = [make_source(stages=("Bedarf bestätigt", f"Auftrag {number} erteilt")) for number in range(4)] * 2

    def publish(source: str) -> int:
        try:
            return actions.publish(source, actor=cast.dot, at=AT).number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(publish, sources))
    numbers = sorted(ProcessVersion.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)), "no number twice, none left out"
    assert 4 <= len(numbers) <= 8


def test_the_same_file_published_by_many_at_once_is_one_version(fresh_database):
    cast = assemble()

    def publish(_number: int) -> int:
        try:
            return actions.publish(make_source(), actor=cast.dot, at=AT).id
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(publish, range(6)))) == 1
    assert ProcessVersion.objects.count() == 1


def test_a_version_is_compiled_once_per_process(cast: Cast, django_assert_num_queries):
    version = make_process("inbound")
    with django_assert_num_queries(1):
        assert queries.spec(version.id) == version.spec
    with django_assert_num_queries(0):
        assert queries.spec(version.id) is queries.spec(version.id)
    with pytest.raises(Missing):
        queries.spec(0)


def test_reading_costs_a_fixed_number_of_queries(cast: Cast, django_assert_num_queries):
    for key in ("inbound", "outbound", "team"):
        make_process(key)
    with django_assert_num_queries(2):
        assert len(queries.processes(cast.ada)) == 3
    with django_assert_num_queries(1):
        queries.versions("inbound")
    with django_assert_num_queries(1):
        queries.get_version("inbound")
    with django_assert_num_queries(2):
        queries.default_version()


@pytest.mark.parametrize("key", ["nothing", "", "0" * 36, "inbound'"])
def test_what_is_not_there(db, key):
    for look in (queries.versions, queries.get_version):
        with pytest.raises(Missing):
            look(key)
    with pytest.raises(Missing):
        queries.version_by_id(0)
    with pytest.raises(Missing):
        actions.take_library(f"x{key}", actor=SYSTEM, at=AT)
