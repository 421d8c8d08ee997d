"""The process file: what is read, what is refused and where, and the stored form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etappe.core.errors import Refusal
from etappe.core.evidence import Kind
from etappe.core.process import Phase
from etappe.core.process_file import Draft, as_data, compile_process, from_data, read
from etappe.core.process_yaml import DEEPEST, LARGEST, parse

ROOT = Path(__file__).parents[2]
HOSTILE = ROOT / "../shared/hostile"

GOOD = """\
etappe: 1
key: small
name: {de: Klein, en: Small}
about: {de: Ein kleiner Prozess, en: A small process}
model: inbound
stages:
  - key: order_placed
    phase: win
    name: {de: Auftrag erteilt, en: Order placed}
    owner: am
    action: {de: Auftrag bestätigen, en: Confirm the order}
    expected_days: 14
    desired_rate: 0.4
    content: [price_sheet]
    criteria:
      - key: order_given
        text: {de: Der Käufer hat bestellt, en: The buyer has ordered}
        required: true
        evidence: [order, document]
leave:
  - key: price
    name: {de: Preis, en: Price}
    outcome: lost
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def told(draft: Draft) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.place.line, problem.place.column) for problem in draft.problems]


def test_a_good_file_becomes_the_process_it_says() -> None:
    process = compile_process(read(GOOD))
    stage = process.first
    assert (process.key, process.model, process.about["en"]) == ("small", "inbound", "A small process")
    assert (stage.phase, stage.owner, stage.name["de"]) == (Phase.WIN, "am", "Auftrag erteilt")
    assert (stage.expected_days, stage.desired_rate, stage.content) == (14, 0.4, ("price_sheet",))
    assert stage.criteria[0].kinds == (Kind.ORDER, Kind.DOCUMENT)
    assert stage.required == stage.criteria
    assert stage.alias == stage.name, "without an alias the name stands"
    assert [(item.key, item.outcome) for item in process.leave] == [("price", "lost")]


def test_texts_know_their_line_and_path() -> None:
    draft = read(GOOD)
    name = draft.stages[0].name["en"]
    assert (name.place.line, name.place.column, name.place.path) == (9, 37, "stages[0].name.en")
    assert GOOD.splitlines()[8][36:].startswith("Order placed")


def test_what_is_not_said_takes_its_default() -> None:
    draft = read(changed("        required: true\n", "").replace("    expected_days: 14\n", ""))
    stage = compile_process(draft).first
    assert stage.criteria[0].required
    assert stage.expected_days is None


def test_a_text_in_one_language_stands_for_both() -> None:
    assert compile_process(read(changed("{de: Klein, en: Small}", "{de: Klein}"))).name == {
        "de": "Klein",
        "en": "Klein",
    }
    assert compile_process(read(changed("{de: Klein, en: Small}", "Small"))).name == {"de": "Small", "en": "Small"}


REFUSED = [
    ("etappe: 1\n", "", "missing_key", 1, 1),
    ("etappe: 1", "etappe: 2", "wrong_format", 1, 9),
    ("etappe: 1", "etappe: true", "wrong_format", 1, 9),
    ("etappe: 1", 'etappe: "1"', "wrong_format", 1, 9),
    ("key: small", "key: Small Deal", "bad_key", 2, 6),
    ("key: small", "key: 1small", "bad_key", 2, 6),
    ("key: small", "key: 12", "wrong_type", 2, 6),
    ("key: small", "key: " + "a" * 61, "too_long_text", 2, 6),
    ("key: small", "key: small\nkey: other", "duplicate_yaml_key", 3, 1),
    ("key: small", "key: small\ncolour: red", "unknown_key", 3, 1),
    ("key: small", "key: small\n? [a, b]\n: c", "odd_key", 3, 3),
    ("{de: Klein, en: Small}", "{de: Klein, fr: Petit}", "unknown_key", 3, 19),
    ("{de: Klein, en: Small}", "{}", "empty_text", 3, 7),
    ("{de: Klein, en: Small}", '{de: "  "}', "empty_text", 3, 12),
    ("{de: Klein, en: Small}", "{de: [Klein]}", "wrong_type", 3, 12),
    ("{de: Klein, en: Small}", "no", "wrong_type", 3, 7),
    ("{de: Klein, en: Small}", "{de: " + "x" * 161 + "}", "too_long_text", 3, 12),
    ("model: inbound", "model: telepathy", "unknown_value", 5, 8),
    ("phase: win", "phase: close", "unknown_value", 8, 12),
    ("phase: win", "phase: find", "no_win_stage", 7, 5),
    ("owner: am", "owner: boss", "unknown_value", 10, 12),
    ("expected_days: 14", "expected_days: 0", "number_out_of_range", 12, 20),
    ("expected_days: 14", "expected_days: 2.5", "number_out_of_range", 12, 20),
    ("expected_days: 14", "expected_days: yes", "number_out_of_range", 12, 20),
    ("desired_rate: 0.4", "desired_rate: 40", "number_out_of_range", 13, 19),
    ("desired_rate: 0.4", "desired_rate: .nan", "number_out_of_range", 13, 19),
    ("content: [price_sheet]", "content: price_sheet", "wrong_type", 14, 14),
    ("content: [price_sheet]", "content: [Price Sheet]", "bad_key", 14, 15),
    ("required: true", "required: perhaps", "wrong_type", 18, 19),
    ("[order, document]", "[order, telepathy]", "unknown_value", 19, 27),
    ("[order, document]", "[order, order]", "value_twice", 19, 27),
    ("[order, document]", "{order: document}", "wrong_type", 19, 19),
    ("outcome: lost", "outcome: sulking", "unknown_value", 23, 14),
    ("key: small", "key: &small small", "alias", 2, 6),
    ("key: small", "key: *small", "alias", 2, 6),
    ("key: small", "key: !!python/object/apply:os.system [id]", "tag", 2, 6),
    ("key: small", 'key: "\\0"', "control_characters", 2, 6),
    ("key: small", 'key: "\\ud800"', "control_characters", 2, 6),
    ("key: small", "key: small: er", "not_yaml", 2, 11),
    ("key: small", "key: sm\x07all", "control_characters", 2, 8),
    ("key: small", "key: 2016-12-31", "wrong_type", 2, 6),
    ("key: small", "key: small\n---\nkey: other", "not_yaml", 3, 1),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"), REFUSED, ids=[f"{case[2]}-{case[1][:20]}" for case in REFUSED]
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, code: str, line: int, column: int) -> None:
    draft = read(changed(old, new))
    assert (code, line, column) in told(draft)
    with pytest.raises(Refusal) as refused:
        compile_process(draft)
    assert refused.value.code == "process_unusable"
    assert refused.value.params["problems"] == draft.problems


