"""A leaver's handover: listed, divided, accepted, taken back once, and the account's end."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from crm.models import Client, Contract, Lead, Visit
from crm.services.clients import update_client
from expansion import access, clock
from expansion.approvals.models import Step
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.office.models import Handover, HandoverItem
from expansion.office.selectors.handovers import in_words, parts
from expansion.office.services import handovers
from expansion.office.services.last_days import remind_of_handovers
from expansion.people.models import Mandate, Membership, Token
from expansion.people.services.accounts import change_status
from expansion.people.services.mandates import create_mandate
from expansion.people.services.tokens import create_token
from tests.cast import assemble
from tests.make import contracts as make_contracts
from tests.make import crm as make
from tests.together import together

REASON = "调往上海分公司。"


@pytest.fixture
def desk(cast):
    """What the member holds: two clients, a lead, a contract, a visit planned at each."""
    first, second = make.client(cast.member), make.client(cast.member)
    make.lead(cast.member, first)
    make_contracts.a_contract(cast, actor=cast.member, client=first)
    make.planned(cast.member, first)
    make.planned(cast.member, second)
    return first, second


def opened(cast, **given):
    usual = {"person": cast.member, "last_day": clock.today(), "reason": REASON}
    return handovers.open_handover(actor=cast.manager, **usual | given)


def counts(record):
    return {part.key: part.count for part in parts(record)}


def give_all(cast, record, receiver):
    for part in parts(record):
        if record.items.filter(kind=part.key, receiver=None).exists():
            handovers.divide(actor=cast.manager, record=record, receiver=receiver, kind=part.key)


def offered(cast, receiver=None, **given):
    record = opened(cast, **given)
    give_all(cast, record, receiver or cast.colleague)
    return handovers.offer(actor=cast.manager, record=record)


def moved(cast, receiver=None, **given):
    record = offered(cast, receiver, **given)
    return handovers.accept(actor=cast.again(receiver or cast.colleague), record=record)


def test_everything_the_person_holds_is_listed(cast, desk):
    record = opened(cast)
    assert counts(record) == {
        "crm.clients": 2, "crm.leads": 1, "crm.contracts": 1, "crm.visits": 2,
    }  # fmt: skip


def test_what_hangs_on_a_client_goes_with_it(cast, desk):
    first, second = desk
    record = opened(cast)
    one = record.items.get(kind="crm.clients", about_id=first.pk)
    handovers.divide(actor=cast.manager, record=record, receiver=cast.colleague, items=[one.pk])
    given = record.items.filter(receiver=cast.colleague)
    assert sorted(given.values_list("kind", flat=True)) == [
        "crm.clients", "crm.contracts", "crm.leads", "crm.visits",
    ]  # fmt: skip
    handovers.divide(actor=cast.manager, record=record, receiver=cast.leader, kind="crm.clients")
    assert given.count() == 4 and record.items.filter(receiver=cast.leader).count() == 2
    handovers.divide(actor=cast.manager, record=record, receiver=cast.leader, items=[one.pk])
    assert not given.exists()


def test_nothing_is_offered_while_something_has_no_receiver(cast, desk):
    record = opened(cast)
    with pytest.raises(Invalid) as refused:
        handovers.offer(actor=cast.manager, record=record)
    assert "4" in refused.value.message or "2" in refused.value.message
    assert not Notice.objects.exists()


def test_a_receiver_gets_one_digest_and_takes_over_everything(cast, desk):
    stages = set(Client.objects.values_list("pk", "stage"))
    record = offered(cast)
    notice = Notice.objects.get(person=cast.colleague)
    assert notice.url == record.get_absolute_url()
    assert Client.objects.filter(owner=cast.member).count() == 2  # nothing has moved yet
    handovers.accept(actor=cast.again(cast.colleague), record=record)
    assert not Client.objects.filter(owner=cast.member).exists()
    assert set(Client.objects.values_list("pk", "stage")) == stages
    for model in (Client, Lead, Contract):
        assert set(model.objects.values_list("owner", flat=True)) == {cast.colleague.pk}
    assert set(Visit.objects.values_list("visitor", flat=True)) == {cast.colleague.pk}
    assert Entry.objects.filter(verb="crm.client.handed_over").count() == 2
    assert Notice.objects.filter(person=cast.colleague).count() == 1
    record.refresh_from_db()
    assert record.status == Handover.Status.MOVED
    assert Notice.objects.filter(person=cast.manager, kind="office.handover.moved").count() == 1


def test_two_receivers_each_take_their_own(cast, desk):
    first, second = desk
    record = opened(cast)
    for client, receiver in ((first, cast.colleague), (second, cast.leader)):
        item = record.items.get(kind="crm.clients", about_id=client.pk)
        handovers.divide(actor=cast.manager, record=record, receiver=receiver, items=[item.pk])
    handovers.offer(actor=cast.manager, record=record)
    handovers.accept(actor=cast.again(cast.colleague), record=record)
    record.refresh_from_db()
    assert record.status == Handover.Status.OFFERED
    handovers.accept(actor=cast.again(cast.leader), record=record)
    record.refresh_from_db()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (cast.colleague, cast.leader)
    assert record.status == Handover.Status.MOVED


def test_who_declines_gives_it_back_with_a_reason(cast, desk):
    record = offered(cast)
    handovers.decline(actor=cast.again(cast.colleague), record=record, reason="手上已有四十家。")
    record.refresh_from_db()
    assert record.status == Handover.Status.OPEN
    assert not record.items.exclude(receiver=None).exists()
    assert Notice.objects.get(person=cast.manager).text == "手上已有四十家。"
    with pytest.raises(NotNow):
        handovers.accept(actor=cast.again(cast.colleague), record=record)


def test_who_declines_is_led_to_what_else_is_to_be_done(cast, desk, sign_in):
    record = offered(cast)
    sent = {"request_id": "no", "reason": "手上已有四十家。"}
    browser = sign_in(cast.colleague)
    for _again in range(2):
        answer = browser.post(page(record, "decline"), sent)
        assert answer.headers["Location"] == "/todo/"
    assert browser.get(page(record)).status_code == 404


def test_nobody_takes_what_is_not_offered_to_them(cast, desk):
    record = offered(cast)
    for person in (cast.leader, cast.outsider, cast.member):
        with pytest.raises(NotNow):
            handovers.accept(actor=cast.again(person), record=record)


def test_what_is_not_theirs_any_more_stays_where_it_is(cast, desk):
    first, _second = desk
    record = offered(cast)
    Client.objects.filter(pk=first.pk).update(owner=cast.leader)
    handovers.accept(actor=cast.again(cast.colleague), record=record)
    first.refresh_from_db()
    assert first.owner == cast.leader
    assert record.items.get(kind="crm.clients", about_id=first.pk).status == "kept"


def test_undo_gives_back_what_nobody_touched_and_names_the_rest(cast, desk):
    first, second = desk
    record = moved(cast)
    first.refresh_from_db()
    update_client(actor=cast.again(cast.colleague), record=first, address="新街口 1 号")
    handovers.undo(actor=cast.manager, record=record)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner, second.team_id) == (
        cast.colleague, cast.member, first.team_id,
    )  # fmt: skip
    (touched,) = record.items.filter(status=HandoverItem.Status.TOUCHED)
    assert touched.about_id == first.pk
    assert Entry.objects.filter(verb="crm.client.handover_undone").count() == 1
    with pytest.raises(NotNow):
        handovers.undo(actor=cast.manager, record=record)


def test_undo_only_for_a_week(cast, desk):
    record = moved(cast)
    with clock.clock_at(clock.now() + timedelta(days=7, minutes=1)):
        with pytest.raises(NotNow):
            handovers.undo(actor=cast.manager, record=record)
    with clock.clock_at(clock.now() + timedelta(days=6)):
        handovers.undo(actor=cast.manager, record=record)


def test_moving_costs_the_same_for_few_and_many(cast):
    def cost(number):
        for _ in range(number):
            make.client(cast.member)
        record = offered(cast)
        colleague = cast.again(cast.colleague)
        with CaptureQueriesContext(connection) as queries:
            handovers.accept(actor=colleague, record=record)
        return len(queries)

    few = cost(1)
    assert cost(12) <= few + 1


def test_who_may(cast, desk):
    for person in (cast.member, cast.colleague, cast.leader, cast.administrator):
        with pytest.raises(Forbidden):
            handovers.open_handover(
                actor=person, person=cast.outsider, last_day=clock.today(), reason=REASON
            )
    record = opened(cast)
    with pytest.raises(Forbidden):
        handovers.divide(actor=cast.hr, record=record, receiver=cast.leader, kind="crm.clients")
    with pytest.raises(NotNow):
        opened(cast)


@pytest.mark.parametrize("part", ["member", "deactivated", "hr"])
def test_receivers_that_are_refused(cast, desk, part):
    record = opened(cast)
    with pytest.raises(Invalid) as refused:
        handovers.divide(
            actor=cast.manager, record=record, receiver=getattr(cast, part), kind="crm.clients"
        )
    assert "receiver" in refused.value.fields


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_second_click_takes_over_once():
    cast = assemble()
    client = make.client(cast.member)
    record = offered(cast)

    def take():
        return handovers.accept(actor=cast.again(cast.colleague), record=record)

    results = together([take, take])
    assert sum(isinstance(one, NotNow) for one in results) == 1
    assert Entry.objects.filter(verb="crm.client.handed_over", about_id=client.pk).count() == 1


def test_it_is_checked_when_everything_is_back_and_closed_by_hr(cast, desk):
    record = moved(cast, things=["门禁卡", "笔记本电脑"])
    with pytest.raises(NotNow) as refused:
        handovers.check(actor=cast.manager, record=record)
    assert "门禁卡" in refused.value.message
    with pytest.raises(NotNow):
        handovers.close(actor=cast.hr, record=record)
    for thing in record.things.all():
        handovers.return_thing(actor=cast.hr, record=record, thing=thing)
    handovers.check(actor=cast.manager, record=record, secrecy_signed_on=clock.today())
    with pytest.raises(Forbidden):
        handovers.close(actor=cast.manager, record=record)
    handovers.close(actor=cast.hr, record=record)
    cast.member.refresh_from_db()
    record.refresh_from_db()
    assert (cast.member.status, record.status) == ("left", "closed")
    assert (
        not Membership.objects.on(clock.today() + timedelta(days=1))
        .filter(user=cast.member)
        .exists()
    )


def test_it_is_checked_once_and_the_statement_is_signed_already(cast, desk):
    record = moved(cast)
    with pytest.raises(Invalid) as refused:
        handovers.check(
            actor=cast.manager,
            record=record,
            secrecy_signed_on=clock.today() + timedelta(days=1),
        )
    assert set(refused.value.fields) == {"secrecy_signed_on"}
    handovers.check(actor=cast.manager, record=record, secrecy_signed_on=clock.today())
    with pytest.raises(NotNow) as late:
        handovers.check(actor=cast.manager, record=record)
    assert late.value.message == "This handover has been checked already."
    record.refresh_from_db()
    assert record.secrecy_signed_on == clock.today()


def test_it_is_told_in_the_words_and_signs_of_the_reader(cast, desk, sign_in):
    cast.manager.language = "en"
    cast.manager.save()
    record = opened(cast)
    browser = sign_in(cast.manager)
    before = browser.get(page(record)).content.decode()
    assert '<span class="muted">–</span>' not in before  # It would read as minus two.
    clients = list(record.items.filter(kind="crm.clients"))
    for receiver, item in zip((cast.colleague, cast.leader), clients, strict=True):
        handovers.divide(actor=cast.manager, record=record, receiver=receiver, items=[item.pk])
    text = browser.get(page(record)).content.decode()
    assert f"{cast.colleague.name} 1, {cast.leader.name} 1" in text and "、" not in text
    assert "、" not in in_words(record.items.all())
    with pytest.raises(NotNow) as refused:
        handovers.refuse_while_held(record=cast.member)
    assert "、" not in refused.value.message
    with translation.override("zh-hans"):
        assert Handover.Status.CLOSED.label != "结束时间"


def test_nobody_leaves_who_still_holds_something(cast, desk):
    with pytest.raises(NotNow) as refused:
        change_status(actor=cast.administrator, record=cast.member, status="left")
    assert "2" in refused.value.message
    moved(cast)
    change_status(actor=cast.administrator, record=cast.member, status="left")


def test_one_switch_ends_access_at_once(cast, desk):
    """`locked`: sessions, tokens and mandates end, open approvals go to the superior."""
    create_token(actor=cast.leader, name="脚本", expires_on=clock.today() + timedelta(days=9))
    create_mandate(
        actor=cast.administrator,
        principal=cast.manager,
        delegate=cast.leader,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=3),
        reason="leave",
    )
    request = make_contracts.submitted(cast)
    step = request.steps.get(status=Step.Status.OPEN)
    step.person = cast.leader
    step.save()
    ended = cast.leader.sessions_ended
    change_status(actor=cast.administrator, record=cast.leader, status="locked", reason=REASON)
    step.refresh_from_db()
    cast.leader.refresh_from_db()
    assert step.person == cast.manager
    assert cast.leader.sessions_ended == ended + 1
    assert not Token.objects.open_on(clock.today()).exists()
    assert not Mandate.objects.active(clock.now()).exists()
    assert Entry.objects.filter(verb="approvals.step.passed_on").count() == 1
    assert Notice.objects.filter(person=cast.manager, kind="approvals.open").exists()


def test_one_that_is_open_on_the_last_day_is_told_once(cast, desk):
    record = opened(cast, last_day=clock.today() + timedelta(days=1))
    assert remind_of_handovers() == 0
    with clock.clock_at(clock.now() + timedelta(days=1)):
        assert remind_of_handovers() == 2
        assert remind_of_handovers() == 0
    told = Notice.objects.filter(kind="office.handover_open")
    assert {one.person for one in told} == {cast.manager, cast.hr}
    assert {one.url for one in told} == {record.get_absolute_url()}


def test_one_that_was_taken_back_is_over(cast, desk):
    record = moved(cast)
    handovers.undo(actor=cast.manager, record=record)
    assert remind_of_handovers() == 0


def page(record, *more):
    return "/".join([f"/office/handovers/{record.pk}", *more])


def test_the_whole_way_by_the_pages(cast, desk, sign_in):
    manager, colleague, hr = map(sign_in, (cast.manager, cast.colleague, cast.hr))
    made = manager.post(
        "/office/handovers/new",
        {
            "request_id": "h1",
            "person": cast.member.pk,
            "last_day": clock.today().isoformat(),
            "reason": REASON,
            "things": "门禁卡\n\n",
        },
    )
    record = Handover.objects.get()
    assert made.headers["Location"] == record.get_absolute_url()
    assert manager.get("/office/handovers/").status_code == 200
    refused = manager.post(page(record, "offer"), {"request_id": "h2"})
    assert refused.status_code == 422
    for number, part in enumerate(parts(record)):
        url = page(record, "divide") + f"?kind={part.key}"
        assert manager.get(url).status_code == 200
        if record.items.filter(kind=part.key, receiver=None).exists():
            answer = manager.post(url, {"request_id": f"d{number}", "receiver": cast.colleague.pk})
            assert answer.status_code == 302
    assert manager.get(page(record, "divide") + "?kind=none").status_code == 404
    assert colleague.get(page(record)).status_code == 404
    assert manager.post(page(record, "offer"), {"request_id": "h3"}).status_code == 302
    text = colleague.get(page(record)).content.decode()
    assert desk[0].name in text
    assert desk[0].name not in hr.get(page(record)).content.decode()
    assert colleague.post(page(record, "accept"), {"request_id": "h4"}).status_code == 302
    thing = record.things.get()
    assert hr.post(page(record, "things", str(thing.pk)), {"request_id": "h5"}).status_code == 302
    assert manager.post(page(record, "check"), {"request_id": "h6"}).status_code == 302
    assert hr.post(page(record, "close"), {"request_id": "h7"}).status_code == 302
    cast.member.refresh_from_db()
    assert cast.member.status == "left"


def test_an_outsider_finds_nothing(cast, desk, sign_in):
    record = opened(cast)
    for person in (cast.outsider, cast.colleague, cast.legal, cast.administrator):
        browser = sign_in(person)
        assert browser.get(page(record)).status_code == 404
        assert browser.post(page(record, "accept"), {"request_id": "x"}).status_code == 404
        assert not access.visible_to(cast.again(person), Handover.objects.all()).exists()
    assert sign_in(cast.member).get(page(record)).status_code == 200
