"""Single records shared with a person or a team: what opens, what stays shut, and when it ends."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.models import Client, ClientPersonShare, ClientTeamShare
from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.people.groups import keep_groups
from expansion.people.models import Membership, Post, Unit, User
from expansion.people.services import accounts, posts
from expansion.people.services.mandates import create_mandate
from expansion.people.services.shares import end_share, forget_ended_shares, share_record
from tests.cast import assemble
from tests.make import contracts as make_contracts
from tests.make import crm as make

REASON = "他熟悉这家场地。"


def until(days=7):
    return clock.today() + timedelta(days=days)


def share(record, actor, **given):
    terms = {"until": until(), "reason": REASON, **given}
    return share_record(actor=actor, record=record, **terms)


@pytest.fixture
def record(cast):
    """A client of the research team; the client team's members do not see it."""
    return make.client(cast.outsider)


def sees(cast, person, record) -> bool:
    person = cast.again(person)
    listed = access.visible_to(person, type(record)._default_manager.all())
    found = listed.filter(pk=record.pk).exists()
    assert access.can(person, "view", record) == found
    return found


def test_one_person_reads_it_and_nobody_else(cast, record):
    assert not sees(cast, cast.member, record)
    share(record, cast.outsider, person=cast.member)
    assert sees(cast, cast.member, record)
    assert not sees(cast, cast.colleague, record)
    assert not access.can(cast.again(cast.member), "edit", record)


def test_a_team_reads_it_and_what_hangs_on_it(cast, record):
    contact = make.contact(cast.outsider, record)
    contract = make_contracts.a_contract(cast, actor=cast.outsider, client=record)
    share(record, cast.outsider, unit=Unit.objects.get(key="client"))
    for person in (cast.member, cast.colleague, cast.leader):
        for one in (record, contact, contract):
            assert sees(cast, person, one)
    for person in (cast.partner_member, cast.hr, cast.administrator):
        for one in (record, contact, contract):
            assert not sees(cast, person, one)


def test_who_may_work_on_it_works_as_on_the_own(cast, record):
    share(record, cast.outsider, person=cast.member, for_work=True)
    member = cast.again(cast.member)
    assert access.can(member, "edit", record)
    assert make.visit(member, record).client == record
    assert make.contact(member, record).client == record
    for action in ("delete", "reassign", "share", "export"):
        assert not access.can(member, action, record), action


def test_working_needs_a_role_that_works_such_records(cast, record):
    with pytest.raises(Invalid) as refused:
        share(record, cast.outsider, person=cast.hr, for_work=True)
    assert "person" in refused.value.fields
    share(record, cast.outsider, person=cast.hr)
    assert sees(cast, cast.hr, record)


def test_a_shared_contract_opens_no_client(cast, record):
    contract = make_contracts.a_contract(cast, actor=cast.outsider, client=record)
    other = make_contracts.a_contract(cast, actor=cast.outsider, client=record)
    share(contract, cast.outsider, person=cast.member)
    assert sees(cast, cast.member, contract)
    assert not sees(cast, cast.member, record)
    assert not sees(cast, cast.member, other)


def test_it_ends_with_its_last_day_and_leaves_the_table_at_night(cast, record):
    share(record, cast.outsider, person=cast.member, until=until(1))
    with clock.clock_at(clock.now() + timedelta(days=1)):
        assert sees(cast, cast.member, record)
        assert forget_ended_shares() == 0
    with clock.clock_at(clock.now() + timedelta(days=2)):
        assert not sees(cast, cast.member, record)
        assert forget_ended_shares() == 1
        assert forget_ended_shares() == 0
    assert not ClientPersonShare.objects.exists()
    entry = Entry.objects.get(verb="crm.client.share_ended")
    assert (entry.actor, entry.about) == (None, record)


def test_the_owner_ends_it_at_once(cast, record):
    row = share(record, cast.outsider, person=cast.member)
    with pytest.raises(Forbidden):
        end_share(actor=cast.again(cast.member), record=record, share=row)
    end_share(actor=cast.outsider, record=record, share=row)
    assert not sees(cast, cast.member, record)
    with pytest.raises(Gone):
        end_share(actor=cast.outsider, record=record, share=row)


