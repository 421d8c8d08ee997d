"""Reads that are put into SQL once give what the queryset gives, time after time, whatever they are given."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from etappe.deals.models import Deal
from etappe.journal.models import Entry
from etappe.journal.statements import AnyOf, Statement
from etappe.team.models import User

pytestmark = pytest.mark.django_db


def test_gives_what_the_queryset_gives_time_after_time(cast: Cast) -> None:
    statement = Statement(lambda key: User.objects.filter(id=key).select_related("team"))
    for user in User.objects.select_related("team"):
        with CaptureQueriesContext(connection) as asked:
            found = statement(user.id)
            assert [one.team and one.team.name for one in found] == [user.team and user.team.name]
        assert found == [user]
        assert vars(found[0]).keys() >= {field.attname for field in User._meta.concrete_fields}
        assert len(asked) == 1


def test_reads_json_and_moments_as_the_model_does(cast: Cast) -> None:
    statement = Statement(lambda few: Entry.objects.filter(AnyOf("id", few)).order_by("-id"))
    expected = list(Entry.objects.order_by("-id")[:20])
    found = statement([entry.id for entry in expected])
    assert [(one.id, one.data, one.recorded_at, one.change_id) for one in found] == [
        (one.id, one.data, one.recorded_at, one.change_id) for one in expected
    ]
    assert statement([]) == []


def test_gives_tuples_where_values_are_asked_for(cast: Cast) -> None:
    statement = Statement(lambda names: User.objects.filter(AnyOf("name", names)).values_list("uid", "name"))
    assert statement.first([cast.ada.label]) == User.objects.values_list("uid", "name").get(id=cast.ada.id or 0)
    assert statement.first(["nobody"]) is None


@pytest.mark.parametrize("text", ["100 %s", "%(x)s", "'; drop table team_user; --", "{a,b}", "\\", "\N{SNOWMAN}", ""])
def test_what_is_given_is_only_ever_a_value(cast: Cast, text: str) -> None:
    one = Statement(lambda name: User.objects.filter(name=name).values_list("name"))
    several = Statement(lambda names: User.objects.filter(AnyOf("name", names)).values_list("name"))
    assert one(text) == several([text]) == []
    User.objects.filter(id=cast.ada.id or 0).update(name=text)
    assert one(text) == several([text, "other"]) == [(text,)]


@pytest.mark.parametrize("name", ["100 %", "%s", "$1", "'; --", "\\"])
def test_what_is_always_the_same_in_a_statement_is_only_ever_a_value(cast: Cast, name: str) -> None:
    User.objects.filter(id=cast.ada.id or 0).update(name=name)
    statement = Statement(lambda key: User.objects.filter(id=key, name=name).values_list("name"))
    assert statement(cast.ada.id) == [(name,)]
    assert statement(cast.ben.id) == []


def _counted() -> Any:
    return Deal.objects.annotate(number=Count("id"))


def _keyed() -> Any:
    return Deal.objects.values("id")


def _flat() -> Any:
    return Deal.objects.values_list("id", flat=True)


@pytest.mark.parametrize("made", [_counted, _keyed, _flat])
def test_refuses_what_it_cannot_read(made: Any) -> None:
    with pytest.raises(TypeError, match="a statement gives"):
        Statement(made)()
