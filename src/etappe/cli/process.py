"""`etappe process`: check and compare process files without a database, publish them with one."""

from __future__ import annotations

import json
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from etappe.cli.edge import actor_named, plainly, said_plainly
from etappe.core.lint import UNUSABLE, Finding, lint
from etappe.core.process import Process
from etappe.core.process_file import MODELS
from etappe.core.process_yaml import LARGEST

CLEAN, FOUND, UNUSABLE_FILE = 0, 1, 2
GROUPS = ("lint", "rooms", "editor", "simulate", "process")


@click.group("process")
def command() -> None:
    """Check sales processes, and see the rules and the format."""


def _default_language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    return "de" if spoken.lower().startswith("de") else "en"


_language_option = click.option(
    "--lang", type=click.Choice(["de", "en"]), default=_default_language, help="Language of the texts."
)


@command.command("lint")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for programs."
)
@click.option("--data", "with_data", is_flag=True, help="Also by what a year of deals says; needs the database.")
@click.option("--as", "email", metavar="EMAIL", help="With --data: as this colleague sees it, not over all deals.")
@_language_option
@plainly
def lint_command(file: str, form: str, with_data: bool, email: str | None, lang: str) -> None:
    """Check the process in FILE ("-" reads standard input).

    Exit status: 0 nothing found, 1 something found, 2 the file cannot be used at all.
    """
    content = _read(file)
    findings = _findings(content)
    if with_data:
        findings += _recorded(content, email, lang)
    unusable = any(finding.rule == UNUSABLE for finding in findings)
    with speaking(lang):
        name = click.format_filename(file)
        said = [{"file": name, **_said(finding)} for finding in findings]
        _print(name, said, form, usable=not unusable)
    sys.exit(UNUSABLE_FILE if unusable else FOUND if findings else CLEAN)


def _read(file: str) -> bytes:
    """At most one byte more than allowed, so that a huge file costs nothing."""
    try:
        with click.open_file(file, "rb") as stream:
            return bytes(stream.read(LARGEST + 1))
    except OSError as error:
        click.echo(f"{click.format_filename(file)}: {error.strerror or error}", err=True)
        sys.exit(UNUSABLE_FILE)


def _findings(content: bytes) -> list[Finding]:
    if len(content) > LARGEST:
        return [Finding(1, 1, UNUSABLE, "", {"problem": "too_big", "largest": LARGEST})]
    try:
        return lint(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [Finding(line, 1, UNUSABLE, "", {"problem": "not_text"})]


def speaking(language: str) -> AbstractContextManager[Any]:
    """Texts in this language. Set up alone: it needs no settings and no rooms, and starts fast."""
    import django  # here, so that `--help` costs nothing
    from django.conf import settings
    from django.utils import translation

    if not settings.configured:
        settings.configure(
            USE_I18N=True,
            LANGUAGE_CODE="en",
            LOCALE_PATHS=[
                str(files("etappe") / "locale" / group) for group in ("lint", "rooms", "editor", "simulate", "process")
            ],
        )
        django.setup()
    return translation.override(language)


def _recorded(content: bytes, email: str | None, lang: str) -> list[Finding]:
    """What a year of deals says against the file, and on standard error what it rests on."""
    from etappe.config.start import application

    with application(), said_plainly():
        from etappe.cli.process_past import recorded

        findings, basis = recorded(content.decode("utf-8-sig", "replace"), email, lang)
    click.echo(basis, err=True)
    return findings


def _said(finding: Finding) -> dict[str, Any]:
    from etappe.playbook import lint_texts

    told = lint_texts.tell(finding)
    return {
        "id": finding.rule,
        "line": finding.line,
        "column": finding.column,
        "path": finding.path,
        "title": lint_texts.title(finding.rule),
        "reason": told.reason,
        "mend": told.mend,
        "proposal": finding.params.get("proposal"),
        "figure": lint_texts.figure(finding),
    }


def _print(file: str, said: list[dict[str, Any]], form: str, *, usable: bool) -> None:
    if form == "json":
        click.echo(json.dumps({"file": file, "usable": usable, "findings": said}, ensure_ascii=False, indent=2))
    elif usable:
        for item in said:
            click.echo(_line(item) + f"\n    {item['mend']}")
        click.echo(_summary(len(said)))
    else:
        click.echo(_line(said[0]), err=True)


def _line(item: dict[str, Any]) -> str:
    return f"{item['file']}:{item['line']}:{item['column']}: {item['id']} {item['reason']}"


def _summary(count: int) -> str:
    from django.utils.translation import gettext, ngettext

    if not count:
        return gettext("Nothing to mend.")
    return ngettext("%(count)s finding.", "%(count)s findings.", count) % {"count": count}


@command.command("rules")
@_language_option
def rules_command(lang: str) -> None:
    """Print all rules with reasons and examples, as Markdown."""
    with speaking(lang):
        from etappe.playbook import lint_texts

        click.echo(lint_texts.reference(), nl=False)


@command.command("schema")
def schema_command() -> None:
    """Print the JSON schema of process files, for editors and other programs."""
    click.echo((files("etappe.playbook") / "process.schema.json").read_text("utf-8"), nl=False)


@command.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help="Why this version; it stays in the list of versions.")
@click.option("--map", "pairs", multiple=True, metavar="OLD=NEW", help="Move open deals from stage OLD to stage NEW.")
@click.option("--dry-run", is_flag=True, help="Only say what would change and where the deals would stand.")
@click.option("--as", "as_email", required=True, metavar="EMAIL", help="Who publishes, by e-mail address.")
@plainly
def publish_command(file: Path, reason: str, pairs: tuple[str, ...], dry_run: bool, as_email: str) -> None:
    """Publish the process in FILE as the next version; the same text again changes nothing.

    With --map, open deals of the stages that are named come along; a deal that stands further than its evidence
    reaches is unproven afterwards. It can be taken back on the page of the process.
    """
    from etappe.config.start import application

    source, stages = _decoded(_read(str(file))), dict(_pair(pair) for pair in pairs)
    with application(), said_plainly():
        from etappe.cli.process_move import publish, rehearse

        actor = actor_named(as_email)
        for line in (rehearse if dry_run else publish)(source, stages, reason, actor):
            click.echo(line)


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not (sign and old and new):
        raise click.ClickException(f"--map {text}: write it as OLD=NEW, two keys of stages.")
    return old, new


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException("This is no text in UTF-8.") from None


