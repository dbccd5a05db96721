"""The matrix of rights: which role may do what to which kind of record, and how far (R-exp-03).

The rules of the apps hold the rights as they come; what an administrator grants otherwise is data.
Every seat carries what was changed for its role, so the gate asks no query for it.

Two things are nobody's to grant. The administrator's rights stay as they are: who administers
reads no business record by that alone, and cannot lock the house. And what a rule calls fixed
follows from the regulation, not from a role.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from expansion import access
from expansion.access import Regrants, Rule, Scope
from expansion.audit.wording import ROOMS
from expansion.errors import Gone
from expansion.people.models import Rights, Role
from expansion.prepared import prepared

PARTS: Mapping[str, Any] = {**ROOMS, "audit": gettext_lazy("Trail")}
FIXED_ROLES = frozenset({Role.ADMINISTRATOR})
SCOPES: Mapping[Scope, Any] = {
    Scope.NONE: pgettext_lazy("scope", "none"),
    Scope.OWN: pgettext_lazy("scope", "own"),
    Scope.TEAM: pgettext_lazy("scope", "team"),
    Scope.DEPARTMENT: pgettext_lazy("scope", "department"),
}
ACTIONS: dict[str, Any] = {
    "view": gettext_lazy("See"),
    "create": gettext_lazy("Begin a new one"),
    "edit": gettext_lazy("Change"),
    "write": gettext_lazy("Write its text"),
    "delete": gettext_lazy("Delete"),
    "restore": gettext_lazy("Restore"),
    "import": gettext_lazy("Import"),
    "export": gettext_lazy("Export"),
    "reveal": gettext_lazy("Show numbers in full"),
    "share": gettext_lazy("Share with a person or team"),
    "reassign": gettext_lazy("Give to another owner"),
    "unmark": gettext_lazy("Take the mark of a major client away"),
    "submit": gettext_lazy("Submit for approval"),
    "publish": gettext_lazy("Publish"),
    "comment": gettext_lazy("Comment"),
    "review": gettext_lazy("Be told of it and answer"),
    "record": gettext_lazy("Write the record"),
    "override": gettext_lazy("Let pass what a gate stops"),
    "overrule": gettext_lazy("Decide a lead otherwise"),
    "sign": gettext_lazy("Mark as signed"),
    "complete": gettext_lazy("Tick off"),
    "check": gettext_lazy("Check"),
    "screen": gettext_lazy("Judge"),
    "adopt": gettext_lazy("Mark as used"),
    "distribute": gettext_lazy("Send to readers"),
    "inside": gettext_lazy("See scores, receipts and comments"),
    "oversee": gettext_lazy("See who has handed in"),
    "read": gettext_lazy("Mark as read"),
    "enrol": gettext_lazy("Take part"),
    "mark": gettext_lazy("Mark attendance"),
    "withdraw": gettext_lazy("Take back"),
    "effect": gettext_lazy("Let it take effect"),
    "release": gettext_lazy("Record the release"),
    "revoke": gettext_lazy("Revoke"),
    "open": gettext_lazy("Open"),
    "collect": gettext_lazy("Collect the figures"),
    "nudge": gettext_lazy("Remind"),
    "close": gettext_lazy("Close"),
    "reopen": gettext_lazy("Reopen"),
    "fix": gettext_lazy("Fix the scores"),
    "deliver": gettext_lazy("Deliver the results"),
    "target": gettext_lazy("Set targets"),
    "divide": gettext_lazy("Divide among receivers"),
    "download": gettext_lazy("Fetch the file"),
    "confidential": gettext_lazy("See what is confidential"),
    "secret": gettext_lazy("See what is secret"),
    "classify": gettext_lazy("Set the level of confidentiality"),
    "report": gettext_lazy("Give out what is kept of a person"),
    "erase": gettext_lazy("Erase a person’s data"),
}


@prepared
def _stored() -> QuerySet[Rights, tuple[str, dict[str, dict[str, str]]]]:
    return Rights.objects.order_by("kind").values_list("kind", "cells")


def regrants_by_role() -> dict[str, Regrants]:
    """What each role was granted otherwise; roles whose rights are as they come are absent."""
    found: dict[str, dict[tuple[str, str], Scope]] = defaultdict(dict)
    for kind, cells in _stored():
        for action, by_role in cells.items():
            for role, scope in by_role.items():
                found[role][kind, action] = Scope[scope.upper()]
    return {role: Regrants(cells) for role, cells in found.items() if role not in FIXED_ROLES}


@dataclass(frozen=True)
class Cell:
    """One right: how far it reaches, as it comes and now, and what it may become."""

    role: Role
    default: Scope
    scope: Scope
    choices: tuple[Scope, ...]

    @property
    def changed(self) -> bool:
        return self.scope != self.default

    @property
    def name(self) -> str:
        """The scope as it is stored and posted."""
        return self.scope.name.lower()

    @property
    def label(self) -> str:
        return str(SCOPES[self.scope])

    @property
    def was(self) -> str:
        return str(SCOPES[self.default])


@dataclass(frozen=True)
class Line:
    """One action on one kind of record, with the right of every role in the order of the roles."""

    action: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of record in the matrix."""

    key: str
    label: str
    room: str
    follows: str  # the kind that it is always seen with
    lines: tuple[Line, ...]

    @property
    def view(self) -> Line:
        return self.lines[0]

    @property
    def changed(self) -> int:
        return sum(cell.changed for line in self.lines for cell in line.cells)


