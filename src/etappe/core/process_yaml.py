"""YAML text to plain values that know where they stand. Never raises on any text: what is wrong becomes a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

LARGEST = 256 * 1024
"""Bytes (UTF-8) that a process file may have."""
DEEPEST = 12
"""Levels of nesting that a process file may have; the format itself needs eight."""

Value = str | int | float | bool | None | tuple["Node", ...] | Mapping[str, "Node"]

_TAG = "tag:yaml.org,2002:"
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands in a file: line and column from 1, and the path of keys that leads there."""

    line: int
    column: int
    path: str = ""

    def below(self, step: str | int) -> str:
        """The path of a part of what stands here.

        >>> Place(1, 1, "stages").below(0), Place(1, 1).below("key")
        ('stages[0]', 'key')
        """
        if isinstance(step, int):
            return f"{self.path}[{step}]"
        return f"{self.path}.{step}" if self.path else step


@dataclass(frozen=True)
class Problem:
    """Something that keeps a file from being a process: `code` names it, `params` are the values it is told with."""

    code: str
    place: Place
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """A value with its place; `keys` are the places of a mapping's keys."""

    value: Value
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """The root of a file (None when it is not YAML at all), and what was wrong on the way."""

    root: Node | None
    problems: tuple[Problem, ...]


class _TooDeep(yaml.MarkedYAMLError):
    pass


class _AliasUsed(yaml.MarkedYAMLError):
    pass


class _Loader(yaml.SafeLoader):
    """Composes without aliases and without end: both make small files large."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call] # the stubs leave it out
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _AliasUsed(problem_mark=event.start_mark)
        if self.depth >= DEEPEST:
            raise _TooDeep(problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def parse(source: str) -> Parsed:
    """Read one YAML document. Aliases, foreign tags, excess size or depth and duplicate keys are problems."""
    size = len(source.encode("utf-8", "replace"))
    if size > LARGEST:
        return _unreadable("too_big", None, size=size, largest=LARGEST)
    try:
        composed = compose(source)
    except _AliasUsed as error:
        return _unreadable("alias", error.problem_mark)
    except _TooDeep as error:
        return _unreadable("too_deep", error.problem_mark, deepest=DEEPEST)
    except yaml.MarkedYAMLError as error:
        return _unreadable("not_yaml", error.problem_mark or error.context_mark, detail=error.problem or error.context)
    except yaml.reader.ReaderError as error:
        return Parsed(None, (Problem("control_characters", _place_of(source, error.position)),))
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        return _unreadable("not_yaml", None, detail=_first_line(error))
    if composed is None:
        return _unreadable("empty_file", None)
    return _Reading().parsed(composed)


def compose(source: str) -> yaml.Node | None:
    """The nodes of a YAML text with their marks; raises what YAML raises, and for aliases and for excess depth."""
    loader = _Loader(source)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _place_of(source: str, position: int) -> Place:
    before = source[:position]
    return Place(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)


def _first_line(error: Exception) -> str:
    lines = _UNSHOWABLE.sub(" ", str(error)).splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _unreadable(code: str, mark: yaml.Mark | None, **params: Any) -> Parsed:
    return Parsed(None, (Problem(code, _place(mark, ""), params),))


def _place(mark: yaml.Mark | None, path: str) -> Place:
    return Place(mark.line + 1, mark.column + 1, path) if mark else Place(1, 1, path)


class _Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def parsed(self, root: yaml.Node) -> Parsed:
        return Parsed(self.node(root, ""), tuple(self.problems))

    def node(self, node: yaml.Node, path: str) -> Node:
        place = _place(node.start_mark, path)
        if isinstance(node, yaml.MappingNode):
            self._check_tag(node, place, "map")
            keys: dict[str, Place] = {}
            return Node(dict(self._pairs(node, place, keys)), place, keys)
        if isinstance(node, yaml.SequenceNode):
            self._check_tag(node, place, "seq")
            return Node(tuple(self.node(item, place.below(at)) for at, item in enumerate(node.value)), place)
        return Node(self._scalar(node, place) if isinstance(node, yaml.ScalarNode) else None, place)

    def _check_tag(self, node: yaml.Node, place: Place, expected: str) -> None:
        if node.tag != _TAG + expected:
            self.problems.append(Problem("tag", place, {"tag": node.tag}))

    def _pairs(self, node: yaml.MappingNode, place: Place, seen: dict[str, Place]) -> Iterator[tuple[str, Node]]:
        for key_node, value_node in node.value:
            key = self._key(key_node, place)
            here = _place(key_node.start_mark, place.below(key))
            if key in seen:
                self.problems.append(Problem("duplicate_yaml_key", here, {"key": key, "line": seen[key].line}))
                continue
            seen[key] = here
            yield key, self.node(value_node, here.path)

    def _key(self, node: yaml.Node, place: Place) -> str:
        if isinstance(node, yaml.ScalarNode) and not _UNSHOWABLE.search(node.value):
            return str(node.value)
        self.problems.append(Problem("odd_key", _place(node.start_mark, place.path)))
        return f"?{node.start_mark.line + 1}:{node.start_mark.column + 1}"

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Value:
        kind = node.tag.removeprefix(_TAG)
        if kind not in _SCALARS:
            self.problems.append(Problem("tag", place, {"tag": kind}))
            return None
        if _UNSHOWABLE.search(node.value):
            self.problems.append(Problem("control_characters", place))
            return None
        return _value_of(kind, node.value)


_SCALARS = {"str", "int", "float", "bool", "null", "timestamp", "merge", "value"}
_TRUE = {"yes", "true", "on"}


def _value_of(kind: str, raw: str) -> Value:
    """The value of a scalar; a number that YAML writes in another way than JSON stays text, and is refused as such."""
    if kind == "bool":
        return raw.lower() in _TRUE
    if kind in ("int", "float") and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", raw):
        return float(raw) if "." in raw else int(raw)
    return raw if kind == "str" else None
