"""Templates in which everything is worked out once that is the same on every page of a language.

More than half of what a page's templates do has the same result every time: a text in the reader's language, the
address of a page, an icon. The loader keeps each template once per language and writes those into it as plain text.
Nothing that a request brings is known at that time, so nothing of one reader can come to stand on another's page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from django.template import Context, Node, NodeList, Origin, Template
from django.template.base import FilterExpression, TextNode
from django.template.defaulttags import AutoEscapeControlNode, IfNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from etappe.web.addresses import Address, address_of, address_with
from etappe.web.templatetags.parts import icon


class _Folding(base.Loader):
    """Reads a template and folds it, before anybody else can see it."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        found = super().get_template(template_name, skip)
        if template_name.endswith(".html"):
            fold(found.nodelist)
        return found


class Loader(cached.Loader, _Folding):
    """Django's loader that keeps templates, with one for each language."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """Where the template is kept."""
        return f"{get_language()}/{super().cache_key(template_name, skip)}"


class Known(Node):
    """Gives the rest of the template a text under a name: `{% translate "…" as name %}`, worked out."""

    child_nodelists = ()

    def __init__(self, name: str, text: SafeString) -> None:
        self.name, self.text = name, text

    def render(self, context: Context) -> SafeString:
        """Nothing to see here."""
        context[self.name] = self.text
        return SafeString("")


class Record(Node):
    """The address of a record's page: `{% url "deal" deal.uid %}`, with all but the uid worked out.

    That of a page with a plain word in it (`{% url "list_filter" part.subject %}`) is kept: there are few of them.
    """

    child_nodelists = ()

    def __init__(self, plain: URLNode, address: Address) -> None:
        self.plain, self.address = plain, address
        self.uid, self.name = plain.args[0], plain.asvar
        self.route = str(plain.view_name.resolve(Context()))

    def render(self, context: Context) -> str:
        """The address. What is neither a uid nor a plain word is left to Django, which complains."""
        given = self.uid.resolve(context)
        if type(given) is uuid.UUID:
            found = self.address(given)
        elif type(given) is str and given.isidentifier():
            found = address_with(self.route, given)
        else:
            return str(self.plain.render(context))
        if self.name is None:
            return found
        context[self.name] = found
        return ""


def fold(nodes: NodeList) -> None:
    """Work out what is the same every time, here and below, in place: blocks and partials share their lists.

    Where the template changes its language or does not escape, it is left as it is.
    """
    for node in nodes:
        if not isinstance(node, LanguageNode | AutoEscapeControlNode):
            for inner in _lists_of(node):
                fold(inner)
    nodes[:] = _joined(map(_worked_out, nodes))


def _lists_of(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (inner for _condition, inner in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner


def _worked_out(node: Node) -> Node:
    if isinstance(node, URLNode) and len(node.args) == 1 and not node.kwargs and _is_literal(node.view_name):
        return _record(node)
    if not _is_same_always(node):
        return node
    context = Context()
    text = SafeString(node.render(context))
    name = getattr(node, "asvar", None)
    return Known(name, context[name]) if name else TextNode(text)


def _record(node: URLNode) -> Node:
    try:
        return Record(node, address_of(node.view_name.resolve(Context())))
    except NoReverseMatch:
        return node


def _is_same_always(node: Node) -> bool:
    if isinstance(node, TranslateNode):
        said = node.filter_expression
        return said.var.literal is not None and not said.filters and _is_literal(node.message_context)
    if isinstance(node, URLNode):
        return not (node.args or node.kwargs or node.asvar) and _is_literal(node.view_name)
    if isinstance(node, StaticNode):
        return node.varname is None and _is_literal(node.path)
    if isinstance(node, SimpleNode):
        given = (*node.args, *node.kwargs.values())
        return node.func is icon and node.target_var is None and all(map(_is_literal, given))
    return False


def _is_literal(value: FilterExpression | None) -> bool:
    return value is None or not (value.is_var or value.filters)


def _joined(nodes: Iterable[Node]) -> Iterator[Node]:
    """The same with texts that follow each other as one."""
    text = ""
    for node in nodes:
        if type(node) is TextNode:
            text += node.s
            continue
        if text:
            yield TextNode(text)
            text = ""
        yield node
    if text:
        yield TextNode(text)
