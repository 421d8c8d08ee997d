"""Editing the text of a process file in place: one value is replaced, everything else stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from etappe.core.process_yaml import compose, parse

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_PLAIN = re.compile(r"[^\W\d_][^:#\[\]{}\"'`|>&*!%@\\\n]*(?<!\s)")
_NOT_TEXT = re.compile(r"(?i:true|false|yes|no|on|off|null|y|n)")


def set_texts(source: str, wanted: Mapping[str, str]) -> str:
    """The file with these texts at these paths (`stages[2].name.de`); a path that is not there is left out.

    The file must be readable: with problems of YAML itself it comes back as it is.
    """
    if parse(source).root is None:
        return source
    root = compose(source)
    spans = []
    for path, text in wanted.items():
        node = node_at(root, path)
        if isinstance(node, yaml.ScalarNode):
            spans.append((node.start_mark.index, node.end_mark.index, node.style, text))
    for start, end, style, text in sorted(spans, reverse=True):
        tail = _tail(source[start:end]) if style in ("|", ">") else ""
        source = source[:start] + quoted(text) + tail + source[end:]
    return source


def node_at(node: yaml.Node | None, path: str) -> yaml.Node | None:
    """What stands at a path such as `stages[2].name.de`, if anything does."""
    for index, key in _STEP.findall(path):
        node = _item(node, int(index)) if index else _field(node, key)
    return node


def _item(node: yaml.Node | None, index: int) -> yaml.Node | None:
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    return items[index] if index < len(items) else None


def _field(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _tail(block: str) -> str:
    """The line end and the empty lines that belong to a block text but not to its words."""
    return block[len(block.rstrip()) :] or "\n"


def quoted(text: str) -> str:
    """The text as YAML writes it on one line: bare where that cannot be misread, in quotation marks otherwise.

    >>> quoted("Produkt bewertet"), quoted("yes"), quoted('A: "b"')
    ('Produkt bewertet', '"yes"', '"A: \\\\"b\\\\""')
    """
    if _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + inner.replace("\r\n", "\\n").replace("\n", "\\n").replace("\t", "\\t") + '"'
