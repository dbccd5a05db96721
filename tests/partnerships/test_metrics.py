"""The figures that appraisal reads from partnerships, worked by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from expansion import clock, metrics
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from partnerships.models import Project
from partnerships.services import milestones, projects
from tests.make import crm
from tests.make import partnerships as make

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
