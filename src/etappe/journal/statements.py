"""Reads that are put into SQL once: for the few rows that every page asks for, writing the SQL costs five times the
asking.

A statement is a queryset with places in it, written down when it is first asked. After that it is only given its
values, which are parameters as they always are:

    MEMBERS = Statement(lambda deal: Member.objects.filter(deal=deal).order_by("id"))
    MEMBERS(deal.id)
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BooleanField, Expression, Func, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from etappe.journal.asking import ask, literal

R = TypeVar("R")
K = TypeVar("K", bound=Hashable)
Convert = Callable[[Any, Any, Any], Any]


class Place(Expression):
    """Stands in the queryset where a value comes."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    def as_sql(self, *_given: Any, **_context: Any) -> Any:
        """A parameter that is still to come."""
        return "%s", [self]


class AnyOf(Func):
    """Whether a column holds one of several values: `filter(AnyOf("id", keys))`, with the place of a list."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


@dataclass(frozen=True)
class _Written:
    """The SQL, which of the values given goes into each of its places, and how its rows are read."""

    sql: str
    places: tuple[int, ...]
    converters: tuple[tuple[int, Sequence[Convert], Any], ...]
    read: Callable[[Sequence[Any]], Any]


class Statement(Generic[R]):
    """A queryset of records, or of tuples of their values, made of places for what is given each time."""

    def __init__(self, made: Callable[..., QuerySet[Any, R]]) -> None:
        self._made = made

    def __call__(self, *values: Any) -> list[R]:
        """The rows for these values."""
        written = self._written
        rows: Iterable[Sequence[Any]] = ask(written.sql, [values[at] for at in written.places])
        if written.converters:
            rows = [_converted(row, written) for row in rows]
        return [written.read(row) for row in rows]

    def first(self, *values: Any) -> R | None:
        """The first row, if there is one. A statement of which one row is wanted says so itself, by `[:1]`."""
        return next(iter(self(*values)), None)

    @cached_property
    def _written(self) -> _Written:
        places = [Place(at) for at in range(len(inspect.signature(self._made).parameters))]
        rows = self._made(*places)
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        assert compiler.select is not None
        found = compiler.get_converters([column for column, *_rest in compiler.select])
        converters = tuple((at, tuple(convert), column) for at, (convert, column) in found.items())
        given = tuple(param.at for param in params if isinstance(param, Place))
        return _Written(_with_constants(sql, params), given, converters, _reader_of(rows, compiler))


def _with_constants(sql: str, params: Iterable[Any]) -> str:
    """The SQL with what is the same every time in it; what is left to be given is `%s`."""
    said = iter("%s" if isinstance(param, Place) else literal(param) for param in params)
    return re.sub("%s|%%", lambda found: next(said) if found[0] == "%s" else "%%", sql)


def for_each(made: Callable[[K], Statement[R]]) -> Callable[[K], Statement[R]]:
    """One statement for each scope of viewers, kept: `for_each` decorates what makes it of a scope.

    Who sees what is part of the SQL, so two scopes never share a statement; what they are given are parameters.
    """
    return lru_cache(maxsize=512)(made)


def _reader_of(rows: QuerySet[Any, Any], compiler: SQLCompiler) -> Callable[[Sequence[Any]], Any]:
    """How a row becomes what the queryset would give."""
    kind: Any = rows._iterable_class
    if kind is ValuesListIterable:
        return tuple
    if kind is not ModelIterable or rows.query.annotations:
        raise TypeError("a statement gives records, or tuples of their values")
    known: Any = compiler.klass_info
    columns: Any = compiler.select
    model, own = known["model"], slice(known["select_fields"][0], known["select_fields"][-1] + 1)
    names = [column.target.attname for column, *_rest in columns[own]]
    related: Any = get_related_populators(known, columns, connection.alias)  # type: ignore[call-arg]  # the stubs' is newer

    def read(row: Sequence[Any]) -> Any:
        record = model.from_db(connection.alias, names, row[own])
        for each in related:
            each.populate(row, record)
        return record

    return read


def _converted(row: Sequence[Any], written: _Written) -> list[Any]:
    values = list(row)
    for at, converters, column in written.converters:
        for convert in converters:
            values[at] = convert(values[at], column, connection)
    return values
