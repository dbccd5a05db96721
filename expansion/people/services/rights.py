"""Changes to the matrix of rights."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.access import Rule, Scope
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.people import revision
from expansion.people.models import Rights, Role, User
from expansion.people.rights import ACTIONS, choices_of, rule_for
from expansion.records import lock

Cells = Mapping[str, Mapping[str, Scope]]


@transaction.atomic
def change_rights(*, actor: User, kind: str, cells: Cells, version: int | None = None) -> Rights:
    """Grants the actions on one kind of record as `cells` says: {action: {role: scope}}.

    What is not named stays as it is. From the next request on everybody has the new rights.

    Raises:
        Forbidden: the actor is no administrator.
        Gone: no such kind stands in the matrix.
        Stale: somebody has changed this kind's rights since `version`.
        Invalid: a right that is fixed or a scope that the records do not know, or an act that would
            reach farther than the role sees.
    """
    access.require(actor, "edit", Rights)
    return _grant(actor, rule_for(kind), cells, version)


@transaction.atomic
def load_rights(*, actor: User | None, kind: str, cells: Cells) -> Rights:
    """Grants what a regulation grants when it is loaded, by the one who installs (R-exp-03).

    Raises:
        Gone, Invalid: as `change_rights` says.
    """
    return _grant(actor, rule_for(kind), cells, None)


def _grant(actor: User | None, rule: Rule, cells: Cells, version: int | None) -> Rights:
    kind = rule.kind
    revision.renew()
    row, _new = Rights.objects.get_or_create(kind=kind, defaults={"version": 0})
    rights = lock(Rights.objects.all(), row.pk, version=version)
    before = deepcopy(rights.cells)
    rights.cells = _merged(rule, rights.cells, cells)
    _refuse_blind_acts(rule, rights.cells)
    rights.version += 1
    rights.save()
    changes = _changes(rule, before, rights.cells)
    write(actor=actor, verb="people.rights.changed", about=rights, changes=changes)
    return rights


def _merged(rule: Rule, stored: dict[str, dict[str, str]], cells: Cells) -> dict[str, Any]:
    """The stored cells with the new ones; those that are as they come are left out."""
    problems: dict[str, list[str]] = {}
    for action, by_role in cells.items():
        for role, scope in by_role.items():
            default = rule.default(role, action)
            if scope not in {*choices_of(rule, action, Role(role)), default}:
                problems[f"{action}.{role}"] = [_("This right cannot be granted so.")]
            elif scope == default:
                stored.get(action, {}).pop(role, None)
            else:
                stored.setdefault(action, {})[role] = scope.name.lower()
    if problems:
        raise Invalid(fields=problems)
    return {action: by_role for action, by_role in stored.items() if by_role}


def _refuse_blind_acts(rule: Rule, cells: Mapping[str, Mapping[str, str]]) -> None:
    """Nobody acts on what is not seen, unless the house itself says so."""

    def scope(action: str, role: str) -> Scope:
        stored = cells.get(action, {}).get(role)
        return rule.default(role, action) if stored is None else Scope[stored.upper()]

    problems: dict[str, list[str]] = {}
    for role in Role:
        seen, usually = scope("view", role), rule.default(role, "view")
        for action in rule.grants:
            reach = scope(action, role)
            as_it_comes = reach == rule.default(role, action) and seen == usually
            if reach > seen and not as_it_comes:
                words = {"role": role.label, "act": ACTIONS[action]}
                sentence = _(
                    "%(role)s: “%(act)s” would reach farther than what they see. "
                    "Widen “See”, or narrow this one."
                )
                problems[f"{action}.{role}"] = [sentence % words]
    if problems:
        raise Invalid(fields=problems)


def _changes(rule: Rule, before: Any, after: Any) -> dict[str, list[Any]]:
    """For the trail: {"action.role": [scope before, scope after]}."""
    found = {}
    for action in rule.grants:
        for role in Role:
            default = rule.default(role, action).name.lower()
            was = before.get(action, {}).get(role, default)
            now = after.get(action, {}).get(role, default)
            if was != now:
                found[f"{action}.{role}"] = [was, now]
    return found
