"""Values of own fields that are wanted of many records alike: looked at once, decided for each record by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etappe.core.actor import Actor
from etappe.core.errors import Refusal
from etappe.core.own_fields import REFERRING, clean_value
from etappe.journal.values import with_keys
from etappe.people.fields import FieldView, fields, require_seen
from etappe.people.scope import meant_for


class OwnEdits:
    """What is wanted of the own fields of records of one kind.

    Refuses at once what can be right for none of them: a field that nobody has, a value that a field cannot hold.
    """

    def __init__(self, subject: str, given: Mapping[str, Any], actor: Actor) -> None:
        self._given, self._actor = given, actor
        self._fields = fields(subject) if given else []
        self._by_team: dict[int | None, Mapping[str, FieldView]] = {}
        self._cleaned: dict[str, Any] = {}
        known = {own.key for own in self._fields}
        mine = self._of_team(None)
        for key in given:
            if key not in known:
                raise Refusal("unknown_field", field=f"custom.{key}", fields=tuple(f"custom.{name}" for name in mine))
            if key in mine:
                self._clean(mine[key])

    def column(self, present: Mapping[str, Any], team: int | None = None) -> dict[str, Any]:
        """The column `custom` of a record that holds these values; nothing where no own field is to change.

        Refuses a field that is not meant for the actor, nor for the record's team.
        """
        if not self._given:
            return {}
        meant = self._of_team(team)
        for key in self._given:
            if key not in meant:
                raise Refusal("field_of_other_team", field=f"custom.{key}")
        return {"custom": with_keys(present, {key: self._clean(meant[key]) for key in self._given})}

    def _of_team(self, team: int | None) -> Mapping[str, FieldView]:
        if team not in self._by_team:
            self._by_team[team] = {own.key: own for own in meant_for(self._actor, self._fields, team=team)}
        return self._by_team[team]

    def _clean(self, own: FieldView) -> Any:
        if own.key not in self._cleaned:
            value = clean_value(own, self._given[own.key])
            if own.kind in REFERRING:
                require_seen(own, value, self._actor)
            self._cleaned[own.key] = value
        return self._cleaned[own.key]
