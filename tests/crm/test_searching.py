"""What hangs on a client is found by what the reader may know of the client, and by no more."""

import sys
from importlib import import_module

import pytest
from django.db.models import Value

from crm.models import Contract, Escalation, Lead, Opportunity, Visit
from crm.services.contacts import add_contact
from crm.tables_authority import ESCALATIONS
from crm.tables_contracts import CONTRACTS
from crm.tables_leads import LEADS, OPPORTUNITIES, of_major_clients
from crm.tables_visits import VISITS
from expansion import access, clock
from expansion.people.models import Post, User
from expansion.people.services.shares import share_record
from expansion.ui.listing import Listing
from partnerships.cards import tieable_projects
from partnerships.models import Partner, Project
from partnerships.tables import PARTNERS, PROJECTS
from tests.make import authority, contracts, crm, partnerships

pytestmark = pytest.mark.django_db

NAME, PERSON, PHONE = "扬州海潮商贸有限公司", "马克赵", "13900001234"
HIDDEN = ("1234", "马克赵", "makezhao", "mkz", "克", "yangzhou", "海潮 1234")
SHOWN = ("扬州", "海潮", "海", "扬州 商贸")


@pytest.fixture
def record(cast):
    """A client of another team's with a person and a number that nobody else may know."""
    one = crm.client(cast.outsider, NAME)
    add_contact(actor=cast.outsider, record=one, name=PERSON, phones=PHONE)
    one.refresh_from_db()
    return one


def lead(cast, client):
    return crm.lead(cast.outsider, client)


def opportunity(cast, client):
    return crm.opportunity(cast.outsider, client)


def visit(cast, client):
    return crm.planned(cast.outsider, client)


def contract(cast, client):
    return contracts.a_contract(cast, actor=cast.outsider, client=client)


def escalation(cast, client):
    return authority.escalation(cast, actor=cast.outsider, client=client)


def partner(cast, client):
    return partnerships.partner(cast.outsider, client=client)


def project(cast, client):
    return partnerships.project(cast.outsider, of=partner(cast, client))


LISTS = [
    (LEADS, Lead, lead),
    (OPPORTUNITIES, Opportunity, opportunity),
    (VISITS, Visit, visit),
    (CONTRACTS, Contract, contract),
    (ESCALATIONS, Escalation, escalation),
    (PARTNERS, Partner, partner),
    (PROJECTS, Project, project),
]


@pytest.mark.parametrize(("listing", "model", "make"), LISTS, ids=[one[0].key for one in LISTS])
def test_each_list_finds_by_what_its_reader_may_know(cast, record, listing, model, make):
    one = make(cast, record)

    def finds(person, text):
        return list(listing.found(model.objects.all(), text, person)) == [one]

    assert all(finds(cast.outsider, text) for text in (*HIDDEN, *SHOWN))
    assert all(finds(cast.manager, text) for text in (*HIDDEN, *SHOWN))
    assert all(finds(cast.member, text) for text in SHOWN)
    assert not any(finds(cast.member, text) for text in HIDDEN)
    assert not finds(cast.outsider, "9999")


def shared(cast, record):
    """What the member sees of the client: a deal, a contract, a project by its phase."""
    deal, paper, plan = (make(cast, record) for make in (opportunity, contract, project))
    for one in (deal, paper):
        given = {"person": cast.member, "until": clock.today(), "reason": "一起谈。"}
        share_record(actor=cast.outsider, record=one, **given)
    partnerships.phase(cast.outsider, plan, owner=cast.member)
    return deal, paper, plan


WHERE = ["/crm/opportunities/", "/crm/contracts/", "/partnerships/projects/"]


@pytest.mark.parametrize("path", [path for one in WHERE for path in (one, f"/api/v1{one}")])
def test_page_and_api_answer_alike(cast, record, sign_in, path):
    shared(cast, record)

    def answers(person, text):
        return NAME in sign_in(person).get(f"{path}?q={text}").content.decode()

    assert answers(cast.member, "海潮") and not answers(cast.member, "9999")
    assert not any(answers(cast.member, text) for text in HIDDEN)
    assert all(answers(cast.outsider, text) for text in HIDDEN)


def test_the_view_of_major_clients_counts_those_that_one_sees(cast, record):
    deal = shared(cast, record)[0]
    type(record).objects.filter(pk=record.pk).update(major=True)

    def viewed(person):
        return list(of_major_clients(Opportunity.objects.all(), person))

    assert viewed(cast.outsider) == viewed(cast.manager) == [deal]
    assert viewed(cast.member) == []


def test_the_search_of_everything_answers_alike(cast, record, sign_in):
    _deal, paper, plan = shared(cast, record)

    def found(person, text):
        page = sign_in(person).get(f"/search/?q={text}").content.decode()
        return [one.get_absolute_url() in page for one in (paper, plan)]

    assert found(cast.member, "海潮") == found(cast.outsider, "1234") == [True, True]
    assert found(cast.member, "1234") == found(cast.member, PERSON) == [False, False]


def test_a_record_to_tie_to_is_found_no_further(cast, record):
    plan = shared(cast, record)[2]
    assert list(tieable_projects(cast.member, "海潮", 5)) == [plan]
    assert list(tieable_projects(cast.outsider, PERSON, 5)) == [plan]
    assert list(tieable_projects(cast.member, PERSON, 5)) == []


# Of others a list's own search may ask who or which post it is, which everybody knows, what is told
# by the record it `follows`, and what stands in the row itself.
KNOWN = {User._meta.db_table, Post._meta.db_table}
IN_THE_ROW = {"notices.sent": {"notices_robot"}, "training.enrolments": {"training_session"}}


def test_no_list_searches_fields_of_a_record_that_its_reader_may_not_see():
    for listing in listings():
        followed = access.rule_of(listing.model).follows or listing.model
        allowed = KNOWN | {listing.model._meta.db_table, followed._meta.db_table}
        allowed |= IN_THE_ROW.get(listing.key, set())
        assert looked_into(listing) <= allowed, listing.key


def listings() -> list[Listing]:
    import_module("expansion.urls")
    modules = [module for name, module in sys.modules.items() if ".tables" in name]
    found = [one for module in modules for one in vars(module).values()]
    lists = {one.key: one for one in found if isinstance(one, Listing)}
    assert len(lists) > 25
    return list(lists.values())


def looked_into(listing: Listing) -> set[str]:
    if listing.search is None:
        return set()
    records = listing.model._default_manager.annotate(open_to_reader=Value(True))
    return {one.table_name for one in listing.search(records, "海潮").query.alias_map.values()}