def test_sharing_again_changes_the_terms(cast, record):
    share(record, cast.outsider, person=cast.member)
    share(record, cast.outsider, person=cast.member, for_work=True, until=until(30))
    row = ClientPersonShare.objects.get()
    assert (row.for_work, row.until, row.by) == (True, until(30), cast.outsider)


def test_a_delegate_reads_what_is_shared_with_the_principal(cast, record):
    legal_reads = make.client(cast.partner_member)
    share(legal_reads, cast.partner_member, person=cast.member)
    create_mandate(
        actor=cast.administrator,
        principal=cast.member,
        delegate=cast.colleague,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(hours=1),
        reason="leave",
    )
    assert sees(cast, cast.colleague, legal_reads)
    with clock.clock_at(clock.now() + timedelta(hours=2)):
        assert not sees(cast, cast.colleague, legal_reads)


@pytest.mark.parametrize(
    "terms",
    [
        {"until": -1},
        {"until": 400},
        {"person": "deactivated"},
        {"person": "manager"},
        {"person": None},
        {"person": "member", "unit": "client"},
    ],
)
def test_what_is_refused_with_a_sentence(cast, record, terms):
    given = {
        "person": getattr(cast, terms.get("person") or "", None),
        "unit": Unit.objects.filter(key=terms.get("unit", "")).first(),
        "until": until(terms.get("until", 7)),
    }
    if "person" not in terms:
        given["person"] = cast.member
    with pytest.raises(Invalid) as refused:
        share(record, cast.outsider, **given)
    assert refused.value.message
    assert not ClientPersonShare.objects.exists() and not ClientTeamShare.objects.exists()


def test_who_has_no_post_is_refused(cast, record):
    Membership.objects.filter(user=cast.member).delete()
    with pytest.raises(Invalid):
        share(record, cast.outsider, person=cast.member)


def test_who_may_share(cast, record):
    for person in (cast.outsider, cast.deputy, cast.manager):
        share(record, person, person=cast.member)
    for person in (cast.member, cast.colleague, cast.hr, cast.administrator):
        with pytest.raises(Forbidden):
            share(record, cast.again(person), person=cast.partner_member)


def test_kinds_that_are_not_shared(cast, record):
    visit = make.visit(cast.outsider, record)
    with pytest.raises(NotNow):
        share(visit, cast.outsider, person=cast.member)


def test_they_are_told_once_and_the_trail_says_who_and_why(cast, record):
    share(record, cast.outsider, person=cast.member)
    notice = Notice.objects.get(person=cast.member)
    assert notice.url == record.get_absolute_url() and record.name in notice.title
    entry = Entry.objects.get(verb="crm.client.shared")
    assert entry.changes["shared_with"] == [None, cast.member.name]
    assert entry.changes["reason"] == [None, REASON]


def test_groups_hold_who_sits_in_the_unit(cast):
    keep_groups()
    unit = Unit.objects.get(key="client")
    people = {cast.member, cast.colleague, cast.leader}
    assert set(unit.group.people.all()) == people
    seat = posts.open_membership(
        actor=cast.administrator, user=cast.hr, unit=unit,
        post=Post.objects.get(key="member"), since=clock.today(),
    )  # fmt: skip
    assert set(unit.group.people.all()) == people | {cast.hr}
    posts.end_membership(actor=cast.administrator, membership=seat, until=clock.today())
    accounts.change_status(actor=cast.administrator, record=cast.member, status="locked")
    with clock.clock_at(clock.now() + timedelta(days=1)):
        keep_groups()
    assert set(unit.group.people.all()) == {cast.colleague, cast.leader}
    assert Group.objects.count() == Unit.objects.count()


def test_keeping_groups_costs_the_same_for_few_and_many(cast):
    keep_groups()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            keep_groups()
        return len(queries)

    few = cost()
    unit, post = Unit.objects.get(key="client"), Post.objects.get(key="member")
    for number in range(10):
        user = User.objects.create(username=f"more{number}", name="人")
        Membership.objects.create(user=user, unit=unit, post=post, since=clock.today())
    assert cost() <= few + 1


