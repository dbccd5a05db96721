"""A project that is large or of a major kind is put before who decides over it (R-exp-06)."""

from decimal import Decimal

import pytest

from crm.authority_offers import escalation_todos
from crm.models import Escalation
from crm.services.clients import reassign_client
from crm.services.major import leave_with, mark_major, take_over
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid
from expansion.notices.models import Notice
from expansion.rulebook.selectors import open_draft, rules_on
from partnerships.models import Project
from partnerships.services import partners, projects
from tests.expansion.test_rulebook_chains import save
from tests.make import authority, crm
from tests.make import partnerships as make

pytestmark = pytest.mark.django_db
LARGE = Decimal("200000")


@pytest.fixture(autouse=True)
def rules(cast):
    changes = {"authority.major_amount": "200000", "authority.major_kinds": ["franchisee"]}
    return authority.decree(rules_on().with_changes(changes))


def franchise(cast, **values) -> Project:
    return make.project(
        cast.partner_member, of=make.partner(cast.partner_member, kind="franchisee"), **values
    )


def told(kind: str) -> list[str]:
    return [one.person.username for one in Notice.objects.filter(kind=kind).order_by("pk")]


# Put forward


def test_a_project_of_a_major_kind_is_put_before_the_manager_when_it_opens(cast):
    project = franchise(cast)
    one = Escalation.objects.get()
    assert (one.record, one.client, one.triggers) == (project, project.client, ["kind"])
    assert (one.role, one.owner, str(one)) == ("manager", cast.partner_member, project.title)
    assert told("crm.escalation.opened") == ["manager"]
    assert [todo.url for todo in escalation_todos(cast.manager)] == [one.get_absolute_url()]
    assert Entry.objects.filter(verb="crm.escalation.opened").count() == 1


@pytest.mark.parametrize(("amount", "met"), [("200000.00", ["amount"]), ("199999.99", None)])
def test_a_project_of_exactly_that_amount_is_major(cast, amount, met):
    make.project(cast.partner_member, amount=Decimal(amount))
    assert [one.triggers for one in Escalation.objects.all()] == ([met] if met else [])


def test_a_project_of_another_kind_is_ordinary_and_so_is_the_managers_own(cast):
    make.project(cast.partner_member)
    make.project(cast.manager, of=make.partner(cast.manager, kind="franchisee"))
    assert not Escalation.objects.exists()


def test_an_amount_or_a_kind_that_comes_later_counts_as_one_set_at_first(cast):
    project, other = make.project(cast.partner_member), make.project(cast.partner_member)
    projects.update_project(actor=cast.partner_member, record=project, amount=LARGE)
    assert Escalation.objects.get().triggers == ["amount"]
    partners.update_partner(
        actor=cast.partner_member, record=project.partner, rules=rules_on(), kind="franchisee"
    )
    assert Escalation.objects.get().triggers == ["amount", "kind"]
    assert not Escalation.objects.of(other).exists()


def test_a_closed_project_is_not_put_forward_until_it_is_taken_up_again(cast):
    project = make.project(cast.partner_member)
    projects.cancel_project(actor=cast.partner_member, record=project, reason="对方停业。")
    partners.update_partner(
        actor=cast.partner_member, record=project.partner, rules=rules_on(), kind="franchisee"
    )
    assert not Escalation.objects.exists()
    project = Project.objects.get()
    projects.reopen_project(actor=cast.partner_member, record=project, reason="恢复。")
    assert Escalation.objects.get().triggers == ["kind"]


def test_whose_decision_over_cooperation_it_is_says_the_rulebook(cast):
    changed = {"authority.major_cooperation_owner": "leadership"}
    authority.decree(rules_on().with_changes(changed))
    franchise(cast)
    assert Escalation.objects.get().role == "leadership"


def test_what_was_decided_stays_decided_until_it_grows(cast):
    project = make.project(cast.partner_member, amount=LARGE)
    leave_with(actor=cast.manager, record=Escalation.objects.get(), reason="继续跟")
    for amount, number in (("190000", 1), ("200000", 1), ("200000.01", 2)):
        project.refresh_from_db()
        projects.update_project(
            actor=cast.partner_member, record=project, amount=Decimal(amount), title=amount
        )
        assert Escalation.objects.count() == number, amount


def test_an_unknown_kind_is_no_trigger():
    with pytest.raises(Invalid):
        rules_on().with_changes({"authority.major_kinds": ["landlord"]})


def test_the_kinds_and_what_a_start_asks_for_are_chosen_in_the_browser(cast, sign_in):
    browser = sign_in(cast.manager)
    for section, path, words, value in (
        ("authority", "authority.major_kinds", "广告商", ["advertiser", "supplier"]),
        ("partnerships", "partnerships.start_requires", "方案", ["approved_contract"]),
    ):
        address = f"/rulebook/parameters?section={section}"
        page = browser.get(address).text
        assert f'name="{path}"' in page and words in page
        assert save(browser, address, **{path: value}).status_code == 302
        assert open_draft().changes[path] == value