STAGE = GOOD[GOOD.index("  - key: order_placed") : GOOD.index("leave:")]


def test_keys_are_unique_in_the_process_and_the_second_one_is_named() -> None:
    twice = changed("leave:\n", STAGE + "leave:\n  - {key: price, name: Preis, outcome: lost}\n")
    assert [(code, line) for code, line, _ in told(read(twice))] == [
        ("stage_key_twice", 20),
        ("criterion_key_twice", 29),
        ("leave_key_twice", 35),
    ]
    assert read(twice).problems[0].params == {"key": "order_placed", "line": 7}


def test_phases_come_in_order() -> None:
    later = STAGE.replace("order_placed", "fits").replace("order_given", "given").replace("phase: win", "phase: find")
    assert [code for code, _, _ in told(read(changed("leave:\n", later + "leave:\n")))] == ["phase_order"]


def test_everything_wrong_is_told_at_once_in_the_order_of_the_file() -> None:
    draft = read(
        changed("owner: am", "owner: boss").replace("outcome: lost", "outcome: sulking").replace("key: small", "key: S")
    )
    assert [code for code, _, _ in told(draft)] == ["bad_key", "unknown_value", "unknown_value"]
    assert [stage.key.value for stage in draft.stages if stage.key] == ["order_placed"], "the rest can still be read"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "empty_file"),
        ("# nothing but a remark\n", "empty_file"),
        ("just a text", "no_mapping"),
        ("[]", "no_mapping"),
        ("stages: []\n", "empty_list"),
        ("[" * 100_000, "too_deep"),
        ("a:\n" + "".join(" " * depth + "- \n" for depth in range(1, 40)) + " " * 40 + "x", "too_deep"),
        ("- " * 5000 + "x", "too_deep"),
        ("\0\1\2\3", "control_characters"),
        ('"\\UFFFFFFFF"', "not_yaml"),
        ("%YAML 9.9\n---\na", "not_yaml"),
        ("x" * (LARGEST + 1), "too_big"),
        ("ä" * (LARGEST // 2 + 1), "too_big"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_hostile_files_are_refused_by_name(source: str, code: str) -> None:
    assert code in [problem.code for problem in read(source).problems]


def test_size_and_depth_are_allowed_up_to_their_bounds() -> None:
    assert parse("#" * LARGEST).problems[0].code == "empty_file"
    assert parse("[" * DEEPEST + "]" * DEEPEST).problems == ()
    assert parse("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)).problems[0].code == "too_deep"


def test_aliases_cannot_make_a_small_file_large() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert [problem.code for problem in read(bomb).problems] == ["alias"]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=300) | st.text(alphabet="[]{}:,-?&*!|>'\"%@# \n\tab01\\", max_size=120))
def test_no_text_ends_in_anything_but_a_draft(source: str) -> None:
    draft = read(source)
    assert draft.problems
    assert all(problem.place.line >= 1 and problem.place.column >= 1 for problem in draft.problems)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_no_damage_to_a_good_file_ends_in_anything_but_a_draft(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    length = data.draw(st.integers(0, 40))
    put = data.draw(st.text(alphabet="[]{}:,-&*!'\"# \nx0", max_size=10))
    draft = read(GOOD[:start] + put + GOOD[start + length :])
    if not draft.problems:
        process = compile_process(draft)
        assert from_data(as_data(process)) == process


def test_naughty_strings_are_refused_or_kept_as_they_are() -> None:
    if not HOSTILE.exists():
        pytest.skip("the hostile files are not on this machine; test_hostile_files_are_refused_by_name has its own")
    for path in sorted((HOSTILE / "strings").rglob("*.txt")):
        for line in path.read_text("utf-8", "replace").splitlines():
            draft = read(changed("{de: Klein, en: Small}", json.dumps(line, ensure_ascii=False)))
            assert draft.problems or compile_process(draft).name["de"] == line
            read(line)


def test_the_stored_form_is_plain_json_and_comes_back_whole() -> None:
    for path in sorted((ROOT / "src/etappe/playbook/library").glob("*.yaml")):
        process = compile_process(read(path.read_text("utf-8")))
        assert from_data(json.loads(json.dumps(as_data(process)))) == process