def test_500_shares_cost_no_query_more_and_no_row_twice(cast):
    first = make.client(cast.outsider)
    team = Unit.objects.get(key="client")
    share(first, cast.outsider, person=cast.member)
    share(first, cast.outsider, unit=team)

    def asked() -> tuple[int, int]:
        person = cast.again(cast.member)
        with CaptureQueriesContext(connection) as queries:
            rows = list(access.visible_to(person, Client.objects.all()))
        return len(queries), len(rows)

    few, _rows = asked()
    row = ClientPersonShare.objects.get()
    others = [make.client(cast.outsider) for _ in range(40)]
    ClientPersonShare.objects.bulk_create(
        ClientPersonShare(
            content_object=one, user=cast.member, permission=row.permission,
            until=until(), reason=REASON, by=cast.outsider,
        )
        for one in others
    )  # fmt: skip
    assert asked() == (few, 41)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_the_plan_uses_an_index_for_each_source():
    """Own, team path, person's share and team's share: none of them reads the whole table."""
    cast = assemble()
    record = make.client(cast.outsider)
    share(record, cast.outsider, person=cast.leader)
    share(record, cast.outsider, unit=Unit.objects.get(key="client"))
    clients = access.visible_to(cast.again(cast.leader), Client.objects.order_by())
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a table of one row is read whole otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = clients.values("pk").explain()
    assert "Seq Scan on crm_client " not in plan and "SCAN crm_client\n" not in plan + "\n"


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_it_opens_and_shuts_from_the_next_request_on(sign_in):
    """Also where seats, shares and prepared queries are kept between requests."""
    cast = assemble()
    record = make.client(cast.outsider)
    browser, url = sign_in(cast.member), record.get_absolute_url()
    assert [browser.get(url).status_code for _ in range(2)] == [404, 404]
    row = share(record, cast.outsider, person=cast.member)
    page = browser.get(url)
    assert page.status_code == 200 and cast.outsider.name in page.content.decode()
    assert record.name in browser.get("/crm/clients/").content.decode()
    end_share(actor=cast.outsider, record=record, share=row)
    assert browser.get(url).status_code == 404
    assert record.name not in browser.get("/crm/clients/").content.decode()


def readers(record):
    return f"/people/access/crm.client/{record.pk}"


def test_who_sees_it_and_by_which_rule(cast, record, sign_in):
    share(record, cast.outsider, person=cast.member, for_work=True)
    page = sign_in(cast.outsider).get(readers(record))
    named = {one["name"]: one["reason"] for one in page.context["people"]}
    assert set(named) == {cast.outsider.name, cast.deputy.name, cast.manager.name, cast.member.name}
    assert cast.outsider.name in named[cast.member.name]
    assert REASON in page.content.decode()


def test_an_administrator_learns_who_and_not_what(cast, record, sign_in):
    share(record, cast.outsider, person=cast.member)
    page = sign_in(cast.administrator).get(readers(record))
    text = page.content.decode()
    assert page.status_code == 200 and cast.member.name in text
    assert record.name not in text and REASON not in text
    for person in (cast.colleague, cast.hr, cast.liaison):
        assert sign_in(person).get(readers(record)).status_code == 404
    assert sign_in(cast.administrator).get("/people/access/crm.client/999999").status_code == 404
    assert sign_in(cast.administrator).get("/people/access/no.such/1").status_code == 404


def test_the_form_shares_and_keeps_what_was_typed(cast, record, sign_in):
    browser = sign_in(cast.outsider)
    url = f"{readers(record)}/share"
    assert browser.get(url).status_code == 200
    typed = {
        "request_id": "k1",
        "whom": f"person:{cast.manager.pk}",
        "for_work": "",
        "until": until().isoformat(),
        "reason": REASON,
    }
    refused = browser.post(url, typed)
    assert refused.status_code == 422 and REASON in refused.content.decode()
    done = browser.post(url, typed | {"whom": f"person:{cast.member.pk}", "request_id": "k2"})
    assert done.status_code == 302 and done.headers["Location"] == readers(record)
    browser.post(url, typed | {"whom": f"person:{cast.member.pk}", "request_id": "k2"})
    row = ClientPersonShare.objects.get()
    end = f"{url}/person/{row.pk}/end"
    assert browser.get(end).status_code == 200
    assert browser.post(end, {"request_id": "k3"}).status_code == 302
    assert not ClientPersonShare.objects.exists()
    assert browser.get(end).status_code == 404
    assert browser.get(f"{url}/nobody/{row.pk}/end").status_code == 404
