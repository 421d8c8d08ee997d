"""`etappe process publish`: the next version of a process, by a named colleague who may."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cast import Cast, email

from etappe.cli import main
from etappe.playbook.queries import get_version

LIBRARY = Path(__file__).parents[2] / "src/etappe/playbook/library"


@pytest.fixture(autouse=True)
def _on_the_tests_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etappe.config.start.application", nullcontext)


def publish(path: Path, name: str) -> Result:
    return CliRunner().invoke(main, ["process", "publish", str(path), "--as", email(name)])


def test_a_changed_file_is_the_next_version_and_the_same_one_is_none(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "process.yaml"
    source = (LIBRARY / "channel.yaml").read_text("utf-8")
    path.write_text(source, "utf-8")
    assert publish(path, "dot").output == "channel 1\n"
    assert publish(path, "dot").output == "channel 1\n"
    path.write_text(source.replace("en: Channel", "en: Through partners"), "utf-8")
    assert publish(path, "dot").output == "channel 2\n"
    assert get_version("channel").spec.name["en"] == "Through partners"
    assert get_version("channel", 1).source == source


@pytest.mark.parametrize("content", [b"stages: [", b"etappe: 1\nkey: x\n", b"\xff\xfe\x00", b"# " + b"x" * 300_000])
def test_what_is_no_process_is_refused_in_words(cast: Cast, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "process.yaml"
    path.write_bytes(content)
    result = publish(path, "dot")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output
