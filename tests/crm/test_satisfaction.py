"""What the client desk makes of surveys: whom they ask, the indicator, the client's page, and that
a person who asks to be forgotten is (R-crm-17, A-5.2.2b)."""

from datetime import date, time
from decimal import Decimal

import pytest

from crm import survey_offers
from crm.metrics import satisfaction
from crm.models import Contract
from crm.services import contacts
from crm.services.erasing import erase_person
from expansion import clock, offers
from expansion.guests.models import Pass
from expansion.rulebook.selectors import rules_on
from expansion.surveys.models import Answer, Questionnaire, Response
from expansion.surveys.services import closing, inviting
from expansion.surveys.services.answering import keep_answers
from expansion.worktime import Period
from tests.make import appraisal, crm
from tests.make import surveys as make

pytestmark = pytest.mark.django_db
QUARTER = Period.parse("2026-Q4")


def read(people, period=QUARTER, rules=None):
    return satisfaction(people, period.begins_at, period.ends_at, rules or rules_on())


# The indicator


@pytest.mark.parametrize(("marks", "value"), [([5, 4], None), ([5, 4, 4], "4.333333")])
def test_satisfaction_has_no_data_below_the_least_number_of_answers(cast, marks, value):
    record = make.closed(cast, marks)
    reading = read([cast.member])[cast.member.pk]
    found = reading.value
    assert (found if found is None else f"{found:.6f}") == value
    (evidence,) = reading.evidence
    assert (evidence.model, evidence.pk, evidence.label) == (Questionnaire, record.pk, record.title)
    assert evidence.counted is (value is not None)
    assert bool(evidence.note) is (value is None)


def test_nobody_was_asked_is_no_data(cast):
    make.answered(cast, [5, 5, 5])  # still open
    assert read([cast.member]) == {}


def test_a_survey_counts_in_the_period_it_was_closed_in(cast):
    make.closed(cast, [5, 4, 3])
    assert read([cast.member])[cast.member.pk].value == 4
    assert read([cast.member], QUARTER.previous()) == {}


def test_each_ones_own_clients_count_in_the_team_of_that_day(cast):
    clients = [crm.client(one) for one in [cast.member] * 3 + [cast.colleague] * 3]
    record = make.opened(cast, actor=cast.leader, clients=clients)
    for invitation, mark in zip(record.invitations.all(), (5, 5, 5, 2, 2, 2), strict=True):
        type(clients[0]).objects.filter(pk=invitation.about_id).update(owner=cast.outsider)
        invitation.about.refresh_from_db()
        _answer(record, invitation, mark)
    closing.close_questionnaire(actor=cast.leader, record=record)
    found = read([cast.member, cast.colleague, cast.outsider])
    values = {pk: one.value for pk, one in found.items()}
    assert values == {cast.member.pk: 5, cast.colleague.pk: 2}


def _answer(record, invitation, mark):
    keep_answers(record=invitation, values={record.questions.first().pk: mark})


def test_the_scale_is_the_rulebooks(cast):
    make.closed(cast, [5, 4, 3])
    ten = rules_on().with_changes({"surveys.scale": 10})
    assert read([cast.member], rules=ten)[cast.member.pk].value == 8


def test_one_query_however_many_people_and_surveys(cast, django_assert_num_queries):
    make.closed(cast, [5, 4, 3])
    make.closed(cast, [5, 4, 3], actor=cast.leader)
    rules = rules_on()
    with django_assert_num_queries(1):
        read([cast.member, cast.colleague, cast.leader], rules=rules)


def test_the_score_appears_in_the_cycles_indicator(cast, monkeypatch):
    """R-crm-17's acceptance: 4.00 of 5 is 80 points, with the survey as its evidence."""
    with clock.clock_at(clock.moment_on(date(2026, 9, 15), time(10))):
        record = make.closed(cast, [5, 4, 3], valid_until=date(2026, 9, 30))
    key = "crm.satisfaction"
    monkeypatch.setattr(appraisal, "KEYS", [one for one in appraisal.KEYS if one != key])
    opened = appraisal.opened(cast.version)
    cycle = appraisal.frozen(opened, {cast.member.pk: appraisal.EXAMPLE})
    line = appraisal.of(cycle, cast.member).lines.get(indicator="satisfaction")
    assert (line.value, line.target) == (4, 5)
    assert line.evidence.get().label == record.title


# Whom they ask


def offered(person, key="crm.clients", text=""):
    source = next(one for one in offers.of(offers.SurveyAudience) if one.key == key)
    return {(str(one.record), one.name, one.has_email) for one in source.find(person, text, 50)}


@pytest.mark.parametrize("key", ["²-1", "x", "", "9" * 30 + "-1"])
def test_a_key_that_is_no_record_chooses_nobody(cast, key):
    """`²` is a digit to Python and no number, the last is larger than any id."""
    source = next(one for one in offers.of(offers.SurveyAudience) if one.key == "crm.clients")
    crm.client(cast.member)
    assert list(source.pick(cast.member, [key])) == []


