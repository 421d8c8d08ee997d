"""The language of filters: one text for addresses, API, command line, saved views and segments.

    owner = me and stage in (evaluation, "Need confirmed") and not (amount > 10000 or tags = key)

`parse` turns it into a tree of frozen values, `written` the tree into its one canonical text. What a field means and
which values it takes is not known here: `etappe.journal.filtering` compiles the tree for the room that holds the rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from etappe.core.errors import Refusal
from etappe.core.filter_days import is_day_word

LENGTH = 8_000
"""Characters of a filter."""
CONDITIONS = 60
"""Conditions of a filter; nobody reads more, and each of them costs."""
VALUES = 200
"""Values of one condition."""
DEPTH = 12
"""Brackets and "not" within each other."""

ME, MY_TEAM = "me", "my_team"


class Op(StrEnum):
    """How a condition compares."""

    IS = "="
    IS_NOT = "!="
    BELOW = "<"
    UP_TO = "<="
    ABOVE = ">"
    FROM = ">="
    HAS = "~"
    HAS_NOT = "!~"
    IN = "in"
    NOT_IN = "not in"
    NOT_SINCE = "not >="
    EMPTY = "is empty"
    FILLED = "is not empty"

    @property
    def takes(self) -> int:
        """How many values: none, one, or several (2)."""
        return {Op.IN: 2, Op.NOT_IN: 2, Op.EMPTY: 0, Op.FILLED: 0}.get(self, 1)


@dataclass(frozen=True)
class Value:
    """A value as it was written. `literal` keeps a word such as `me` or `today` from meaning more than its letters."""

    text: str
    literal: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "literal", self.literal and is_special(self.text))


@dataclass(frozen=True)
class Condition:
    """A field compared with values."""

    field: str
    op: Op
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Not:
    """What does not fit `part`."""

    part: Node


@dataclass(frozen=True)
class All:
    """What fits every part; without parts everything does."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Some:
    """What fits at least one part."""

    parts: tuple[Node, ...]


Node = Condition | Not | All | Some

EVERYTHING = All()
"""The filter that leaves all."""


def all_of(*parts: Node) -> Node:
    """The parts joined by "and": without brackets that mean nothing."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, All) else (part,))]
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def any_of(*parts: Node) -> Node:
    """The parts joined by "or"; with one that leaves everything, so does the whole."""
    if EVERYTHING in parts:
        return EVERYTHING
    flat = [one for part in parts for one in (part.parts if isinstance(part, Some) else (part,))]
    return flat[0] if len(flat) == 1 else Some(tuple(flat))


def is_special(text: str) -> bool:
    """Whether the bare word means more than its letters.

    >>> is_special("me"), is_special("today-14d"), is_special("Berlin")
    (True, True, False)
    """
    return text.lower() in (ME, MY_TEAM) or is_day_word(text)


# --- Reading ---

_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "empty"})
_FIELD = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*", re.IGNORECASE)
_BARE = re.compile(r"[^\s()=!<>~,\"\\]+")
_TOKEN = re.compile(
    r"\s*(?:(?P<quoted>\"(?:[^\"\\]|\\.)*\")|(?P<op>!=|<=|>=|!~|[=<>~])|(?P<mark>[(),])|(?P<word>[^\s()=!<>~,\"\\]+))",
    re.DOTALL,
)
_UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int

    @property
    def keyword(self) -> str:
        return self.text.lower() if self.kind == "word" and self.text.lower() in _KEYWORDS else ""


def parse(text: str) -> Node:
    """The filter as a tree; refuses with the column where reading ended, and what could stand there.

    >>> parse("owner = me").op.value
    '='
    """
    if len(text) > LENGTH:
        raise Refusal("filter_too_long", length=len(text), limit=LENGTH)
    found = _UNHOLDABLE.search(text)
    if found:
        raise Refusal("filter_unreadable", column=found.start() + 1, found="", expected="character")
    if not text.strip():
        return EVERYTHING
    reader = _Reader(_tokens(text))
    tree = reader.either(0)
    reader.ended()
    return tree


def _tokens(text: str) -> list[_Token]:
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            expected = "quote" if text[start] == '"' else "character"
            raise Refusal("filter_unreadable", column=start + 1, found=text[start], expected=expected)
        kind = found.lastgroup or ""
        tokens.append(_Token(kind, found[kind], found.start(kind) + 1))
        at = found.end()
    return [*tokens, _Token("end", "", len(text) + 1)]


class _Reader:
    """Reads tokens from left to right; "not" binds closest, then "and", then "or"."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.conditions = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.here
        self.at += token.kind != "end"
        return token

    def refuse(self, expected: str) -> Refusal:
        return Refusal("filter_unreadable", column=self.here.column, found=self.here.text[:60], expected=expected)

    def passes(self, keyword: str) -> bool:
        if self.here.keyword != keyword:
            return False
        self.take()
        return True

    def ended(self) -> None:
        if self.here.kind != "end":
            raise self.refuse("joint")

    def either(self, depth: int) -> Node:
        parts = [self.both(depth)]
        while self.passes("or"):
            parts.append(self.both(depth))
        return any_of(*parts)

    def both(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while self.passes("and"):
            parts.append(self.one(depth))
        return all_of(*parts)

    def one(self, depth: int) -> Node:
        if depth > DEPTH:
            raise Refusal("filter_too_deep", limit=DEPTH, column=self.here.column)
        if self.passes("not"):
            return Not(self.one(depth + 1))
        if self.here.text == "(" and self.here.kind == "mark":
            return self.bracket(depth)
        return self.condition()

    def bracket(self, depth: int) -> Node:
        self.take()
        inner = self.either(depth + 1)
        if self.here.text != ")" or self.here.kind != "mark":
            raise self.refuse("bracket")
        self.take()
        return inner

    def condition(self) -> Condition:
        if self.here.kind != "word" or self.here.keyword or not _FIELD.fullmatch(self.here.text):
            raise self.refuse("field")
        self.conditions += 1
        if self.conditions > CONDITIONS:
            raise Refusal("filter_too_many", limit=CONDITIONS, column=self.here.column)
        name = self.take().text.lower()
        op = self.operator()
        return Condition(name, op, self.values(op))

    def operator(self) -> Op:
        if self.here.kind == "op":
            return Op(self.take().text)
        if self.passes("in"):
            return Op.IN
        if self.passes("not"):
            return self.negated()
        if self.passes("is"):
            op = Op.FILLED if self.passes("not") else Op.EMPTY
            if not self.passes("empty"):
                raise self.refuse("empty")
            return op
        raise self.refuse("operator")

    def negated(self) -> Op:
        if self.here.kind == "op" and self.here.text == Op.FROM:
            self.take()
            return Op.NOT_SINCE
        if not self.passes("in"):
            raise self.refuse("in")
        return Op.NOT_IN

    def values(self, op: Op) -> tuple[Value, ...]:
        if op.takes == 0:
            return ()
        return (self.value(),) if op.takes == 1 else self.several()

    def several(self) -> tuple[Value, ...]:
        if self.here.text != "(" or self.here.kind != "mark":
            raise self.refuse("values")
        self.take()
        found = [self.value()]
        while self.here.text == "," and self.here.kind == "mark":
            self.take()
            found.append(self.value())
            if len(found) > VALUES:
                raise Refusal("filter_too_many_values", limit=VALUES, column=self.here.column)
        if self.here.text != ")" or self.here.kind != "mark":
            raise self.refuse("comma")
        self.take()
        return tuple(dict.fromkeys(found))

    def value(self) -> Value:
        token = self.here
        if token.kind == "quoted":
            self.take()
            return Value(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL), literal=True)
        if token.kind != "word" or token.keyword:
            raise self.refuse("value")
        return Value(self.take().text)


