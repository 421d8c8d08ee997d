"""Reading one mail: addresses, times, text, files, and a form that is safe to show."""

from __future__ import annotations

import doctest
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etappe.core.errors import Refusal
from etappe.foreign import addresses, encodings, files, header_row, markup, mime, replies, table_reader, text, wire
from etappe.foreign.mail import parse_mail, read_mail
from tests.foreign.letters import calendar, letter

REAL = Path(__file__).parents[2] / "../shared/data/mail_calendar_vcard/mail"
HOSTILE = Path(__file__).parents[2] / "../shared/hostile"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the mails of real programs are not here")


@pytest.mark.parametrize("module", [addresses, encodings, files, header_row, markup, replies, table_reader, text, wire])
def test_examples(module) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_whole_letter() -> None:
    facts = read_mail(
        letter(
            "Cc: =?utf-8?q?J=C3=BCrgen?= <j@kaeufer.example>, Team: a@x.example;",
            "In-Reply-To: <0@vendor.example>",
            "References: <a@x> <b@x>",
            "Authentication-Results: mx.vendor.example; dkim=pass",
            body="Grüße\n\n-- \nEva",
        )
    )
    assert (facts.cc[0].name, facts.cc[0].address) == ("Jürgen", "j@kaeufer.example")
    assert not facts.cc[1].is_clear
    assert (facts.message_id, facts.in_reply_to) == ("1@kaeufer.example", ("0@vendor.example",))
    assert facts.references == ("a@x", "b@x")
    assert (facts.text, facts.new_text, facts.html) == ("Grüße\n\n-- \nEva", "Grüße", "")
    assert facts.authentication == ("mx.vendor.example; dkim=pass",)
    assert facts.date == datetime(2026, 6, 9, 8, tzinfo=UTC)


def test_files_and_an_invitation() -> None:
    parts = [
        b"Content-Type: text/plain\r\n\r\nSee the file.",
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="../../Offer\xe2\x80\xaegpj.pdf"'
        b"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=",
        b"Content-Type: text/calendar; method=REPLY\r\n\r\n" + calendar(),
        b"Content-Type: text/plain; name=notes.txt\r\n\r\nnot the letter",
    ]
    body = b"--b\r\n" + b"\r\n--b\r\n".join(parts) + b"\r\n--b--\r\n"
    facts = parse_mail(letter(content_type="multipart/mixed; boundary=b", body="") + body)
    assert facts.text == "See the file."
    pdf, notes = (each for each in facts.attachments if each.mime != "text/calendar")
    assert (pdf.name, pdf.size, pdf.sha256) == ("Offergpj.pdf", 5, hashlib.sha256(b"%PDF-").hexdigest())
    assert notes.name == "notes.txt"
    assert facts.invite is not None
    assert facts.invite.method == "REPLY"


def test_a_broken_invitation_does_not_keep_the_mail_from_being_read() -> None:
    raw = letter(content_type="text/calendar", body="BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR")
    assert parse_mail(raw).invite is None


@pytest.mark.parametrize(
    ("charset", "encoded", "expected"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("does-not-exist", "Grüße".encode("cp1252"), "Grüße"),
        ("utf-8", "Grüße – 5 €".encode("cp1252"), "Grüße – 5 €"),
        ("utf-7", b"+ADw-script+AD4-", "+ADw-script+AD4-"),
        ("rot13", b"uryyb", "uryyb"),
        ("idna", b"xn--x", "xn--x"),
        ("utf-8", b"a\x00b", "a\ufffdb"),
    ],
)
def test_character_sets(charset: str, encoded: bytes, expected: str) -> None:
    assert parse_mail(letter(content_type=f"text/plain; charset={charset}", body="") + encoded).text == expected


def test_headers_cannot_carry_lines_or_turn_the_writing() -> None:
    facts = parse_mail(letter(subject="=?utf-8?q?x=0D=0ABcc:_victim=E2=80=AE=00?="))
    assert facts.subject == "x Bcc: victim"
    assert parse_mail(letter(sender='"x\r\n Bcc: victim@example.org" <a@example.org>')).senders[0].name.count("\n") == 0


