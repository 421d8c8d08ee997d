"""What counts as the buyer's own mail or acceptance, and every forgery that does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from etappe.core.mail_checks import Flag, Sides, buyers_mail, web_domain
from etappe.foreign.mail import parse_mail
from tests.foreign.letters import (
    ATTENDEE,
    BEGAN,
    NOW,
    SIDES,
    acceptance,
    acceptance_problems,
    calendar,
    letter,
    problems,
    verdict,
)


def test_a_known_person_of_the_buyer() -> None:
    found = verdict(letter())
    assert (found.counts, found.known, found.person) == (True, True, "eva-uid")
    assert found.sender and found.sender.address == "eva@kaeufer.example"
    assert found.happened_at == datetime(2026, 6, 9, 8, tzinfo=UTC)


def test_a_new_person_of_the_buyers_domain_counts_and_is_flagged() -> None:
    found = verdict(letter(sender="Otto <otto@Mail.Kaeufer.EXAMPLE>"))
    assert (found.counts, found.known, found.person) == (True, False, None)
    assert Flag.SENDER_NEW in found.flags


@pytest.mark.parametrize("address", ["EVA@KAEUFER.EXAMPLE", "eva+crm@kaeufer.example", "eva@kaeufer.example."])
def test_spellings_of_one_mailbox(address: str) -> None:
    sides = Sides(SIDES.our_addresses, SIDES.our_domains, {"Eva@Kaeufer.example": "eva-uid"}, set())
    assert verdict(letter(sender=address), sides).person == "eva-uid"
    assert problems(letter(sender=address), sides) == []


def test_a_mail_provider_shared_says_nothing() -> None:
    assert problems(letter(sender="karl.buyer@gmail.com")) == []
    assert problems(letter(sender="other@gmail.com")) == ["sender_not_buyers_side"]


@pytest.mark.parametrize(
    "sender",
    [
        "eva@kaeufer.example.evil.example",
        "eva@evilkaeufer.example",
        "eva@kaeufеr.example",  # a Cyrillic letter
        "eva@ｋaeufer.example",  # a full-width letter
        "eva@example",
        "kaeufer.example@evil.example",
    ],
)
def test_a_domain_that_only_looks_like_the_buyers(sender: str) -> None:
    assert problems(letter(sender=sender)) == ["sender_not_buyers_side"]


def test_sharp_s_is_not_double_s() -> None:
    sides = Sides((), (), {}, {"strasse.example"})
    assert problems(letter(sender="a@straße.example"), sides) == ["sender_not_buyers_side"]
    assert problems(letter(sender="a@straße.example"), Sides((), (), {}, {"Straße.example"})) == []


@pytest.mark.parametrize(
    "sender", ["Lena@Vendor.example", "lena+x@vendor.example", "x@sub.vendor.example", "lena.private@gmx.de"]
)
def test_our_own_address(sender: str) -> None:
    assert problems(letter(sender=sender)) == ["sender_ours"]


def test_two_from_headers_and_two_addresses() -> None:
    twice = letter("From: Boss <boss@kaeufer.example>")
    assert problems(twice) == ["sender_several"]
    assert problems(letter(sender="eva@kaeufer.example, boss@kaeufer.example")) == ["sender_several"]
    assert problems(letter("From: eva@kaeufer.example")) == ["sender_several"]
    assert problems(letter("from: lena@vendor.example")) == ["sender_several", "sender_ours"]


@pytest.mark.parametrize(
    "sender",
    [
        "eva@kaeufer.example(<evil@evil.example>)",
        "eva@kaeufer.example <evil@evil.example> <eva@kaeufer.example>",
        "<eva@kaeufer.example> evil",
        '"Eva <eva@kaeufer.example>',
        "Team: eva@kaeufer.example;",
        "eva@kaeufer.example evil@evil.example",
        "eva@evil.example@kaeufer.example",
        "<@evil.example:eva@kaeufer.example>",
        "eva@kaeufer.example\u200b",
        "(eva@kaeufer.example",
        "Eva Muster",
    ],
)
def test_a_from_that_can_be_read_in_two_ways(sender: str) -> None:
    assert problems(letter(sender=sender))[0] in ("sender_unclear", "sender_several")


def test_a_comment_is_a_name() -> None:
    assert problems(letter(sender="eva@kaeufer.example (Eva (Purchasing) Muster)")) == []


def test_no_from() -> None:
    assert problems(letter(sender="")) == ["sender_missing"]


@pytest.mark.parametrize(
    "sender",
    [
        '"boss@kaeufer.example" <eva@kaeufer.example>',
        '"boss＠kaeufer.example" <eva@kaeufer.example>',
        "=?utf-8?q?boss=40kaeufer.example?= <eva@kaeufer.example>",
        '"Eva via boss@other.example" <eva@kaeufer.example>',
        "Vendor, LENA <eva@kaeufer.example>",
    ],
)
def test_a_display_name_that_lies(sender: str) -> None:
    assert "display_name_lies" in problems(letter(sender=sender.replace("Vendor, LENA", '"Vendor, LENA"')))


def test_a_display_name_that_repeats_the_address_is_honest() -> None:
    assert problems(letter(sender='"eva@kaeufer.example" <eva@kaeufer.example>')) == []


@pytest.mark.parametrize(
    "raw",
    [
        letter("Resent-From: lena@vendor.example"),
        letter(
            subject="WG: Angebot",
            body="Von: Eva <e@k.example>\nGesendet: Montag\nAn: Lena\nBetreff: Angebot\n\nWir nehmen an.",
        ),
        letter(
            subject="x",
            body="---------- Forwarded message ---------\nFrom: E <e@k.example>\nDate: x\nSubject: y\n\nWe agree.",
        ),
        letter(subject="x", body="FYI\n\n-------- Weitergeleitete Nachricht --------\nBetreff: y\n\nWir nehmen an."),
        letter(content_type="message/rfc822", body="From: x@kaeufer.example\nSubject: y\n\nWe agree."),
        letter(
            content_type="multipart/mixed; boundary=b",
            body="--b\n\n\n--b\nContent-Type: message/rfc822\n\nFrom: x@k.example\n\nWe agree.\n--b--\n",
        ),
    ],
)
def test_a_forward(raw: bytes) -> None:
    assert problems(raw) == ["mail_forwarded"]


def test_an_answer_to_a_forward_is_no_forward() -> None:
    quoted = "> ---------- Forwarded message ---------\n> From: x\n"
    body = f"Agreed.\n\nOn Mon, 8 Jun 2026, Lena <lena@vendor.example> wrote:\n{quoted}"
    assert problems(letter(subject="AW: WG: Offer", body=body)) == []


@pytest.mark.parametrize(
    "raw",
    [
        letter("Auto-Submitted: auto-replied"),
        letter("Precedence: bulk"),
        letter("X-Autoreply: yes"),
        letter("Return-Path: <>"),
        letter(subject="Automatic reply: Offer"),
        letter(subject="Abwesenheitsnotiz"),
        letter(subject="Gelesen: Angebot"),
        letter(
            content_type="multipart/report; report-type=disposition-notification; boundary=b",
            body="--b\n\nread\n--b--\n",
        ),
        letter(sender="MAILER-DAEMON@kaeufer.example"),
        letter(sender="no-reply@kaeufer.example"),
    ],
)
def test_a_machines_mail(raw: bytes) -> None:
    assert problems(raw) == ["mail_automatic"]


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: list", "X-Autoreply: no"])
def test_a_persons_mail_with_headers_of_machines(header: str) -> None:
    assert problems(letter(header)) == []


@pytest.mark.parametrize(
    "body",
    ["", " \n\n", "> Tuesday?\n", "On Mon, 1 Jan 2026, Eva <eva@example.com> wrote:\n> Tuesday?\n", "-- \nEva\n"],
)
def test_a_mail_without_a_word_says_nothing(body: str) -> None:
    assert problems(letter(body=body)) == ["mail_wordless"]


def test_a_mail_that_was_cut_off_says_nothing() -> None:
    assert problems(letter(content_type='multipart/related; boundary="b"', body="")) == ["mail_wordless"]


def test_a_file_without_a_word_says_something() -> None:
    order = (
        "--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=order.pdf\n\n%PDF-1.4\n--b--\n"
    )
    assert problems(letter(content_type="multipart/mixed; boundary=b", body=order)) == []


def test_dates() -> None:
    assert problems(letter(date="Wed, 10 Jun 2026 12:09:00 +0000")) == []
    assert problems(letter(date="Wed, 10 Jun 2026 12:11:00 +0000")) == ["date_in_future"]
    assert problems(letter(date="Fri, 31 Dec 9999 23:59:59 -2359")) == ["date_missing"]
    assert problems(letter(date="")) == problems(letter(date="soon")) == ["date_missing"]
    assert problems(letter("Date: Mon, 1 Jun 2026 10:00:00 +0200")) == ["date_missing"]
    early = verdict(letter(date="Thu, 30 Apr 2026 10:00:00 +0200"))
    assert early.counts
    assert Flag.BEFORE_DEAL in early.flags


def test_what_a_reader_should_know() -> None:
    raw = letter(
        "Sender: pa@kaeufer.example", "Reply-To: x@evil.example", "DKIM-Signature: v=1; d=kaeufer.example; s=a"
    )
    assert set(verdict(raw).flags) == {Flag.SENT_ON_BEHALF, Flag.REPLIES_ELSEWHERE}
    assert set(verdict(letter()).flags) == {Flag.NOT_SIGNED}


def test_every_problem_is_named_at_once() -> None:
    raw = letter("Auto-Submitted: auto-replied", "Resent-To: x", sender="x@evil.example", date="")
    assert problems(raw) == ["sender_not_buyers_side", "mail_forwarded", "mail_automatic", "date_missing"]


def test_nothing_known_of_the_buyer_means_nobody_is_theirs() -> None:
    assert problems(letter(), Sides((), (), {}, ())) == ["sender_not_buyers_side"]
    assert problems(letter(), Sides((), (), {}, {"example", ""})) == ["sender_not_buyers_side"]
    facts = parse_mail(letter())
    assert buyers_mail(facts, SIDES, now=NOW, deal_began=None).counts


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.example.com/en?x=1", "example.com"),
        ("EXAMPLE.com:8080", "example.com"),
        ("http://user@example.com", "example.com"),
        ("", ""),
    ],
)
def test_the_domain_of_a_website(website: str, domain: str) -> None:
    assert web_domain(website) == domain


def test_an_accepted_invitation() -> None:
    found = acceptance(calendar())
    assert (found.counts, found.person, found.happened_at) == (True, "eva-uid", datetime(2026, 6, 9, 8, tzinfo=UTC))
    assert BEGAN < NOW


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (calendar(method="REQUEST"), "invite_not_a_reply"),
        (calendar(method="PUBLISH"), "invite_not_a_reply"),
        (calendar(method=""), "invite_not_a_reply"),
        (calendar(attendees=()), "invite_several"),
        (calendar(attendees=(ATTENDEE, ATTENDEE.replace("eva@", "otto@"))), "invite_several"),
        (calendar(attendees=(ATTENDEE.replace("ACCEPTED", "TENTATIVE"),)), "invite_not_accepted"),
        (
            calendar(attendees=(ATTENDEE.replace("PARTSTAT=ACCEPTED;", "").replace(";PARTSTAT=ACCEPTED", ""),)),
            "invite_not_accepted",
        ),
        (calendar(attendees=(ATTENDEE.replace("eva@kaeufer", "lena@vendor"),)), "sender_ours"),
        (calendar(attendees=(ATTENDEE.replace("kaeufer", "evil"),)), "sender_not_buyers_side"),
        (calendar(attendees=(ATTENDEE.replace("Eva Muster", "boss@kaeufer.example"),)), "display_name_lies"),
        (calendar(stamp="20270101T000000Z"), "date_in_future"),
    ],
)
def test_what_is_no_acceptance(raw: bytes, code: str) -> None:
    assert acceptance_problems(raw) == [code]


def test_the_mail_around_an_acceptance() -> None:
    ics = calendar()
    assert acceptance_problems(ics, letter()) == []
    assert acceptance_problems(ics, letter("Auto-Submitted: auto-generated")) == []  # calendars answer by machine
    assert acceptance_problems(ics, letter(sender="pa@kaeufer.example")) == []
    assert acceptance_problems(ics, letter(sender="x@evil.example")) == ["invite_answered_by_other"]
    assert acceptance_problems(ics, letter("From: x@evil.example")) == ["sender_several"]
    assert acceptance_problems(ics, letter("Resent-From: x@evil.example")) == ["mail_forwarded"]


def test_an_organiser_of_neither_side_is_flagged() -> None:
    raw = calendar().replace(b"lena@vendor.example", b"someone@evil.example")
    assert Flag.ORGANIZER_UNKNOWN in acceptance(raw).flags
    assert Flag.ORGANIZER_UNKNOWN not in acceptance(calendar()).flags


def test_an_answer_given_by_somebody_else_is_flagged() -> None:
    raw = calendar(attendees=(ATTENDEE.replace("CN=", 'SENT-BY="mailto:pa@kaeufer.example";CN='),))
    assert Flag.SENT_ON_BEHALF in acceptance(raw).flags
