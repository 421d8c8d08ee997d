"""The page of the API, from its OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from etappe.api.v1 import api
from etappe.config.reference.markdown import code, joined, line, table

HEAD = """# API

JSON over HTTP, over the same actions and queries as the pages: what is refused there is refused here, with the same
code ([Refusals](refusals.md)) and by the same [permissions](permissions.md). `/api/v1/openapi.json` describes it for
programs; this page is made from it.

- **Who calls**: `Authorization: Bearer TOKEN`. A token is made in the settings under *API tokens*, or by
  `etappe token add`; it acts as the colleague it belongs to. Scope `read` reads, `write` also writes.
- **Once**: every POST takes an `Idempotency-Key` (up to 255 characters, kept for 48 hours). The same key with the same
  request gets the same answer, marked `Idempotency-Replayed: true`, and acts once. A refused request may be repeated
  with its key.
- **Nobody's changes are lost**: send the `version` you read back as `seen`; if somebody was quicker, the answer is 409
  and says what is there now.
- **Merged records**: a GET for an account or a person that was merged into another one is led there (307); anything
  else is refused (409, `merged_away`). Both name the `survivor`, and `Location` says where it is.
- **Pages**: lists give `rows`, a `count` (a lower bound where `more_than` is true) and `after`, which asks for the next
  page, or null.
- **Language**: `Accept-Language` chooses that of messages.
- **Amounts** are texts with decimals (`"1234.5000"`), never floats, with their currency beside them. Moments are ISO
  8601 with an offset.
"""
METHODS = ("get", "post", "patch", "put", "delete")


def page() -> str:
    """The page."""
    described = dict(api.get_openapi_schema())
    shapes: dict[str, Any] = described["components"]["schemas"]
    parts = [*_operations(described["paths"]), "## Shapes", *_shapes(shapes, described["paths"])]
    return joined([HEAD, *parts])


def operations(paths: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Method, path and description of every operation."""
    for path, methods in paths.items():
        for method in METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


def _operations(paths: Mapping[str, Any]) -> Iterator[str]:
    tag = ""
    for method, path, operation in operations(paths):
        if operation["tags"][0] != tag:
            tag = operation["tags"][0]
            yield f"## {tag.capitalize()}"
        yield f"### `{method} {path}`\n\n{line(operation.get('description'))}"
        yield table(("In the query", "Type", "Without it"), map(_parameter, _asked(operation)))
        yield "\n".join(f"- {what}" for what in _exchanged(operation))


def _asked(operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [parameter for parameter in operation["parameters"] if parameter["in"] == "query"]


def _parameter(parameter: Mapping[str, Any]) -> tuple[str, str, str]:
    schema = parameter["schema"]
    default = "required" if parameter["required"] else f"`{schema['default']}`" if schema.get("default") else ""
    return f"`{parameter['name']}`", _type(schema), default


def _exchanged(operation: Mapping[str, Any]) -> Iterator[str]:
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        schema = body["schema"]
        form = "" if media == "application/json" else f" as `{media}`"
        yield f"Body{form}: {_type(schema) if '$ref' in schema else code(schema['properties'])}"
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        yield f"Answer {status}" + (f": {_type(content['schema'])}" if content else "")


def _shapes(shapes: Mapping[str, Any], paths: Mapping[str, Any]) -> Iterator[str]:
    named = str(paths) + str(shapes)
    for name, schema in sorted(shapes.items()):
        if f"#/components/schemas/{name}'" not in named:
            continue
        required = schema.get("required", ())
        yield f"### {name}\n\n{line(schema.get('description'))}"
        rows = ((f"`{field}`", _type(kind), _need(field, kind, required)) for field, kind in _fields(schema))
        yield table(("Field", "Type", ""), rows)


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from schema.get("properties", {}).items()


def _need(field: str, kind: Mapping[str, Any], required: Any) -> str:
    if field in required:
        return "always"
    return f"`{kind['default']}` if left out" if kind.get("default") else ""


def _type(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a word or two."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return code(schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")
