"""The reference page of all commands: `python -m etappe.cli.reference`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from etappe.cli import main

HEAD = """# Commands

`etappe COMMAND --help` says the same on the terminal. Where a command reads or writes records, the database of
`ETAPPE_HOME` (or that of `DATABASE_URL`) is started or attached to by itself.
"""


def reference() -> str:
    """The page."""
    return "\n".join([HEAD, *_command(main, "etappe", None)])


def _command(command: click.Command, path: str, parent: click.Context | None) -> Iterator[str]:
    # Click keeps the help option of whichever context asked first, which may have been one without our short form.
    command._help_option = None
    context = click.Context(command, info_name=path.rsplit(" ", 1)[-1], parent=parent, max_content_width=100)
    if parent is not None:
        yield from (f"## {path}", "", "```", command.get_help(context), "```", "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below
            yield from _command(below, f"{path} {name}", context)


if __name__ == "__main__":
    click.echo(reference(), nl=False)
