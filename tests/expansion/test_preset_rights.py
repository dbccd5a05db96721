"""A regulation fills the matrix of rights when it is loaded (R-exp-03)."""

from datetime import date

import pytest
from pydantic import ValidationError

from expansion.access import Scope
from expansion.audit.models import Entry
from expansion.errors import Gone, Invalid
from expansion.people.models import Rights, Role, User
from expansion.people.rights import regrants_by_role
from expansion.rulebook.loading import preset
from expansion.rulebook.organisation import Right
from expansion.rulebook.services import presets
from expansion.rulebook.services.presets import load_preset


def loaded(monkeypatch, *rights: tuple[str, str, str, str]) -> None:
    """`ktv` as it is, with rights of its own."""
    own = tuple(
        Right(kind=kind, action=action, role=role, scope=scope)
        for kind, action, role, scope in rights
    )
    rules = preset("ktv").model_copy(update={"rights": own})
    monkeypatch.setattr(presets, "preset", lambda key, overlay=None: rules)
    load_preset(actor=None, key="ktv", effective_on=date(2026, 1, 1))


def test_what_a_regulation_grants_stands_in_the_matrix_and_in_the_trail(db, monkeypatch):
    loaded(
        monkeypatch,
        ("crm.client", "view", "leader", "department"),
        ("crm.client", "export", "member", "none"),
    )
    granted = regrants_by_role()
    assert granted[Role.LEADER][("crm.client", "view")] is Scope.DEPARTMENT
    assert granted[Role.MEMBER][("crm.client", "export")] is Scope.NONE
    entry = Entry.objects.get(verb="people.rights.changed")
    assert entry.changes["view.leader"] == ["team", "department"]


def test_one_that_grants_nothing_of_its_own_leaves_the_matrix_as_it_comes(db):
    load_preset(actor=None, key="ktv", effective_on=date(2026, 1, 1))
    assert not Rights.objects.exists()


@pytest.mark.parametrize(
    ("right", "refusal"),
    [
        (("crm.nothing", "view", "leader", "team"), Gone),
        (("crm.client", "view", "leader", "none"), Invalid),  # and yet to change what is not seen
        (("transfer.export", "download", "manager", "department"), Invalid),  # fixed
    ],
)
def test_what_does_not_hold_is_refused_and_nothing_is_loaded(db, monkeypatch, right, refusal):
    with pytest.raises(refusal):
        loaded(monkeypatch, right)
    assert not User.objects.exists() and not Rights.objects.exists()


def test_nobody_grants_the_administrator_anything_by_a_regulation():
    with pytest.raises(ValidationError):
        Right(kind="crm.client", action="view", role="administrator", scope="department")