def adjustable() -> list[Rule]:
    """The rules that stand in the matrix, by room and in the order they were declared."""
    rooms = list(PARTS)
    found = [rule for rule in access.rules().values() if rule.adjustable]
    return sorted(found, key=lambda rule: rooms.index(rule.model._meta.app_label))


def matrix() -> list[Kind]:
    """Every kind of record with all its rights."""
    stored = dict(_stored())
    return [_kind(rule, stored.get(rule.kind, {})) for rule in adjustable()]


def kind_of(key: str, cells: Mapping[str, Mapping[str, str]] | None = None) -> Kind:
    """One kind's part of the matrix; `cells` spares a look-up where the stored ones are at hand.

    Raises:
        Gone: no such kind stands in it.
    """
    rule = rule_for(key)
    return _kind(rule, dict(_stored()).get(rule.kind, {}) if cells is None else cells)


def rule_for(key: str) -> Rule:
    """
    Raises:
        Gone: no kind of this key stands in the matrix.
    """
    rule = next((rule for rule in adjustable() if rule.kind == key), None)
    if rule is None:
        raise Gone(_("There is nothing here for you at this address."))
    return rule


def _kind(rule: Rule, cells: Mapping[str, Mapping[str, str]]) -> Kind:
    options = rule.model._meta
    return Kind(
        key=rule.kind,
        label=capfirst(str(options.verbose_name)),
        room=str(PARTS[options.app_label]),
        follows=str(rule.follows._meta.verbose_name) if rule.follows else "",
        lines=tuple(_lines(rule, cells)),
    )


def _lines(rule: Rule, cells: Mapping[str, Mapping[str, str]]) -> Iterator[Line]:
    for action in rule.grants:
        stored = cells.get(action, {})
        yield Line(
            action,
            str(ACTIONS[action]),
            tuple(_cell(rule, action, role, stored.get(role)) for role in Role),
        )


def _cell(rule: Rule, action: str, role: Role, stored: str | None) -> Cell:
    default = rule.default(role, action)
    is_fixed = action in rule.fixed or role in FIXED_ROLES
    scope = default if stored is None or is_fixed else Scope[stored.upper()]
    return Cell(role, default, scope, choices_of(rule, action, role))


def choices_of(rule: Rule, action: str, role: Role) -> tuple[Scope, ...]:
    """What an administrator may choose there; nothing where the right is fixed.

    What hangs on another record is always seen with it, so its `view` can only be widened.
    """
    if action in rule.fixed or role in FIXED_ROLES:
        return ()
    default = rule.default(role, action)
    least = default if rule.follows and action == "view" else Scope.NONE
    return tuple(sorted(scope for scope in {*rule.reaches(), default} if scope >= least))


def cell_words(name: str, before: str, after: str) -> dict[str, str]:
    """A changed cell ("edit.member") and both its scopes in words."""
    action, _dot, role = name.partition(".")
    words = {"act": ACTIONS.get(action, action), "role": Role(role).label}
    return {
        "label": _("%(role)s: %(act)s") % words,
        "before": str(SCOPES[Scope[before.upper()]]),
        "after": str(SCOPES[Scope[after.upper()]]),
    }


def sheet_heads() -> list[str]:
    return [_("Kind of record"), _("Act"), *(str(role.label) for role in Role)]


def sheet_rows(person: Any) -> Iterator[list[str]]:
    """The matrix as a table: one row for each act on each kind of record."""
    for kind in matrix():
        for line in kind.lines:
            yield [kind.label, line.label, *(cell.label for cell in line.cells)]