@pytest.mark.parametrize(
    ("raw", "code", "reason"),
    [
        (b"", "file_unreadable", "empty"),
        (b" \r\n ", "file_unreadable", "empty"),
        (b"To: " + b"," * 200_000 + b"\r\n\r\nx", "file_unreadable", "header_too_long"),
        (b"X: a\r\n" * 50_000 + b"\r\nx", "file_unreadable", "header_too_long"),
        (
            letter(content_type="multipart/mixed; boundary=b", body="--b\n\nx\n" * 600),
            "file_unreadable",
            "too_many_parts",
        ),
        (b"From: a@example.org\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 40, "file_unreadable", "nested"),
        (b"From: a@example.org\r\n\r\n" + b"x" * mime.MAX_BYTES, "file_too_large", None),
    ],
)
def test_limits(raw: bytes, code: str, reason: str | None) -> None:
    with pytest.raises(Refusal) as caught:
        read_mail(raw)
    assert (caught.value.code, caught.value.params.get("reason")) == (code, reason)


def test_a_large_mail_is_read() -> None:
    attachment = b"AAAA" * 19 + b"\r\n"
    head = b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = letter(content_type="multipart/mixed; boundary=b", body="") + head + attachment * 300_000 + b"--b--"
    assert len(raw) > 22 << 20
    assert read_mail(raw).attachments[0].size == 300_000 * 57


HTML = """
<html><head><title>t</title><style>p {background: url(http://evil.example/)}</style></head><body onload="x()">
<p style="position:fixed" class="a" id="b">Tuesday is <b>fine</b>, see
<a href="https://kaeufer.example/?a=1&b=2">here</a></p><img src="http://evil.example/open.gif">
<a href="java\nscript:x()">y</a><form action="http://evil.example"><input name=p></form>
<blockquote><p>Shall we meet?</p></blockquote></body></html>
"""


def test_html_is_cleaned_and_read() -> None:
    facts = parse_mail(letter(content_type="text/html; charset=utf-8", body=HTML))
    assert facts.text == "Tuesday is fine, see here\ny\n\n> Shall we meet?"
    assert facts.new_text == "Tuesday is fine, see here\ny"
    assert '<a href="https://kaeufer.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">here</a>' in facts.html
    for word in ("evil", "style", "class", "id=", "onload", "script", "form", "input", "img", "title"):
        assert word not in facts.html


LOADS = (
    "<img",
    "<script",
    "<style",
    "<link",
    "<iframe",
    "<svg",
    "<form",
    "<input",
    "<base",
    "<meta",
    "<math",
    "<object",
)
HANDLES = (
    " on",
    " style=",
    " src",
    " hx-",
    " data-",
    " class=",
    " id=",
    " name=",
    " srcset=",
    " background=",
    " target=",
)


def payloads() -> list[str]:
    own = json.loads((HOSTILE / "generated/email_html_payloads.json").read_text())
    purify = json.loads((HOSTILE / "html/dompurify_payloads.json").read_text())
    texts = [each if isinstance(each, str) else each["payload"] for each in purify]
    return [*own, *texts, (HOSTILE / "html/httpleaks_leak.html").read_text(errors="replace")]


def assert_harmless(html: str) -> None:
    import re

    for tag in re.findall(r"<[a-zA-Z][^>]*>", html):
        lowered = tag.lower()
        assert not lowered.startswith(LOADS), tag
        bare = re.sub(r'"[^"]*"', '""', lowered)
        assert not any(handle in bare for handle in HANDLES), tag
        for link in re.findall(r'href="([^"]*)"', lowered):
            assert link.startswith(("http://", "https://", "mailto:", "tel:")), tag


@pytest.mark.parametrize(
    "html",
    [
        '<div hx-get="/admin/" hx-trigger="load">x</div>',
        '<a href="&#1;javascript:x()">x</a><a href="//evil.example">y</a><a href="data:text/html,x">z</a>',
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        '<iframe srcdoc="<script>x</script>"></iframe><object data=x></object><video src=x poster=y></video>',
    ],
)
def test_markup_of_strangers_is_harmless(html: str) -> None:
    assert_harmless(markup.clean(html))


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the collection of hostile files is not here")
def test_known_payloads_are_harmless() -> None:
    found = payloads()
    assert len(found) > 200
    for html in found:
        assert_harmless(markup.clean(html))


ANSWER = "Ja, Dienstag passt.\n"
HEADERS = "Gesendet: Montag, 8. Juni 2026 10:00\nAn: Eva\nBetreff: Termin\n\nDienstag?"
REPLIES = {
    "gmail": f"{ANSWER}\nAm Mo., 8. Juni 2026 um 10:00 schrieb Lena V. <\nl@vendor.example>:\n\n> Dienstag?",
    "outlook": f"{ANSWER}\nVon: Lena V.\n{HEADERS}",
    "outlook with a rule": f"{ANSWER}\n________________________________\nFrom: Lena\nSent: Monday\nTo: Eva\n\nTuesday?",
    "original": f"{ANSWER}\n-----Ursprüngliche Nachricht-----\nVon: Lena\n\nDienstag?",
    "iphone": f"{ANSWER}\nVon meinem iPhone gesendet\n\n> Am 08.06.2026 schrieb Lena <l@x.example>:\n> \n> Tue?",
    "wrapped": f"{ANSWER}\nOn Mon, Jun 8, 2026 at 10:00 AM Lena Vendor\n<lena@vendor.example> wrote:\n\n> Tuesday?\n",
    "below": f"> Dienstag?\n\n{ANSWER}",
    "below an introduction": f"Am 8. Juni 2026 schrieb Lena <l@vendor.example>:\n> Dienstag?\n\n{ANSWER}",
    "signature": f"{ANSWER}-- \nEva Muster\nEinkauf\n",
}


@pytest.mark.parametrize("body", REPLIES.values(), ids=REPLIES.keys())
def test_what_is_new_in_a_reply(body: str) -> None:
    assert replies.new_text(body) == "Ja, Dienstag passt."


@pytest.mark.parametrize(
    "body", ["On Monday we wrote:", "From: here to there", "Von: mir\nfür Sie", "Two -- one", ">:) fine by me"[2:]]
)
def test_words_that_only_look_like_a_quotation(body: str) -> None:
    assert replies.new_text(f"{body}\nYes.").endswith("Yes.")


@needs_real
def test_replies_of_real_programs() -> None:
    names = ("aol", "apple_mail", "comcast", "gmail", "hotmail", "iphone", "outlook", "sparrow", "thunderbird", "yahoo")
    folder = REAL / "talon/tests/fixtures/standard_replies"
    assert {name: parse_mail((folder / f"{name}.eml").read_bytes()).new_text for name in names} == dict.fromkeys(
        names, "Hello"
    )


@needs_real
def test_html_replies_of_real_programs() -> None:
    names = ("gmail", "hotmail", "ms_outlook_2003", "ms_outlook_2007", "ms_outlook_2010", "thunderbird", "yandex_ru")
    for name in names:
        html = (REAL / f"talon/tests/fixtures/html_replies/{name}.html").read_text(errors="replace")
        assert " ".join(replies.new_text(markup.as_text(html)).split()) == "Hi. I am fine. Thanks, Alex", name


@needs_real
def test_machines_and_bounces_of_real_programs_are_known() -> None:
    reports = sorted((REAL / "mikel-mail/spec/fixtures/emails/multipart_report_emails").glob("*.eml"))
    assert len(reports) >= 4
    assert [path.name for path in reports if not parse_mail(path.read_bytes()).is_auto] == []