def test_each_contact_with_an_address_is_asked_else_the_first_one(cast):
    one, other, bare = (crm.client(cast.member, name) for name in ("甲公司", "乙公司", "丙公司"))
    for name in ("王一", "王二"):
        contacts.add_contact(
            actor=cast.member, record=one, name=name, email=f"{ord(name[1])}@firm.example"
        )
    crm.contact(cast.member, one, "王三")
    crm.contact(cast.member, other, "李四")
    assert offered(cast.member) == {
        ("甲公司", "王一", True), ("甲公司", "王二", True), ("乙公司", "李四", False),
        ("丙公司", "", False),
    }  # fmt: skip
    assert offered(cast.member, text="乙公") == {("乙公司", "李四", False)}
    assert offered(cast.colleague) == set()
    assert bare


def test_under_contract_are_those_whose_contract_runs(cast):
    running, over, none = (crm.client(cast.member, name) for name in ("在约", "到期", "未签"))
    for client, ends_on in ((running, None), (over, date(2026, 11, 17))):
        Contract.objects.create(
            client=client, owner=cast.member, team=client.team, title="场地", status="signed",
            signed_on=date(2026, 1, 5), starts_on=date(2026, 1, 5), ends_on=ends_on,
            approved_at=clock.now(), signed_owner=cast.member,
        )  # fmt: skip
    assert {one[0] for one in offered(cast.member, "crm.contracted")} == {"在约"} and none


def test_the_address_is_the_one_of_the_moment(cast):
    client = crm.client(cast.member)
    contact = contacts.add_contact(
        actor=cast.member, record=client, name="王一", email="old@firm.example"
    )
    contact.points.update(value="new@firm.example")
    assert survey_offers.email_of(client, contact.pk) == "new@firm.example"
    assert survey_offers.email_of(crm.client(cast.member), contact.pk) == ""


# The client's page


@pytest.mark.parametrize(("people", "shown"), [(2, False), (3, True)])
def test_the_clients_page_tells_its_score_from_enough_answers_on(cast, sign_in, people, shown):
    client = crm.client(cast.member)
    for number in range(people):
        contacts.add_contact(
            actor=cast.member, record=client, name=f"人{number}", email=f"{number}@firm.example"
        )
    record = make.draft(cast)
    make.question(record, **make.SCALE)
    keys = [f"{client.pk}-{one.pk}" for one in client.contacts.all()]
    inviting.invite(actor=cast.member, record=record, source="crm.clients", keys=keys)
    make.invited(record, [crm.client(cast.member)])
    make.sent(record)
    for invitation in record.invitations.filter(about_id=client.pk):
        _answer(record, invitation, 4)
    page = f"/crm/clients/{client.pk}?tab=satisfaction"
    browser = sign_in(cast.member)
    assert "80.00" not in browser.get(page).content.decode()
    closing.close_questionnaire(actor=cast.member, record=record)
    text = browser.get(page).content.decode()
    assert ("80.00" in text) is shown and record.title in text


# Forgetting


def test_one_who_asks_to_be_forgotten_leaves_no_word(cast):
    client = crm.client(cast.member)
    contact = crm.contact(cast.member, client, "刘雯静")
    record = make.drafted(cast, clients=[client, *(crm.client(cast.member) for _n in range(2))])
    make.sent(record)
    asked = record.invitations.get(about_id=client.pk)
    make.answer(cast, asked, 4, "我是刘雯静")
    erase_person(actor=cast.manager, record=contact, reason="本人要求")
    asked.refresh_from_db()
    assert asked.recipient == "" and Response.objects.get().invitation is None
    assert not Answer.objects.exclude(text="").exists()
    assert Response.objects.get().score == 80


def test_a_link_to_one_who_is_forgotten_is_dead(cast):
    client = crm.client(cast.member)
    contact = crm.contact(cast.member, client, "刘雯静")
    record = make.drafted(cast, clients=[client, *(crm.client(cast.member) for _n in range(2))])
    make.sent(record)
    make.link(cast, record.invitations.get(about_id=client.pk))
    erase_person(actor=cast.manager, record=contact, reason="本人要求")
    assert not Pass.objects.open().exists()


def test_a_private_client_is_cut_off_its_answers_after_the_end_too(cast):
    client = crm.client(cast.member, "刘雯静", kind="person", contact={"name": "刘雯静"})
    others = [crm.client(cast.member) for _n in range(2)]
    record = make.drafted(cast, clients=[client, *others])
    make.sent(record)
    for invitation in record.invitations.all():
        make.answer(cast, invitation, 4, "话")
    closing.close_questionnaire(actor=cast.member, record=record)
    erase_person(actor=cast.manager, record=client.contacts.get(), reason="本人要求")
    assert not Response.objects.filter(about_id=client.pk).exists()
    assert Answer.objects.filter(text="话").count() == 2
    assert "刘雯静" not in str(list(Response.objects.values()))
    record.refresh_from_db()
    assert record.score == Decimal("80.00")
