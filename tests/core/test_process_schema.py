"""The published JSON schema says the same as the reader."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from etappe.core.evidence import Kind
from etappe.core.process import NEEDED, Phase
from etappe.core.process_file import MODELS, OUTCOMES, OWNERS, read

PLAYBOOK = Path(__file__).parents[2] / "src/etappe/playbook"
SCHEMA = json.loads((PLAYBOOK / "process.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
LIBRARY = sorted((PLAYBOOK / "library").glob("*.yaml"))

BEYOND_SCHEMA = {"stage_key_twice", "criterion_key_twice", "leave_key_twice", "phase_order", "duplicate_yaml_key"}
"""What a JSON schema cannot say; docs/reference/process-file.md lists it."""

SMALL = {
    "etappe": 1,
    "key": "small",
    "name": {"de": "Klein", "en": "Small"},
    "about": "Ein kleiner Prozess",
    "model": "inbound",
    "stages": [
        {
            "key": "order_placed",
            "phase": "win",
            "name": {"de": "Auftrag erteilt", "en": "Order placed"},
            "alias": {"en": "Close"},
            "owner": "am",
            "action": {"de": "Auftrag bestätigen"},
            "expected_days": 14,
            "desired_rate": 0.5,
            "content": ["price_sheet"],
            "fields": ["amount", "next_step"],
            "criteria": [
                {"key": "given", "text": {"de": "Der Käufer hat bestellt"}, "required": False, "evidence": ["order"]}
            ],
        }
    ],
    "leave": [{"key": "price", "name": {"de": "Preis"}, "outcome": "lost"}],
}


def test_the_schema_is_a_schema_and_knows_the_words_of_the_code() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    parts = SCHEMA["$defs"]
    assert parts["criterion"]["properties"]["evidence"]["items"]["enum"] == list(Kind)
    assert parts["stage"]["properties"]["owner"]["enum"] == list(OWNERS)
    assert parts["stage"]["properties"]["phase"]["enum"] == list(Phase)
    assert parts["leave"]["properties"]["outcome"]["enum"] == list(OUTCOMES)
    assert parts["stage"]["properties"]["fields"]["items"]["enum"] == list(NEEDED)
    assert SCHEMA["properties"]["model"]["enum"] == list(MODELS)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_library_fits_the_schema(path: Path) -> None:
    source = path.read_text("utf-8")
    VALIDATOR.validate(yaml.safe_load(source))
    assert read(source).problems == ()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[step], (*path, step))


PUT: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**6,
    "",
    "   ",
    "Some Text",
    "x" * 700,
    [],
    [[]],
    {},
    {"fr": "x"},
    ["order", "order"],
    1,
    "find",
]


def mutations() -> Iterator[tuple[str, Any]]:
    for path in places(SMALL):
        if not path:
            continue
        for put in PUT:
            yield f"{path} = {put!r}"[:80], altered(path, lambda holder, step, put=put: holder.__setitem__(step, put))
        yield f"{path} gone", altered(path, lambda holder, step: holder.__delitem__(step))
        yield f"{path} with more", altered(path, add_unknown)


def add_unknown(holder: Any, step: Any) -> None:
    if isinstance(holder, dict):
        holder["surprise"] = 1
    else:
        holder.append("surprise")


def altered(path: tuple[Any, ...], change: Any) -> Any:
    data = copy.deepcopy(SMALL)
    holder: Any = data
    for step in path[:-1]:
        holder = holder[step]
    change(holder, path[-1])
    return data


def test_reader_and_schema_agree_on_every_mutation() -> None:
    count = 0
    for name, data in mutations():
        problems = {problem.code for problem in read(json.dumps(data, ensure_ascii=False)).problems} - BEYOND_SCHEMA
        assert bool(problems) != VALIDATOR.is_valid(data), (name, problems)
        count += 1
    assert count > 500
