"""The page of who may do what."""

from __future__ import annotations

from collections.abc import Mapping

from etappe.config.reference.markdown import joined, table
from etappe.core.actor import Role
from etappe.team.access import ACTS, READS, Reach

HEAD = """# Permissions

One table in `etappe.team.access` says how far each role reaches with each act:

- **all**: every record of the workspace;
- **team**: records of one's own team, for a manager also of all teams below it, and those of *own*;
- **own**: records one owns, and deals whose deal team one belongs to;
- empty: not at all.

What somebody may not see looks to them as if it were not there (404). What they see but may not do is refused (403).
How this hangs together: [Who sees what](../concepts/access.md).
"""
TAIL = """A token of the API never may more than its owner. With the scope `read` it may do
{reads}; everything else takes `write`.

The terminal's `import`, `export`, `migrate`, `backup` and `restore` run as the system, which may do everything; whoever
may start them holds the database anyway.
"""
ABOUT: Mapping[str, str] = {
    "deals.see": "see deals with their record, amounts and evidence",
    "deals.create": "make deals",
    "deals.edit": "change fields, deal team and buying centre",
    "deals.move": "move, win, leave, rest, reopen, undo, take to another process",
    "deals.prove": "give and withdraw evidence, ask a buyer to confirm a note",
    "deals.ask_exception": "ask for an exception",
    "deals.grant": "grant or refuse an exception; not one's own while somebody else could",
    "deals.inspect": "read what left a stage, with its evidence",
    "deals.judge": "accept evidence or not; not one's own while somebody else could",
    "people.edit": "make and change accounts and people",
    "records.merge": "merge accounts or people and undo it; what has no owner is open to all who merge",
    "records.delete": "put accounts, people and deals into the recycle bin, and bring them back",
    "notes.write": "write notes on records one sees",
    "contacts.record": "log contacts with accounts and people one sees",
    "contacts.withdraw": "withdraw contacts and take that back; what names no colleague is open to all who may",
    "figures.see": "see figures, counted over the deals one sees",
    "figures.mail": "be mailed figures, each as one sees it when it is sent",
    "playbook.see": "read processes and their rules",
    "playbook.drafts": "see processes that are being written",
    "playbook.publish": "write drafts, publish versions, take processes from the library, choose the one for new deals",
    "imports.see": "see imports, what came of them, and their rejected rows",
    "imports.run": "import, cancel, resume and undo imports, save maps",
    "exports.see": "see and fetch what was exported",
    "exports.run": "export everything, cancel and delete exports",
    "team.administer": "add, invite and change colleagues and teams",
    "workspace.edit": "change the workspace, define its own fields, answer the four questions, say what sources mean",
    "commitments.make": "say what one will win in a month",
    "goals.set": "set, change and take away goals of colleagues and teams",
    "views.own": "save views of lists, share them with one's team, change and delete them",
    "views.offer": "share a view with everybody, let a view open first for a team",
    "tokens.own": "make, list and revoke tokens",
}
REACHES = {Reach.NOTHING: "", Reach.OWN: "own", Reach.TEAM: "team", Reach.ALL: "all"}


def page() -> str:
    """The page."""
    heads = ("Act", "What it is", *(role.value for role in Role))
    rows = ((f"`{act}`", ABOUT[act], *(REACHES[roles[role]] for role in Role)) for act, roles in ACTS.items())
    reads = ", ".join(f"`{act}`" for act in ACTS if act in READS)
    return joined([HEAD, table(heads, rows), TAIL.format(reads=reads)])
