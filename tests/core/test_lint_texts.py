"""What the linter says, and its page in the docs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import translation
from tests.core.test_lint_rules import as_file, process
from tests.core.test_process_file import REFUSED, changed

from etappe.core.lint import RULES, lint
from etappe.playbook import lint_texts
from etappe.playbook.lint_texts_records import readable

DOCS = Path(__file__).parents[2] / "docs/reference"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_finding_is_told_with_reason_and_mend(rule, language: str) -> None:
    with translation.override(language):
        for finding in lint(as_file(rule.bad)):
            told = lint_texts.tell(finding)
            for text in (told.reason, told.mend, lint_texts.title(finding.rule), lint_texts.about(finding.rule)):
                assert len(text) > 10
                assert "%(" not in text
                assert "None" not in text


@pytest.mark.parametrize(("old", "new"), [case[:2] for case in REFUSED], ids=[case[2] for case in REFUSED])
def test_every_problem_of_a_file_is_told(old: str, new: str) -> None:
    with translation.override("en"):
        for finding in lint(changed(old, new)):
            told = lint_texts.tell(finding)
            assert told.reason
            assert "%(" not in told.reason + told.mend


def test_signs_of_formatting_in_a_text_are_only_text() -> None:
    data = process()
    data["stages"][1]["name"] = {"de": "Demo %(word)s %s {0} 100 %", "en": "<script>alert(1)</script> demo"}
    told = [lint_texts.tell(finding).reason for finding in lint(json.dumps(data))]
    assert any("%(word)s %s {0} 100 %" in text for text in told)


def test_the_page_of_rules_is_current() -> None:
    with translation.override("en"):
        assert (DOCS / "lint-rules.md").read_text("utf-8") == lint_texts.reference(), (
            "write it anew: etappe process rules --lang en > docs/reference/lint-rules.md"
        )


def test_the_page_on_the_file_names_every_part_and_its_example_is_flawless() -> None:
    page = (DOCS / "process-file.md").read_text("utf-8")
    schema = json.loads((DOCS.parents[1] / "src/etappe/playbook/process.schema.json").read_text("utf-8"))
    parts = [*schema["properties"], *(name for part in schema["$defs"].values() for name in part.get("properties", {}))]
    assert [name for name in parts if f"`{name}`" not in page] == []
    example = page.split("```yaml\n")[1].split("```")[0]
    assert lint(example) == []


def test_an_interval_holds_what_it_says_and_nearly_all_are_not_all() -> None:
    said = {"texts": {"en": "Demo"}, "n": 4000}
    told = readable({**said, "share": 0.9996, "low": 0.996, "high": 1.0})
    assert (told["share"], told["low"], told["high"]) == ("99.96%", "99%", "100%")
    told = readable({**said, "share": 0.93, "low": 0.915, "high": 0.945})
    assert (told["share"], told["low"], told["high"]) == ("93%", "91%", "95%")
    told = readable({**said, "share": -0.004, "low": -0.06, "high": 0.07})
    assert (told["points"], told["low_points"], told["high_points"]) == ("0", "-6", "7")
