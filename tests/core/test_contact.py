"""Addresses, domains and numbers of companies and people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etappe.core import contact
from etappe.core.errors import Refusal
from etappe.core.mail_checks import ascii_domain
from etappe.core.page import Mark, read_mark, write_mark


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.kunde.example/impressum?x=1#y", "kunde.example"),
        ("kunde.example", "kunde.example"),
        ("HTTP://KUNDE.EXAMPLE:8080", "kunde.example"),
        ("https://shop.kunde.example", "shop.kunde.example"),
        ("https://user:pw@kunde.example/", "kunde.example"),
        ("http://[::1]/", ""),
        ("http://127.0.0.1/", ""),
        ("https://www.gmx.de", ""),
        ("-", ""),
        ("", ""),
        ("n/a", ""),
        ("kunde", ""),
        ("https://www.", ""),
        ("https://xn--mller-kva.de", "müller.de"),
        ("https://xn--\u0000.de", ""),
    ],
)
def test_the_domain_of_a_website(website, domain):
    assert contact.domain_of_website(website) == domain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" Eva.Ernst+crm@Kunde.Example ", "eva.ernst+crm@kunde.example"),
        ("o'neill@kunde.example", "o'neill@kunde.example"),
        ("müller@straße.de", "müller@straße.de"),
        ("eva@kunde.example.", "eva@kunde.example"),
        ("x@" + "a" * 63 + ".example", "x@" + "a" * 63 + ".example"),
    ],
)
def test_addresses_are_kept_in_one_writing(typed, kept):
    assert contact.clean_email("email", typed) == kept
    assert contact.clean_email("email", kept) == kept


def test_both_writings_of_a_domain_are_one():
    for domain in ("müller.de", "straße.de", "例え.jp"):
        assert contact.canonical_domain(ascii_domain(domain)) == domain


def test_letters_that_only_look_alike_stay_apart():
    assert contact.canonical_domain("xn--exmple-4nf.com") != "example.com"


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text):
    try:
        kept = contact.clean_email("email", text)
    except Refusal as no:
        refused = no.code
        assert refused in ("not_an_email", "control_characters")
        return
    assert contact.clean_email("email", kept) == kept
    assert kept == "" or kept.count("@") == 1
    assert not any(letter.isspace() for letter in kept)


@given(st.text(max_size=60))
def test_any_text_is_a_website_or_refused(text):
    try:
        kept = contact.clean_website("website", text)
    except Refusal as no:
        assert no.code in ("not_a_website", "control_characters")  # noqa: PT017 - both are right
        return
    assert kept == "" or kept.lower().startswith(("http://", "https://"))
    assert contact.clean_website("website", kept) == kept


@given(st.text(max_size=300))
def test_a_domain_of_anything_is_a_domain_or_nothing(text):
    for found in (contact.domain_of_website(text), contact.domain_of_email(text)):
        assert found == "" or contact.is_domain(found)


def test_revenues_are_exact():
    assert contact.clean_revenue("revenue", Decimal("0.005")) == Decimal("0.00")
    assert contact.clean_revenue("revenue", 10) == Decimal("10.00")
    assert contact.clean_revenue("revenue", None) is None


@given(st.text(max_size=40).filter(lambda text: "\x00" not in text), st.integers(0, 2**63 - 1))
def test_marks_come_back(value, number):
    mark = Mark("name", value, number)
    assert read_mark(write_mark(mark), "name") == mark


@given(st.text(max_size=80))
def test_any_other_mark_is_refused(text):
    with pytest.raises(Refusal) as no:
        read_mark(text, "name")
    assert no.value.code == "bad_mark"
