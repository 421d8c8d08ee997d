"""`etappe process lint` and its companions, as a user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from etappe.cli import main

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "src/etappe/playbook/library"


@dataclass(frozen=True)
class Ran:
    returncode: int
    stdout: str
    stderr: str


def etappe(*arguments: str, stdin: bytes = b"") -> Ran:
    """The command within this process; English unless told."""
    result = CliRunner(env={"LANG": "en_GB.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}).invoke(
        main, ["process", *arguments], input=stdin
    )
    return Ran(result.exit_code, result.stdout, result.stderr)


def etappe_alone(*arguments: str, **env: str) -> Ran:
    """The command as a process of its own, without settings."""
    plain = {name: value for name, value in os.environ.items() if name not in ("LANG", "LC_ALL", "LC_MESSAGES")}
    plain |= {"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", **env}
    plain.pop("DJANGO_SETTINGS_MODULE", None)
    call = [sys.executable, "-c", "from etappe.cli import main; main()", "process", *arguments]
    result = subprocess.run(call, capture_output=True, env=plain, timeout=60, check=False, encoding="utf-8")
    return Ran(result.returncode, result.stdout, result.stderr)


@pytest.fixture
def with_demo(tmp_path: Path) -> Path:
    source = (LIBRARY / "inbound.yaml").read_text("utf-8")
    path = tmp_path / "Mein Prozess.yaml"
    path.write_text(source.replace("en: Product evaluated", "en: Demo"), "utf-8")
    return path


def test_a_clean_file_says_so() -> None:
    result = etappe_alone("lint", str(LIBRARY / "inbound.yaml"))
    assert (result.returncode, result.stdout, result.stderr) == (0, "Nothing to mend.\n", "")


def test_findings_name_file_line_column_reason_and_mend(with_demo: Path) -> None:
    line = with_demo.read_text("utf-8").splitlines().index("      en: Demo") + 1
    result = etappe("lint", str(with_demo))
    assert result.returncode == 1
    first, mend, count = result.stdout.splitlines()
    assert first.startswith(f"{with_demo}:{line}:11: E401 “Demo” says what we do")
    assert "Product evaluated" in mend
    assert count == "1 finding."


@pytest.mark.parametrize(("arguments", "env"), [(("--lang", "de"), {}), ((), {"LANG": "de_DE.UTF-8"})])
def test_it_speaks_german(with_demo: Path, arguments: tuple[str, ...], env: dict[str, str]) -> None:
    catalogue = ROOT / "src/etappe/locale/lint/de/LC_MESSAGES/django.mo"
    assert catalogue.exists(), "translations are compiled by: make messages"
    result = etappe_alone("lint", str(with_demo), *arguments, **env)
    assert "„Demo“ sagt, was wir tun" in result.stdout
    assert result.stdout.endswith("1 Befund.\n")


def test_json_holds_the_same_for_programs(with_demo: Path) -> None:
    result = etappe("lint", str(with_demo), "--format", "json")
    told = json.loads(result.stdout)
    assert (result.returncode, told["usable"], told["file"]) == (1, True, str(with_demo))
    (finding,) = told["findings"]
    assert (finding["id"], finding["column"], finding["path"]) == ("E401", 11, "stages[2].name.en")
    assert finding["proposal"] == "Product evaluated"
    assert finding["reason"]
    assert finding["mend"]


UNUSABLE = {
    "no yaml": (b"stages: [", "This is not YAML"),
    "no process": (b"- a\n- b\n", "The file is not a process"),
    "empty": (b"", "The file is empty"),
    "binary": (b"\x7fELF\x02\x01\xff\xfe", "no text in UTF-8"),
    "control characters": (b"\x7fELF\x02\x01", "cannot be shown"),
    "latin-1": ("name: Käufer".encode("latin-1"), "no text in UTF-8"),
    "too big": (b"# " + b"x" * 300_000, "too big"),
    "an alias": (b"a: &x [1]\nb: *x\n", "Anchors and aliases"),
    "a bomb": (b"[" * 200_000, "nested"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_unusable_file_gets_one_line_and_exit_code_2(tmp_path: Path, name: str) -> None:
    content, reason = UNUSABLE[name]
    path = tmp_path / "process.yaml"
    path.write_bytes(content)
    result = etappe("lint", str(path))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"{path}:")
    assert reason in result.stderr


def test_an_unusable_file_is_told_in_json_too() -> None:
    result = etappe("lint", "-", "--format", "json", stdin=b"a: b: c")
    told = json.loads(result.stdout)
    assert (result.returncode, told["usable"], told["findings"][0]["id"]) == (2, False, "E001")


@pytest.mark.parametrize("what", ["missing", "a folder"])
def test_what_cannot_be_opened_gets_one_line(tmp_path: Path, what: str) -> None:
    path = tmp_path / "nowhere.yaml" if what == "missing" else tmp_path
    result = etappe("lint", str(path))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{path}: ")
    assert result.stderr.count("\n") == 1


def test_windows_files_with_a_byte_order_mark_are_read() -> None:
    source = (LIBRARY / "channel.yaml").read_text("utf-8").replace("\n", "\r\n")
    assert etappe("lint", "-", stdin=b"\xef\xbb\xbf" + source.encode()).returncode == 0


def test_it_needs_no_database_and_no_settings_and_is_quick(tmp_path: Path) -> None:
    begin = time.perf_counter()
    result = etappe_alone(
        "lint",
        str(LIBRARY / "inbound.yaml"),
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        ETAPPE_HOME=str(tmp_path / "no"),
    )
    assert result.returncode == 0
    assert time.perf_counter() - begin < 5, "usually 0.4 s; five leave room for a busy machine"
    assert not (tmp_path / "no").exists()


def test_schema_and_examples_are_printed_as_they_ship() -> None:
    assert json.loads(etappe("schema").stdout)["title"] == "Etappe sales process"
    assert etappe("example", "team").stdout == (LIBRARY / "team.yaml").read_text("utf-8")
    assert etappe("rules", "--lang", "en").stdout == (ROOT / "docs/reference/lint-rules.md").read_text("utf-8")
