"""The `etappe` command. Each subcommand lives in a module of its own and is loaded when it is called."""

from __future__ import annotations

import importlib
import importlib.util

import click

COMMANDS = {
    "serve": "Run database, web and jobs until stopped.",
    "demo": "Fill, enter and leave the simulated company.",
    "simulate": "Make a company whose truth is known.",
    "user": "Add, list and link colleagues.",
    "import": "Bring in accounts, people and deals from files.",
    "export": "Write everything into one archive of CSV files.",
    "deal": "Create, move and show deals.",
    "find": "Find accounts, people and deals.",
    "bulk": "Change many records alike, and undo it.",
    "merge": "Merge accounts or people, and undo it.",
    "list": "List deals, accounts or people, filtered.",
    "process": "Check and publish sales processes.",
    "report": "Print a figure as the pages show it.",
    "goal": "List and set goals of colleagues and teams.",
    "commitment": "Say what one will win in a month, and list what was said.",
    "mail": "Be mailed figures every week or month, and see what is mailed.",
    "facts": "Keep the Parquet files that figures may be computed from.",
    "token": "Make and revoke tokens for the API.",
    "migrate": "Bring the database to this version.",
    "doctor": "Say what is in force, and what is wrong.",
    "backup": "Write everything into one file.",
    "restore": "Bring back what a backup holds.",
}
"""Subcommands with their line in the help. `import` is `etappe.cli.import_`, for the word is taken."""

MODULES = {"import": "etappe.cli.import_", "list": "etappe.cli.list_"}


class Lazy(click.Group):
    """A group that imports a subcommand only when it is called, so that `etappe --help` costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table, those that this installation has."""
        return [name for name in COMMANDS if importlib.util.find_spec(_module(name))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command `command` of the subcommand's module."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(_module(cmd_name)).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of subcommands, without importing any."""
        with formatter.section("Commands"):
            rows = [(name, COMMANDS[name]) for name in self.list_commands(ctx)]
            formatter.write_dl(rows or [("(none)", "")])


def _module(name: str) -> str:
    return MODULES.get(name, f"etappe.cli.{name}")


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="etappe", prog_name="etappe")
def main() -> None:
    """Etappe: a sales system in which a deal advances only on evidence from the buyer."""
