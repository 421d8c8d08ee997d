"""The rules about words against names and criteria as practitioners write them, with a half they were not made with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from etappe.core.lint.naming import judge_name
from etappe.core.lint.wording import judge_criterion

LABELLED = yaml.safe_load((Path(__file__).parent / "lint_labelled.yaml").read_text("utf-8"))


@dataclass(frozen=True)
class Item:
    what: str
    language: str
    bad: bool
    text: str
    held_out: bool

    @property
    def found(self) -> bool:
        judge = judge_name if self.what == "names" else judge_criterion
        return judge(self.text, self.language) is not None


def items() -> Iterator[Item]:
    for what, languages in LABELLED.items():
        for language, verdicts in languages.items():
            for verdict, texts in verdicts.items():
                for number, text in enumerate(texts):
                    yield Item(what, language, verdict == "bad", text, held_out=number % 2 == 1)


EVERY = list(items())
PARTS = {
    "all": EVERY,
    "held out": [item for item in EVERY if item.held_out],
    "German": [item for item in EVERY if item.language == "de"],
    "English": [item for item in EVERY if item.language == "en"],
    "names": [item for item in EVERY if item.what == "names"],
    "criteria": [item for item in EVERY if item.what == "criteria"],
}


def test_the_set_is_large_balanced_and_without_repetition() -> None:
    assert len(EVERY) >= 240
    assert 0.45 <= sum(item.bad for item in EVERY) / len(EVERY) <= 0.55
    assert len({(item.what, item.text) for item in EVERY if item.language == "de"}) == len(PARTS["German"])


@pytest.mark.parametrize("part", PARTS)
def test_precision_and_recall(part: str) -> None:
    right = [item for item in PARTS[part] if item.bad and item.found]
    wrong = [item for item in PARTS[part] if not item.bad and item.found]
    missed = [item for item in PARTS[part] if item.bad and not item.found]
    precision, recall = len(right) / (len(right) + len(wrong)), len(right) / (len(right) + len(missed))
    print(f"{part}: precision {precision:.3f}, recall {recall:.3f}, n {len(PARTS[part])}")
    assert precision >= 0.9
    assert recall >= 0.8


@pytest.mark.parametrize("item", [item for item in EVERY if item.language == "de"][:40], ids=lambda item: item.text)
def test_the_declared_language_is_only_a_hint(item: Item) -> None:
    """A German sentence in the English place is still a German sentence."""
    judge = judge_name if item.what == "names" else judge_criterion
    if any(sign in item.text for sign in "äöüß") or " der " in f" {item.text.lower()} ":
        assert (judge(item.text, "en") is not None) == item.found