# --- Writing ---


def written(tree: Node) -> str:
    """The one text of the tree: `parse(written(tree)) == tree`.

    >>> written(parse('stage IN ("Need confirmed",offer)  AND (a=1 OR NOT b~"x")'))
    'stage in ("Need confirmed", offer) and (a = 1 or not b ~ x)'
    """
    if isinstance(tree, Condition):
        return condition_text(tree)
    if isinstance(tree, Not):
        return f"not {_within(tree.part)}"
    joint = " and " if isinstance(tree, All) else " or "
    return joint.join(_within(part) for part in tree.parts)


def _within(part: Node) -> str:
    return f"({written(part)})" if isinstance(part, All | Some) else written(part)


def condition_text(condition: Condition) -> str:
    """One condition as text."""
    values = [value_text(value) for value in condition.values]
    if condition.op.takes == 0:
        return f"{condition.field} {condition.op}"
    if condition.op.takes == 1:
        return f"{condition.field} {condition.op} {values[0]}"
    return f"{condition.field} {condition.op} ({', '.join(values)})"


def value_text(value: Value) -> str:
    """One value as text, in quotation marks where it needs them."""
    is_bare = not value.literal and _BARE.fullmatch(value.text) and value.text.lower() not in _KEYWORDS
    if is_bare:
        return value.text
    return '"' + re.sub(r'(["\\])', r"\\\1", value.text) + '"'


# --- Changing: what a form of filters does to the text ---


def parts_of(tree: Node) -> tuple[Node, ...]:
    """What is joined by "and" at the top."""
    return tree.parts if isinstance(tree, All) else (tree,)


def with_condition(tree: Node, condition: Node) -> Node:
    """The filter narrowed by one more condition."""
    return tree if condition in parts_of(tree) else all_of(tree, condition)


def without_condition(tree: Node, condition: Node) -> Node:
    """The filter without a part that stands at its top."""
    return all_of(*(part for part in parts_of(tree) if part != condition))


def replaced(tree: Node, field: str, *conditions: Condition) -> Node:
    """The filter with these conditions in place of all that stand on the field at its top."""
    kept = [part for part in parts_of(tree) if not (isinstance(part, Condition) and part.field == field)]
    return all_of(*kept, *conditions)


def conditions_of(tree: Node) -> tuple[Condition, ...]:
    """All conditions, wherever they stand."""
    if isinstance(tree, Condition):
        return (tree,)
    if isinstance(tree, Not):
        return conditions_of(tree.part)
    return tuple(one for part in tree.parts for one in conditions_of(part))


def single(tree: Node, field: str, op: Op = Op.IS) -> str:
    """The value of the only condition on the field at the top, if it compares so; empty otherwise."""
    found = [part for part in parts_of(tree) if isinstance(part, Condition) and part.field == field]
    return found[0].values[0].text if len(found) == 1 and found[0].op is op else ""


# --- As rows of a form: groups joined by "or", in each conditions joined by "and" ---

Groups = tuple[tuple[Condition, ...], ...]


def as_groups(tree: Node) -> Groups | None:
    """The filter as groups of conditions, for a form of rows; None where it is built otherwise."""
    groups = []
    for option in tree.parts if isinstance(tree, Some) else (tree,):
        rows = parts_of(option)
        if not all(isinstance(row, Condition) for row in rows):
            return None
        groups.append(tuple(row for row in rows if isinstance(row, Condition)))
    return tuple(groups)


def of_groups(groups: Groups) -> Node:
    """The filter that the rows of a form mean; empty groups do not count."""
    meant = [all_of(*group) for group in groups if group]
    return any_of(*meant) if meant else EVERYTHING
