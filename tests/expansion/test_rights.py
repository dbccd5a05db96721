"""The matrix of rights: what it shows, what a change opens and closes, and what is nobody's."""

from datetime import timedelta

import pytest

from crm.models import Client, Contact, Contract
from expansion import access, clock
from expansion.access import Scope
from expansion.audit.models import Entry
from expansion.audit.wording import changed_values
from expansion.errors import Forbidden, Gone, Invalid, Stale
from expansion.people.models import Rights, Role
from expansion.people.rights import ACTIONS, adjustable, kind_of, matrix
from expansion.people.services.mandates import create_mandate
from expansion.people.services.rights import change_rights
from tests.cast import assemble
from tests.make import crm as make

CLIENT = "crm.client"


def grant(cast, cells, kind=CLIENT, **given):
    return change_rights(actor=cast.administrator, kind=kind, cells=cells, **given)


def cell(kind, action, role):
    line = next(line for line in kind_of(kind).lines if line.action == action)
    return next(cell for cell in line.cells if cell.role == role)


def test_every_action_that_may_be_granted_has_a_word():
    named = {action for rule in adjustable() for action in rule.grants}
    assert named <= set(ACTIONS)


def test_the_matrix_shows_what_the_gate_does(cast):
    assert len(matrix()) > 15
    for person in (cast.member, cast.leader, cast.manager, cast.hr, cast.administrator):
        seat = next(seat for seat in person.seats if seat.acting_for is None)
        for rule in adjustable():
            for action in rule.grants:
                shown, held = cell(rule.kind, action, seat.role).scope, rule.scope(seat, action)
                narrowed = type(rule).scope is not access.Rule.scope  # by the seat's team
                assert held == shown or narrowed and held < shown, (rule.kind, action, seat.role)


@pytest.mark.parametrize("part", ["hr", "leader", "member"])
def test_as_it_comes_and_after_a_grant(cast, part):
    record = make.client(cast.outsider)
    person = getattr(cast, part)
    assert not access.can(person, "view", record)
    role = person.seats[0].role
    grant(cast, {"view": {role: Scope.DEPARTMENT}})
    assert access.can(cast.again(person), "view", record)
    assert not access.can(cast.again(person), "edit", record)
    grant(cast, {"view": {role: cell(CLIENT, "view", role).default}})
    assert not access.can(cast.again(person), "view", record)
    assert Rights.objects.get().cells == {}


def test_a_team_grant_reaches_the_team_and_no_other(cast):
    near, far = make.client(cast.colleague), make.client(cast.outsider)
    grant(cast, {"view": {Role.MEMBER: Scope.TEAM}})
    member = cast.again(cast.member)
    assert set(access.visible_to(member, Client.objects.all())) == {near}
    assert not access.can(member, "view", far)


def test_a_delegate_has_the_principals_changed_rights(cast):
    record = make.client(cast.partner_member)
    grant(
        cast,
        {"view": {Role.MANAGER: Scope.NONE}, "edit": {Role.MANAGER: Scope.NONE}}
        | {
            action: {Role.MANAGER: Scope.NONE}
            for action in (
                *("create", "delete", "export", "import", "reveal", "share", "reassign"),
                "unmark",
            )
        },
    )
    create_mandate(
        actor=cast.manager,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(hours=1),
        reason="leave",
    )
    assert any(seat.acting_for for seat in cast.again(cast.deputy).seats)
    assert not access.can(cast.again(cast.deputy), "view", record)


def test_what_hangs_on_a_client_is_seen_with_it(cast):
    record = make.client(cast.outsider)
    contact = make.contact(cast.outsider, record)
    grant(cast, {"view": {Role.HR: Scope.DEPARTMENT}})
    assert access.can(cast.again(cast.hr), "view", contact)
    assert not access.can(cast.again(cast.hr), "edit", contact)


def test_what_hangs_on_a_client_may_be_opened_wider_and_never_narrower(cast):
    with pytest.raises(Invalid):
        grant(cast, {"view": {Role.LEADER: Scope.OWN}}, kind="crm.contract")
    finance = cast.finance.seats[0]
    grant(cast, {"view": {Role.FINANCE: Scope.DEPARTMENT}}, kind="crm.contract")
    finance = cast.again(cast.finance).seats[0]
    assert access.rule_of(Contract).scope(finance, "view") is Scope.DEPARTMENT
    assert access.rule_of(Contact).scope(finance, "view") is Scope.NONE


def test_the_administrators_rights_are_nobodys_to_change(cast):
    with pytest.raises(Invalid):
        grant(cast, {"view": {Role.ADMINISTRATOR: Scope.DEPARTMENT}})
    Rights.objects.create(kind=CLIENT, cells={"view": {"administrator": "department"}})
    record = make.client(cast.member)
    assert not access.can(cast.again(cast.administrator), "view", record)


def test_a_fixed_right_stays(cast):
    with pytest.raises(Invalid):
        grant(cast, {"fix": {Role.HR: Scope.DEPARTMENT}}, kind="appraisal.cycle")


def test_what_was_granted_before_a_right_became_fixed_opens_nothing(cast):
    cells = {"erase": {Role.HR: "DEPARTMENT"}, "edit": {Role.HR: "DEPARTMENT"}}
    Rights.objects.create(kind="crm.contact", cells=cells)
    hr = cast.again(cast.hr).seats[0]
    rule = access.rule_of(Contact)
    assert rule.scope(hr, "edit") is Scope.DEPARTMENT  # the grants are read
    assert rule.scope(hr, "erase") is rule.default(Role.HR, "erase") is Scope.NONE


