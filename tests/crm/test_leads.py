"""Leads: the four conditions, the day a lead became effective, who may overrule."""

from datetime import date, timedelta

import pytest

from crm.models import Lead
from crm.services import communications, leads
from crm.services.opportunities import convert_lead
from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.rulebook.selectors import rules_on, version_on
from tests.make import crm as make

OWN = ("need_confirmed", "contact_named", "presentation_heard")
TOMORROW = date(2026, 11, 19)


@pytest.fixture
def lead(cast) -> Lead:
    return make.lead(cast.member, make.client(cast.member, next_contact_on=TOMORROW))


def test_a_lead_is_effective_on_the_day_its_last_condition_became_true(cast, lead):
    make.marked(cast.member, lead, "need_confirmed", on=date(2026, 11, 12))
    make.marked(cast.member, lead, "contact_named", on=date(2026, 11, 10))
    assert lead.effective_on is None
    make.marked(cast.member, lead, "presentation_heard", on=date(2026, 11, 16))
    assert (lead.status, lead.effective_on) == (Lead.Status.EFFECTIVE, clock.today())


def test_unsetting_one_condition_takes_the_lead_out_of_the_count_and_keeps_history(cast, lead):
    make.marked(cast.member, lead, *OWN)
    make.marked(cast.member, lead, "need_confirmed", met=False)
    assert (lead.status, lead.effective_on) == (Lead.Status.WORKING, None)
    history = lead.conditions.filter(key="need_confirmed").values_list("met", flat=True)
    assert list(history) == [True, False]
    assert Entry.objects.filter(verb="crm.lead.judged").count() == 2


def test_contact_continues_while_a_next_contact_lies_ahead(cast):
    client = make.client(cast.member)
    lead = make.marked(cast.member, make.lead(cast.member, client), *OWN)
    assert lead.effective_on is None
    communications.plan_next_contact(
        actor=cast.member, rules=rules_on(), record=client, day=TOMORROW
    )
    lead.refresh_from_db()
    assert lead.effective_on == clock.today()


def test_contact_continues_once_there_was_one_after_the_presentation(cast):
    client = make.client(cast.member)
    lead = make.marked(cast.member, make.lead(cast.member, client), *OWN, on=date(2026, 11, 16))
    make.call(cast.member, client, at=clock.now() - timedelta(days=1))
    lead.refresh_from_db()
    assert lead.effective_on == date(2026, 11, 17)


def test_a_next_contact_that_passed_ends_the_contact_by_the_nightly_job(cast, lead):
    make.marked(cast.member, lead, *OWN)
    with clock.clock_at(clock.now() + timedelta(days=3)):
        assert leads.judge_open_leads(rules=rules_on()) == 1
        assert leads.judge_open_leads(rules=rules_on()) == 0
    lead.refresh_from_db()
    assert lead.effective_on is None


def test_only_who_leads_overrules_and_the_owner_cannot_undo_it(cast, lead):
    given = {"rules": rules_on(), "record": lead, "key": "need_confirmed"}
    with pytest.raises(Forbidden):
        leads.overrule_condition(actor=cast.member, met=True, reason="我看行", **given)
    leads.overrule_condition(actor=cast.manager, met=False, reason="没有预算", **given)
    with pytest.raises(NotNow):
        leads.mark_condition(actor=cast.member, met=True, evidence="有", **given)
    assert Entry.objects.filter(verb="crm.lead.overruled", actor=cast.manager).exists()


@pytest.mark.parametrize(
    ("key", "evidence", "on"),
    [
        ("need_confirmed", "  ", None),
        ("need_confirmed", "有", date(2026, 11, 19)),
        ("contact_continuing", "有", None),
        ("no_such_condition", "有", None),
    ],
)
def test_a_mark_needs_evidence_a_known_condition_and_a_day_that_has_come(
    cast, lead, key, evidence, on
):
    with pytest.raises(Invalid):
        leads.mark_condition(
            actor=cast.member, rules=rules_on(), record=lead, key=key, met=True,
            evidence=evidence, on=on,
        )  # fmt: skip


def test_an_invalid_lead_leaves_the_count_and_can_be_taken_up_again(cast, lead):
    make.marked(cast.member, lead, *OWN)
    leads.close_lead(actor=cast.member, record=lead, reason="对方改用别家")
    with pytest.raises(NotNow):
        leads.close_lead(actor=cast.member, record=lead, reason="再关一次")
    lead.refresh_from_db()
    assert lead.effective_on is None
    leads.reopen_lead(actor=cast.member, rules=rules_on(), record=lead)
    lead.refresh_from_db()
    assert (lead.status, lead.effective_on) == (Lead.Status.EFFECTIVE, clock.today())


def test_a_lead_is_converted_once_and_keeps_its_day(cast, lead):
    make.marked(cast.member, lead, *OWN)
    opportunity = convert_lead(actor=cast.member, record=lead, rules_version=version_on())
    with pytest.raises(NotNow):
        convert_lead(actor=cast.member, record=lead, rules_version=version_on())
    lead.refresh_from_db()
    assert lead.effective_on == clock.today()
    assert (opportunity.lead, opportunity.stage) == (lead, "information")


def test_a_lead_of_somebody_elses_client_is_not_written(cast, lead):
    with pytest.raises(Forbidden):
        leads.create_lead(actor=cast.colleague, client=lead.client, title="抢单")
    with pytest.raises(Forbidden):
        make.marked(cast.colleague, lead, "need_confirmed")
