"""What the rulebook itself holds for a clause: the parameters and lists that it settles."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from expansion.rulebook.lists import lists
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Source

# A list carries no clause of its own where it stands among the settings of a room.
_LISTS = {
    "documents.internal": ("A-4.3.1",),
    "documents.external": ("A-4.3.1",),
    "documents.sub_policies": ("E2-10",),
    "meetings.department_meeting.agenda": ("A-4.2.2",),
    "training.modes": ("A-6.3.3",),
    "crm.event_kinds": ("B-3.2.1c",),
    "crm.event_budget_lines": ("B-3.2.1d",),
    "crm.enquiry_channels": ("C-5.1.1",),
    "partnerships.partner_types": ("C-3.3.2",),
    "partnerships.scheme_fields": ("C-3.3.2",),
    "risk.categories": ("C-9.1.1",),
    "risk.responses": ("C-9.2.1",),
    "lists.spot_check_methods.items": ("E11-1.e",),
}
# Parameters that settle a second clause beside the one they name.
_ALSO = {"resources.budget_required": ("C-4.1.3",)}


@dataclass(frozen=True)
class Setting:
    """One value or list that the clause has in the rulebook."""

    path: str
    label: str
    value: Any
    source: Source | None = None


def settings_by_clause(rules: Rules) -> dict[str, list[Setting]]:
    """Every value of the rulebook by the clauses that it settles."""
    found: dict[str, list[Setting]] = {}
    for clause, one in _all(rules):
        found.setdefault(clause, []).append(one)
    return found


def _all(rules: Rules) -> Iterator[tuple[str, Setting]]:
    for one in rules.parameters():
        setting = Setting(one.path, one.label, one.value, one.source)
        for clause in (one.clause, *_ALSO.get(one.path, ())):
            if clause:
                yield clause, setting
    for listed in lists(rules):
        if listed.items:
            setting = Setting(listed.path, listed.label, listed.items, listed.source)
            for clause in clauses_of(listed.path, listed.clause):
                yield clause, setting


def clauses_of(path: str, own: str | None) -> Collection[str]:
    """The clauses that a list settles."""
    return [own] if own else _LISTS.get(path, ())
