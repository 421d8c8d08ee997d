"""Notes read as Markdown, execute nothing, and are changed only by those who may."""

from __future__ import annotations

from typing import Any

import pytest

from etappe.core.errors import Forbidden, Missing
from etappe.deals import actions as deals
from etappe.journal.models import Entry
from etappe.people.actions import write_note
from etappe.records.actions_notes import delete_note, rewrite_note
from etappe.web.markdown import rendered
from tests.api.conftest import ada, caller
from tests.cast import AT
from tests.deals.conftest import Scene, scene
from tests.hostile.naughty import naughty
from tests.unchanged import refused, unchanged
from tests.web.pages import Reading
from tests.web.signed import client_of

__all__ = ["ada", "scene"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**fett** und *schräg*", "<p><strong>fett</strong> und <em>schräg</em></p>\n"),
        ("- eins\n- zwei", "<ul>\n<li>eins</li>\n<li>zwei</li>\n</ul>\n"),
        ("Zeile\nZeile", "<p>Zeile<br>\nZeile</p>\n"),
        ("# Titel", "<h4>Titel</h4>\n"),
        ("[a](https://a.example)", '<p><a href="https://a.example" rel="nofollow noopener noreferrer">a</a></p>\n'),
        ("> Zitat", "<blockquote>\n<p>Zitat</p>\n</blockquote>\n"),
    ],
)
def test_markdown_reads_as_meant(text: str, html: str) -> None:
    assert rendered(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt&colon;alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "![a](https://evil.example/pixel.png)",
        "![a](javascript:alert(1))",
        '[a](https://a.example "x\\" onmouseover=\\"alert(1)")',
        '<https://a.example/" onclick=alert(1)>',
        "[a]: javascript:alert(1)\n\n[a]",
        "```<script>\nalert(1)\n```",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<iframe src='https://evil.example'></iframe>",
        "`<b onclick=x>`",
        "{{ 7|add:7 }} {% load x %}",
        ">" * 500 + " tief",
        "[" * 2000,
        "*" * 5000,
        "a\u202eb\x00c",
    ],
)
def test_hostile_markdown_is_only_text(text: str) -> None:
    reading = Reading(rendered(text))
    assert reading.problems == []
    allowed = {"p", "a", "br", "code", "pre", "blockquote", "strong", "em", "hr"}
    assert set(reading.tags) <= allowed, reading.tags


def test_naughty_strings_execute_nothing() -> None:
    assert [text for text in naughty() if Reading(rendered(text)).problems] == []


def note_on_deal(scene: Scene, text: str = "**Wichtig**: ruft an") -> int:
    deals.write_note(scene.uid, text, actor=scene.cast.ada, at=AT)
    return int(Entry.objects.filter(kind="note.written").latest("id").id)


def test_a_note_is_written_anew_and_the_old_one_is_gone_from_the_record(scene: Scene) -> None:
    ada = client_of("ada")
    note = note_on_deal(scene)
    assert "<strong>Wichtig</strong>" in ada.get(f"/deals/{scene.uid}/").content.decode()
    assert ada.post(f"/notes/{note}/edit/", {"text": "Doch *nicht* so wichtig"}).status_code == 303
    page = ada.get(f"/deals/{scene.uid}/").content.decode()
    assert "<em>nicht</em>" in page
    assert "Wichtig</strong>" not in page
    assert "edited" in page
    newest = Entry.objects.filter(kind="note.written").latest("id")
    assert (newest.voids, newest.deal_id) == (note, scene.row.id)
    with refused("note_changed"):
        rewrite_note(note, "Noch einmal", actor=scene.cast.ada, at=AT)
    with unchanged():
        rewrite_note(newest.id, newest.data["text"], actor=scene.cast.ada, at=AT)
    assert ada.post(f"/notes/{newest.id}/delete/").status_code == 303
    assert "nicht</em>" not in ada.get(f"/deals/{scene.uid}/").content.decode()


def test_only_the_writer_changes_a_note(scene: Scene) -> None:
    note = note_on_deal(scene)
    for actor in (scene.cast.ben, scene.cast.dot):
        with refused("not_your_note", Forbidden):
            rewrite_note(note, "Anders", actor=actor, at=AT)
    with refused("not_your_note", Forbidden):
        delete_note(note, actor=scene.cast.ben, at=AT)
    with pytest.raises(Missing):
        delete_note(note, actor=scene.cast.cem, at=AT)
    with pytest.raises(Missing):
        delete_note(10**12, actor=scene.cast.ada, at=AT)
    delete_note(note, actor=scene.cast.dot, at=AT)
    with refused("note_changed"):
        delete_note(note, actor=scene.cast.ada, at=AT)


def test_no_other_entry_can_be_taken_for_a_note(scene: Scene) -> None:
    other = Entry.objects.filter(kind="deal.created").latest("id").id
    with pytest.raises(Missing):
        delete_note(other, actor=scene.cast.ada, at=AT)


def test_on_people_in_preview_and_over_the_api(scene: Scene, ada: Any) -> None:
    note = write_note("Ruft *vormittags* an", person=scene.eva, actor=scene.cast.ada, at=AT)
    client = client_of("ada")
    assert "<em>vormittags</em>" in client.get(f"/people/{scene.eva}/").content.decode()
    assert "<em>vormittags</em>" in client.get(f"/accounts/{scene.account}/").content.decode()
    seen = client.post("/notes/preview/", {"text": "<b>x</b> **y**"}, headers={"HX-Request": "true"}).content.decode()
    assert (seen.count("<b>"), seen.count("<strong>"), "<html" in seen) == (0, 1, False)
    changed = ada.patch(f"/notes/{note}", {"text": "Ruft nachmittags an"})
    assert changed.status_code == 200
    told = [entry["data"].get("text") for entry in ada.get(f"/accounts/{scene.account}/timeline").json()]
    assert "Ruft nachmittags an" in told
    assert "Ruft *vormittags* an" not in told
    assert caller(scene.cast.ben)("delete", f"/notes/{changed.json()['id']}").status_code == 403
    assert ada("delete", f"/notes/{changed.json()['id']}").status_code == 204
    assert client.get(f"/people/{scene.eva}/").content.decode().count("nachmittags") == 0
