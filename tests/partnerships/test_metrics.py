"""The figures that appraisal reads from partnerships, worked by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.models import Contract
from expansion import clock, metrics
from expansion.office.services import handovers
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from partnerships.models import Project
from partnerships.services import milestones, projects
from tests.make import crm
from tests.make import partnerships as make
from tests.make.handovers import handed_over

pytestmark = pytest.mark.django_db
QUARTER = Period.containing("quarter", date(2026, 11, 18))


def read(key: str, *people):
    metric = metrics.get(f"partnerships.{key}")
    return metric.read(people, QUARTER.begins_at, QUARTER.ends_at, rules_on())


def test_a_project_counts_as_signed_from_its_contracts_signature(cast):
    project = make.project(cast.partner_member)
    make.project(cast.partner_member)
    contract = make.signed_contract(cast, project, amount="120000")
    assert read("signed_projects", cast.partner_member)[cast.partner_member.pk].value == 0
    projects.link_contract(actor=cast.partner_member, record=project, contract=contract)
    reading = read("signed_projects", cast.partner_member)[cast.partner_member.pk]
    assert (reading.value, reading.evidence[0].pk) == (1, project.pk)
    amount = read("signed_amount", cast.partner_member)[cast.partner_member.pk]
    assert amount.value == Decimal(120000)


def test_what_was_signed_and_done_counts_for_who_led_it_then(cast):
    lead, receiver = cast.partner_member, cast.manager
    linked_first, signed_first = make.project(lead), make.project(lead)
    draft = make.draft_contract(linked_first)
    projects.link_contract(actor=lead, record=linked_first, contract=draft)
    make.sign(cast, draft)
    contract = make.signed_contract(cast, signed_first)
    projects.link_contract(actor=lead, record=signed_first, contract=contract)
    phase = make.phase(lead, linked_first)
    milestones.complete_milestone(actor=lead, record=phase, done_on=clock.today())
    record = handed_over(cast, lead, receiver)
    assert not Project.objects.filter(owner=lead).exists()
    assert figures(lead) == [2, 240000, 1] and figures(receiver) == [0, 0, 0]
    projects.link_contract(actor=receiver, record=signed_first, contract=contract)  # once more
    handovers.undo(actor=cast.manager, record=record)
    assert figures(lead) == [2, 240000, 1] and figures(receiver) == [0, 0, 0]


def test_what_is_signed_and_done_after_a_handover_counts_for_who_took_it_over(cast):
    lead, receiver = cast.partner_member, cast.deputy
    project = make.project(lead)
    draft, phase = make.draft_contract(project), make.phase(lead, project)
    projects.link_contract(actor=lead, record=project, contract=draft)
    milestones.complete_milestone(actor=lead, record=phase, done_on=clock.today())
    handed_over(cast, lead, receiver)
    make.sign(cast, Contract.objects.get(pk=draft.pk))
    milestones.reopen_milestone(actor=cast.manager, record=phase, reason="还差一项。")
    assert figures(lead) == [0, 0, 0]
    milestones.complete_milestone(actor=cast.manager, record=phase, done_on=clock.today())
    assert figures(lead) == [0, 0, 0] and figures(receiver) == [1, 120000, 1]


def figures(person) -> list:
    asked = "signed_projects", "signed_amount", "milestones_done"
    return [read(key, person)[person.pk].value for key in asked]


def test_another_currency_is_shown_and_not_added(cast):
    project = make.project(cast.partner_member)
    contract = make.signed_contract(cast, project, amount="5000", currency="USD")
    projects.link_contract(actor=cast.partner_member, record=project, contract=contract)
    reading = read("signed_amount", cast.partner_member)[cast.partner_member.pk]
    assert reading.value == 0 and not reading.evidence[0].counted


def test_a_project_counts_as_completed_on_the_day_it_ended(cast):
    ended = {"status": Project.Status.DONE}
    mine = make.project(cast.partner_member)
    Project.objects.filter(pk=mine.pk).update(ended_on=date(2026, 11, 2), **ended)
    earlier = make.project(cast.partner_member)
    Project.objects.filter(pk=earlier.pk).update(ended_on=date(2026, 9, 30), **ended)
    make.project(cast.partner_member)
    reading = read("completed_projects", cast.partner_member)[cast.partner_member.pk]
    assert (reading.value, [one.pk for one in reading.evidence]) == (1, [mine.pk])


def test_two_of_three_phases_on_time_are_two_thirds(cast):
    project = make.project(cast.partner_member)
    phases = [make.phase(cast.partner_member, project, days=days) for days in (1, 2, 3, 20)]
    for phase in phases[:2]:
        milestones.complete_milestone(
            actor=cast.partner_member, record=phase, done_on=clock.today()
        )
    with clock.clock_at(clock.now() + timedelta(days=5)):
        milestones.complete_milestone(
            actor=cast.partner_member, record=phases[2], done_on=clock.today()
        )
        reading = read("on_time_rate", cast.partner_member)[cast.partner_member.pk]
    assert round(reading.value, 2) == Decimal("66.67")
    assert [one.counted for one in reading.evidence] == [True, True, True, False]


def test_a_phase_counts_for_who_answers_for_it(cast):
    project = make.project(cast.partner_member)
    phase = make.phase(cast.partner_member, project, owner=cast.outsider)
    milestones.complete_milestone(actor=cast.outsider, record=phase, done_on=clock.today())
    assert set(read("on_time_rate", cast.partner_member, cast.outsider)) == {cast.outsider.pk}


def test_nothing_due_has_no_value(cast):
    assert read("on_time_rate", cast.partner_member) == {}


def test_contact_is_counted_by_stretches_of_the_rulebook(cast):
    with clock.clock_at(clock.moment_on(date(2026, 9, 1), clock.now().time())):
        partner = make.partner(cast.partner_member)
    crm.call(cast.partner_member, partner.client)
    reading = read("partners_in_touch", cast.partner_member)[cast.partner_member.pk]
    # 1 October to 18 November: 31 days without a word, then a stretch with a call.
    assert reading.value == 50


def test_reading_costs_the_same_for_one_and_for_many(cast, django_assert_max_num_queries):
    for owner in (cast.partner_member, cast.member, cast.outsider):
        project = make.project(owner)
        make.phase(owner, project)
    people = [cast.partner_member, cast.member, cast.outsider]
    for key in ("signed_projects", "signed_amount", "partners_in_touch", "on_time_rate"):
        rules_on()
        with django_assert_max_num_queries(5):
            read(key, *people)