@command.command("diff")
@click.argument("old")
@click.argument("new")
@_language_option
@plainly
def diff_command(old: str, new: str, lang: str) -> None:
    """Say in words what changed from OLD to NEW: files, or published versions as KEY or KEY:NUMBER.

    Exit status: 0 nothing that people would read, 1 something.
    """
    with _comparing(old, new), speaking(lang), said_plainly():
        from etappe.core.process_diff import compare
        from etappe.playbook.diff_texts import tell

        told = tell(compare(_process(old), _process(new)))
        click.echo("\n".join(f"- {sentence}" for sentence in told) or "Nothing differs that people would read.")
    sys.exit(FOUND if told else CLEAN)


def _comparing(*names: str) -> AbstractContextManager[Any]:
    """The database only where a published version is named."""
    from etappe.config.start import application

    return nullcontext() if all(Path(name).is_file() for name in names) else application()


def _process(name: str) -> Process:
    from etappe.core.process_file import compile_process, read

    if Path(name).is_file():
        draft = read(_decoded(_read(name)))
        if draft.problems:
            raise click.ClickException(f"{click.format_filename(name)} is no process: run `etappe process lint` on it.")
        return compile_process(draft)
    from etappe.playbook.queries import get_version

    key, _, number = name.partition(":")
    if number and not number.isdecimal():
        raise click.ClickException(f"{name} is neither a file nor a version. Write KEY or KEY:NUMBER.")
    return get_version(key, int(number[:9]) if number else None).spec


@command.command("backtest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--of", default="", metavar="KEY", help="Try it on deals of this process; otherwise on those of its own.")
@click.option("--days", type=click.Choice(["90", "180", "365", "730"]), default="365", show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
@click.option("--as", "email", metavar="EMAIL", help="As this colleague sees it; without it, over all deals.")
@_language_option
@plainly
def backtest_command(file: Path, of: str, days: str, form: str, email: str | None, lang: str) -> None:
    """Try the process in FILE on deals that are over: which would have been held, and were those the ones lost?

    Only what deals could show at the time counts. What nobody was asked for then is said to be unknown.
    """
    from etappe.config.start import application

    source = _decoded(_read(str(file)))
    with application(), said_plainly():
        from etappe.cli.process_past import tried

        for line in tried(source, email, lang, form, of=of, days=int(days)):
            click.echo(line)


@command.command("example")
@click.argument("key", type=click.Choice([*MODELS, "classic_six", "eleven_to_live"]))
def example_command(key: str) -> None:
    """Print a process that comes with Etappe, to start your own from."""
    click.echo((files("etappe.playbook") / "library" / f"{key}.yaml").read_text("utf-8"), nl=False)