def test_nobody_acts_farther_than_they_see(cast):
    with pytest.raises(Invalid) as refused:
        grant(cast, {"edit": {Role.MEMBER: Scope.DEPARTMENT}})
    assert "edit.member" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        grant(cast, {"view": {Role.MEMBER: Scope.NONE}})
    assert {"edit.member", "export.member"} <= set(refused.value.fields)


def test_only_kinds_of_the_matrix(cast):
    for kind in ("people.user", "people.token", "notices.notice", "nothing", ""):
        with pytest.raises(Gone):
            grant(cast, {}, kind=kind)


def test_only_administrators(cast):
    for person in (cast.manager, cast.member, cast.hr, cast.leadership):
        with pytest.raises(Forbidden):
            change_rights(actor=person, kind=CLIENT, cells={"view": {Role.HR: Scope.DEPARTMENT}})


def test_the_trail_says_it_in_words(cast):
    grant(cast, {"view": {Role.HR: Scope.DEPARTMENT}})
    entry = Entry.objects.get(verb="people.rights.changed")
    assert entry.changes == {"view.hr": ["none", "department"]}
    (row,) = changed_values(entry)
    assert (str(row["label"]), row["before"], row["after"]) == (
        "human resources: See", "none", "department",
    )  # fmt: skip


def test_the_second_of_two_administrators_is_told(cast):
    rights = grant(cast, {"view": {Role.HR: Scope.DEPARTMENT}}, version=0)
    with pytest.raises(Stale):
        grant(cast, {"view": {Role.HR: Scope.NONE}}, version=0)
    grant(cast, {"view": {Role.HR: Scope.NONE}}, version=rights.version)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_change_holds_from_the_next_request_on(sign_in):
    """Also where seats and prepared queries are kept between requests."""
    cast = assemble()
    record = make.client(cast.outsider)
    browser, url = sign_in(cast.hr), record.get_absolute_url()
    assert [browser.get(url).status_code for _ in range(2)] == [404, 404]
    grant(cast, {"view": {Role.HR: Scope.DEPARTMENT}})
    assert browser.get(url).status_code == 200
    grant(cast, {"view": {Role.HR: Scope.NONE}})
    assert browser.get(url).status_code == 404


def page(kind=CLIENT):
    return f"/people/rights/{kind}"


def sent(answer, **fields):
    """Everything the page would send back as it stands, with these fields filled in otherwise."""
    form = answer.context["form"]
    values = {}
    for name in form.fields:
        bound = form[name]
        values[name] = bound.value()
        if bound.field.show_hidden_initial:
            values[bound.html_initial_name] = bound.value()
    return values | fields


def test_everybody_reads_and_administrators_change(cast, sign_in):
    for part in ("member", "hr", "liaison"):
        browser = sign_in(getattr(cast, part))
        assert browser.get("/people/rights/").status_code == 200
        answer = browser.get(page())
        assert answer.status_code == 200 and b"<select" not in answer.content
        assert browser.post(page(), {"request_id": "k"}).status_code == 403
    browser = sign_in(cast.administrator)
    answer = browser.get(page())
    answer = browser.post(page(), sent(answer, **{"view.hr": "department"}))
    assert answer.status_code == 302
    assert Rights.objects.get().cells == {"view": {"hr": "department"}}
    assert browser.get("/people/rights/nothing").status_code == 404


def test_two_administrators_at_different_cells(cast, sign_in):
    """The page opened first is stale: it shows what was changed, and keeps what was typed."""
    browser = sign_in(cast.administrator)
    opened = browser.get(page())
    grant(cast, {"view": {Role.HR: Scope.DEPARTMENT}})
    answer = browser.post(page(), sent(opened, **{"view.finance": "department"}))
    assert answer.status_code == 409
    form = answer.context["form"]
    assert form["view.finance"].value() == "department"
    assert form["view.hr"].value() == "department"
    again = browser.post(
        page(),
        sent(answer)
        | {
            form[name].html_initial_name: kept
            for name, kept in (("view.finance", "none"), ("view.hr", "department"))
        },
    )
    assert again.status_code == 302
    assert Rights.objects.get().cells == {"view": {"hr": "department", "finance": "department"}}


def test_a_wrong_choice_is_a_sentence(cast, sign_in):
    browser = sign_in(cast.administrator)
    answer = browser.get(page())
    for value in ("all", "", "团队"):
        refused = browser.post(page(), sent(answer, **{"view.hr": value}))
        assert refused.status_code == 422
    refused = browser.post(page(), sent(answer, **{"edit.hr": "department"}))
    assert refused.status_code == 422
    assert "Widen" in refused.content.decode() or "查看" in refused.content.decode()
    assert not Rights.objects.exists()


def test_asking_of_many_is_asking_of_each(cast):
    """`can_each` remembers owner and team, never more than they decide."""
    own, near, far = (make.client(one) for one in (cast.member, cast.colleague, cast.outsider))
    for person in (cast.member, cast.leader, cast.manager, cast.hr):
        for action in ("reveal", "edit", "delete", "view"):
            asked = access.can_each(person, action, Client)
            for record in (own, near, far, own):
                assert asked(record) == access.can(person, action, record), (person, action)
    own.deleted_at = clock.now()
    asked = access.can_each(cast.member, "edit", Client)
    assert not asked(own)
