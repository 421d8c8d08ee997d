"""Log lines hold no secrets, and nobody can write a line of their own into them."""

from __future__ import annotations

import json
import logging
import secrets

import pytest

from etappe.config.logs import Json, Plain, clean


@pytest.mark.parametrize("length", [24, 32, 48])
def test_tokens_in_paths_are_cut_out(length: int) -> None:
    for _ in range(200):
        token = secrets.token_urlsafe(length)
        assert token not in clean(f"GET /note/{token}/ 200")
        assert token not in clean(f'"GET /join/{token}?x=1 HTTP/1.1" 200')


def test_uids_and_words_stay() -> None:
    line = "GET /deals/7b0c9f3e-94a7-4a0e-8a1c-2f9be2f8b4d1/ on /static/built/shell.js"
    assert clean(line) == line


def test_passwords_and_bearers_are_cut_out() -> None:
    assert "pa55" not in clean("connection to postgresql://etappe:pa55w0rd@host/etappe failed")
    assert "abcdefghijklmnop" not in clean("Authorization: Bearer abcdefghijklmnopqrstuvwxyz")


def _record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("etappe", logging.INFO, "x.py", 1, message, arguments, None)


def test_nobody_writes_a_line_of_their_own() -> None:
    assert "\r" not in Plain("%(message)s").format(_record("a\r2026 ERROR forged"))
    line = Json().format(_record("a\nb %s", "c"))
    assert "\n" not in line
    assert json.loads(line)["message"] == "a\nb c"


def test_json_lines_say_when_and_how_bad() -> None:
    said = json.loads(Json().format(_record("moved")))
    assert said["level"] == "info"
    assert said["time"].endswith("Z")