# Meanwhile


def test_while_it_waits_nobody_else_starts_closes_signs_or_lowers_it(cast):
    project = franchise(cast, amount=LARGE, scheme=make.SCHEME)
    contract = make.signed_contract(cast, project)
    make.approved(cast.partner_member, project)
    acts = [
        lambda: projects.start_project(actor=cast.partner_member, record=project),
        lambda: projects.cancel_project(actor=cast.partner_member, record=project, reason="算了"),
        lambda: projects.link_contract(
            actor=cast.partner_member, record=project, contract=contract
        ),
        lambda: projects.update_project(
            actor=cast.partner_member, record=project, amount=Decimal("1")
        ),
    ]
    for act in acts:
        with pytest.raises(Forbidden) as refusal:
            act()
        assert cast.manager.name in str(refusal.value.message)
    leave_with(actor=cast.manager, record=Escalation.objects.of(project).get(), reason="你们熟")
    started = projects.start_project(actor=cast.partner_member, record=project)
    assert started.status == "running"


def test_a_project_under_way_that_becomes_major_is_not_finished_meanwhile(cast):
    project = make.running(cast.partner_member)
    project = projects.update_project(actor=cast.partner_member, record=project, amount=LARGE)
    with pytest.raises(Forbidden):
        projects.finish_project(actor=cast.partner_member, record=project)
    assert projects.finish_project(actor=cast.manager, record=project).status == "done"


def test_a_client_that_waits_holds_up_its_projects_and_one_project_no_other(cast):
    partner = make.partner(cast.partner_member, kind="supplier")
    held, free = (make.project(cast.partner_member, of=partner) for _twice in range(2))
    projects.update_project(actor=cast.partner_member, record=held, amount=LARGE)
    projects.cancel_project(actor=cast.partner_member, record=free, reason="不做了")
    third = make.project(cast.partner_member, of=partner)
    leave_with(actor=cast.manager, record=Escalation.objects.get(), reason="继续跟")
    mark_major(actor=cast.partner_member, record=partner.client)
    with pytest.raises(Forbidden):
        projects.cancel_project(actor=cast.partner_member, record=third, reason="不做了")


# Decided


def test_taken_over_the_project_goes_along_and_the_client_stays(cast):
    project = franchise(cast, scheme=make.SCHEME)
    make.submitted(cast.partner_member, project)
    decide(actor=cast.manager, request=latest(project), decision="return", comment="写清分成。")
    take_over(actor=cast.manager, record=Escalation.objects.get(), reason="我来谈")
    project.refresh_from_db()
    assert (project.owner, project.client.owner) == (cast.manager, cast.partner_member)
    assert latest(project).received_by == cast.manager
    entry = Entry.objects.get(verb="partnerships.project.reassigned")
    assert entry.changes["owner"] == [cast.partner_member.pk, cast.manager.pk]
    assert Escalation.objects.get().outcome == "taken_over"
    assert told("crm.escalation.decided") == ["partner_member"]


def test_a_client_that_goes_to_the_manager_leaves_the_project_to_be_decided(cast):
    project = franchise(cast)
    client = crm.client(cast.partner_member)
    mark_major(actor=cast.partner_member, record=client)
    for each in (project.client, client):
        reassign_client(actor=cast.manager, record=each, owner=cast.manager, reason="我来")
    assert Escalation.objects.of(project).get().is_open
    assert not Escalation.objects.of(client).get().is_open


def test_of_a_deleted_project_nothing_waits(cast):
    project = franchise(cast)
    projects.delete_project(actor=cast.manager, record=project, reason="建错了")
    one = Escalation.objects.get()
    assert (one.outcome, one.reason) == ("gone", "建错了")
    assert list(escalation_todos(cast.manager)) == []


# Its pages


def test_the_pages_say_so_and_lead_there(cast, sign_in):
    project = franchise(cast)
    one = Escalation.objects.get()
    page = sign_in(cast.partner_member).get(f"/partnerships/projects/{project.pk}")
    assert one.get_absolute_url() in page.content.decode()
    browser = sign_in(cast.manager)
    page = browser.get(one.get_absolute_url()).content.decode()
    assert project.get_absolute_url() in page and project.title in page
    assert browser.get(f"{one.get_absolute_url()}/take-over").status_code == 200
    found = browser.get("/crm/escalations/?kind=project").content.decode()
    assert project.title in found
    assert project.title not in browser.get("/crm/escalations/?kind=client").content.decode()
