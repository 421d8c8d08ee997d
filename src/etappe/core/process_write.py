"""A process as plain values, and back to the text of a file: for editing by form what others edit as text.

Where only values change, the text keeps its comments, its order and its spacing; where stages or criteria come, go or
change places, the file is written anew in one fixed order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from etappe.core.process_edit import node_at, quoted
from etappe.core.process_yaml import Node, compose, parse

Data = dict[str, Any]

_ORDER = (
    "etappe", "key", "phase", "name", "alias", "about", "model", "de", "en", "owner", "action", "text", "required",
    "evidence", "outcome", "expected_days", "desired_rate", "content", "lessons", "objections", "fields", "criteria",
    "stages", "leave",
)  # fmt: skip


def plain(source: str) -> Data | None:
    """The values of a file without their places; None where it is no mapping that can be read."""
    root = parse(source).root
    value = _plain(root) if root is not None else None
    return value if isinstance(value, dict) else None


def _plain(node: Node) -> Any:
    if isinstance(node.value, Mapping):
        return {key: _plain(item) for key, item in node.value.items()}
    return [_plain(item) for item in node.value] if isinstance(node.value, tuple) else node.value


def rewrite(source: str, data: Data) -> str:
    """The text with these values: in place where the shape is the same, written anew otherwise."""
    old = plain(source)
    if old is None:
        return written(data)
    changed = list(_differences("", old, data))
    if None in changed:
        return written(data)
    return _in_place(source, [pair for pair in changed if pair]) or written(data)


def keeps_comments(source: str, text: str) -> bool:
    """Whether the comments of the one text stand in the other as well."""
    return not (_comments(source) - _comments(text))


def _comments(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if line.lstrip().startswith("#")}


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any] | None]:
    """Places with another value; None where the shape differs."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key, value in new.items():
            yield from _differences(f"{path}.{key}" if path else key, old[key], value)
    elif _is_long(old) and _is_long(new) and len(old) == len(new) and _names(old) == _names(new):
        for at, item in enumerate(new):
            yield from _differences(f"{path}[{at}]", old[at], item)
    elif isinstance(old, dict) or isinstance(new, dict) or _is_long(old) or _is_long(new):
        yield None
    else:
        yield path, new


def _is_long(value: Any) -> bool:
    """Whether it is a list of mappings: stages, criteria, reasons."""
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _names(items: Sequence[Any]) -> list[Any]:
    return [item.get("key") if isinstance(item, dict) else None for item in items]


def _in_place(source: str, changed: Sequence[tuple[str, Any]]) -> str | None:
    root, spans = compose(source), []
    for path, value in changed:
        node = node_at(root, path)
        if not isinstance(node, yaml.ScalarNode) and not (isinstance(node, yaml.SequenceNode) and node.flow_style):
            return None
        block = getattr(node, "style", None) in ("|", ">")
        spans.append((node.start_mark.index, node.end_mark.index, block, _short(value)))
    for start, end, block, text in sorted(spans, reverse=True):
        old = source[start:end]
        tail = (old[len(old.rstrip()) :] or "\n") if block else ""
        source = source[:start] + text + tail + source[end:]
    return source


def _short(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_short(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else str(value)


def written(data: Data) -> str:
    """The whole file in one fixed order."""
    lines: list[str] = []
    for key, value in _ordered(data):
        if key in ("stages", "leave") and lines:
            lines.append("")
        lines += _entry(key, value, 0)
    return "\n".join(lines) + "\n"


def _ordered(data: Data) -> list[tuple[str, Any]]:
    rank = {key: position for position, key in enumerate(_ORDER)}
    return sorted(data.items(), key=lambda pair: rank.get(pair[0], len(rank)))


def _entry(key: str, value: Any, depth: int) -> list[str]:
    pad = "  " * depth
    if isinstance(value, dict):
        return [f"{pad}{key}:", *(line for name, item in _ordered(value) for line in _entry(name, item, depth + 1))]
    if _is_long(value):
        return [f"{pad}{key}:", *(line for item in value for line in _item(item, depth + 1))]
    return [f"{pad}{key}: {_short(value)}"]


def _item(item: Data, depth: int) -> list[str]:
    lines = [line for key, value in _ordered(item) for line in _entry(key, value, depth + 1)]
    pad = "  " * depth
    return [f"{pad}- {lines[0].lstrip()}", *lines[1:]]
