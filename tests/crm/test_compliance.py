"""The client desk's part of the compliance board: each check with a case kept and one broken."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from crm.compliance import clients, contracts
from crm.models import Client, Communication, Contract, Opportunity, StageMove, Visit
from crm.services.clients import update_client
from crm.services.obligations import complete_obligation
from expansion import clock, compliance
from expansion.approvals.services import decide
from expansion.compliance import BROKEN, KEPT, OPEN, Reach, Span
from expansion.office.models import WorkReport
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from tests.make import contracts as paper
from tests.make import crm as make
from tests.make import surveys

NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
PLANTED = {
    "crm.visit_records",
    "crm.visits_booked",
    "crm.visits_kept",
    "crm.feedback_passed_on",
    "crm.return_visits",
    "crm.client_visits",
    "crm.satisfaction_asked",
    "crm.leads_followed_up",
    "crm.files_renewed",
    "crm.files_filled_in",
    "crm.stages_in_order",
    "crm.needs_analysed",
    "crm.contract_texts",
    "crm.signed_after_approval",
    "crm.contract_reviews",
    "crm.obligations",
    "crm.reports",
}


def counted(key: str, person, clause: str = "", rules=None, span: Span = NOVEMBER):
    """Kept, broken and open in November; by month, by person and listed they are the same."""
    check = compliance.checks()[key]
    cases = check.cases(rules or rules_on(), clause or check.clauses[0])
    reach = Reach(frozenset(), frozenset({person.pk}), person.pk)
    found, states = cases.count(reach, span), (KEPT, BROKEN, OPEN)
    numbers = tuple(sum(n for (_m, one), n in found.items() if one == state) for state in states)
    assert numbers == tuple(cases.by_person(reach, span)[person.pk, state] for state in states)
    for state, number in zip(states, numbers, strict=True):
        listed = cases.listed(reach, span, state, 50)
        assert len(listed) == number
        assert all(str(one.record) and one.record.get_absolute_url() for one in listed)
    units = frozenset(person.memberships.values_list("unit_id", flat=True))
    assert cases.count(Reach(units, frozenset({person.pk})), span) == found
    return numbers


def at(day: int, hour: int = 10, minute: int = 0, month: int = 11):
    return clock.moment_on(date(2026, month, day), time(hour, minute))


def visited(cast, day: int, *, client: Client | None = None, **values) -> Visit:
    """A recorded visit of that day, written two hours later."""
    client = client or make.client(cast.member)
    given = {
        "status": "done", "took_place_at": at(day), "said": "谈妥报价", "recorded_at": at(day, 12),
        "due_at": at(day + 1), "visitor": cast.member, "owner": cast.member, "team": client.team,
    }  # fmt: skip
    return Visit.objects.create(client=client, **(given | values))


def under_contract(cast, since: date, until: date | None = None, **values) -> Client:
    client = make.client(cast.member)
    Client.objects.filter(pk=client.pk).update(**values)
    Contract.objects.create(
        client=client, owner=cast.member, team=client.team, title="年会场地", status="signed",
        signed_on=since, starts_on=since, ends_on=until,
        approved_at=clock.moment_on(since, time(9)), signed_owner=cast.member,
    )  # fmt: skip
    return client


def test_visit_records_come_in_time(cast):
    visited(cast, 3)
    visited(cast, 4, late=True)
    planned = {"status": "planned", "planned_at": at(18, 9), "recorded_at": None, "said": ""}
    visited(cast, 18, due_at=at(19), **planned)
    assert counted("crm.visit_records", cast.member) == (1, 1, 1)


def test_visits_are_booked_ahead_with_their_materials(cast):
    visited(cast, 3, planned_at=at(3), materials="报价单")
    visited(cast, 4)
    visited(cast, 5, planned_at=at(5))  # booked, nothing prepared
    make.planned(cast.member, make.client(cast.member))
    assert counted("crm.visits_booked", cast.member) == (1, 2, 1)


def test_appointments_are_kept_to_the_minute(cast):
    visited(cast, 3, planned_at=at(3), took_place_at=at(3) + timedelta(seconds=40))
    visited(cast, 4, planned_at=at(4), took_place_at=at(4, 10, 1))
    missed = {"took_place_at": None, "recorded_at": None, "said": ""}
    visited(cast, 5, status="missed", planned_at=at(5), **missed)
    visited(cast, 6, status="cancelled", planned_at=at(6), **missed)
    make.planned(cast.member, make.client(cast.member))
    assert counted("crm.visits_kept", cast.member) == (1, 2, 1)


def test_what_clients_said_is_passed_on_in_time(cast):
    rules = preset("business")  # two days
    visited(cast, 3, needs="两间大包")
    visited(cast, 4, opinions="音响旧", recorded_at=at(7))
    visited(cast, 5, recorded_at=at(9))  # nothing heard
    assert counted("crm.feedback_passed_on", cast.member, rules=rules) == (1, 1, 0)
    longer = rules.with_changes({"sla.feedback_routing": "5 days"})
    assert counted("crm.feedback_passed_on", cast.member, rules=longer) == (2, 0, 0)


def test_clients_under_contract_are_visited_again(cast):
    client = under_contract(cast, date(2026, 10, 5))  # by 4 November, then by 3 December
    visited(cast, 3, client=client)
    under_contract(cast, date(2026, 9, 10))  # by 10 October, by 9 November, by 9 December
    under_contract(cast, date(2026, 10, 25))  # by 24 November
    under_contract(cast, date(2026, 9, 10), date(2026, 10, 31))  # over
    assert counted("crm.return_visits", cast.member) == (1, 1, 1)
    both = Span(date(2026, 10, 1), date(2026, 12, 31))
    assert counted("crm.return_visits", cast.member, span=both) == (1, 3, 3)


def test_clients_under_contract_are_asked_how_satisfied_they_are(cast):
    rules = preset("leasing")  # every three months
    asked = under_contract(cast, date(2026, 8, 20))  # by 20 November
    under_contract(cast, date(2026, 8, 10))  # by 10 November: nobody asked
    under_contract(cast, date(2026, 8, 24))  # by 24 November: still time
    others = [make.client(cast.member) for _number in range(2)]
    surveys.opened(cast, clients=[asked, *others])
    surveys.drafted(cast, clients=[asked])  # a draft asks nobody
    assert counted("crm.satisfaction_asked", cast.member, rules=rules) == (1, 1, 1)
    never = rules.with_changes({"surveys.asked": "0 days"})
    assert counted("crm.satisfaction_asked", cast.member, rules=never) == (0, 0, 0)


def test_a_call_is_no_visit_and_a_mode_of_the_rulebook_counts(cast):
    client = under_contract(cast, date(2026, 10, 5))
    Communication.objects.create(
        client=client, owner=cast.member, team=client.team, by=cast.member, channel="sms",
        at=at(3), said="一切都好。",
    )  # fmt: skip
    assert counted("crm.return_visits", cast.member) == (1, 0, 0)
    assert counted("crm.client_visits", cast.member) == (0, 1, 0)
    assert counted("crm.return_visits", cast.member, rules=preset("club")) == (0, 1, 0)
    visited(cast, 4, client=client)
    assert counted("crm.client_visits", cast.member)[:2] == (1, 0)


def test_the_grade_says_how_often(cast):
    under_contract(cast, date(2026, 11, 1), grade="key")
    assert counted("crm.return_visits", cast.member, rules=preset("club")) == (0, 1, 0)
    assert counted("crm.return_visits", cast.member) == (0, 0, 0)  # not before December


def test_effective_leads_are_followed_up(cast):
    lead = make.lead(cast.member, make.client(cast.member))
    lead.status, lead.effective_on = "effective", date(2026, 11, 1)
    lead.effective_owner = lead.owner
    lead.save()
    visited(cast, 6, client=lead.client)  # by the 8th; next by the 13th, then by the 20th
    assert counted("crm.leads_followed_up", cast.member) == (1, 1, 1)
    weekly = rules_on().with_changes({"sla.lead_follow_up": "14 days"})
    assert counted("crm.leads_followed_up", cast.member, rules=weekly) == (1, 0, 1)


def test_a_converted_lead_is_followed_up_no_more(cast):
    lead = make.lead(cast.member, make.client(cast.member))
    lead.status, lead.effective_on = "converted", date(2026, 11, 1)
    lead.effective_owner = lead.owner
    lead.save()
    won = make.opportunity(cast.member, lead.client, lead=lead)
    type(won).objects.filter(pk=won.pk).update(created_at=at(5))
    assert counted("crm.leads_followed_up", cast.member) == (0, 0, 0)


def test_client_files_are_renewed(cast):
    rules = preset("club")  # every 90 days
    with clock.clock_at(at(20, month=8)):  # by 18 November
        renewed = make.client(cast.member)
        make.client(cast.member)
    with clock.clock_at(at(10, month=8)):  # by 8 November
        make.client(cast.member)
    update_client(actor=cast.member, record=renewed, industry="酒店")
    assert counted("crm.files_renewed", cast.member, rules=rules) == (1, 1, 1)


def test_a_file_is_filled_in_after_the_first_contact(cast):
    rules = preset("club")
    full = make.client(
        cast.member, contact={"name": "钱女士", "phones": "13900001111"}, industry="酒店", size=80
    )
    others = [make.client(cast.member) for _number in range(2)]
    for client, day in ((full, 3), (others[0], 4), (others[1], 18)):
        Client.objects.filter(pk=client.pk).update(first_contact_on=date(2026, 11, day))
    assert counted("crm.files_filled_in", cast.member, rules=rules) == (1, 1, 1)


def test_stages_are_entered_with_what_they_need(cast):
    deal = make.opportunity(cast.member, make.client(cast.member))
    moves = (("strategy", []), ("visit", ["a contact person"]))
    for stage, missing in moves:
        StageMove.objects.create(
            opportunity=deal, from_stage="information", to_stage=stage, missing=missing,
            by=cast.member, at=at(3),
        )  # fmt: skip
    assert counted("crm.stages_in_order", cast.member, "E4-10") == (1, 1, 0)


def test_a_clause_of_one_pipeline_counts_what_walks_it(cast):
    business = preset("business")
    deal = make.opportunity(cast.member, make.client(cast.member))
    for pipeline, missing in (("client", ["a visit"]), ("sales", []), ("sales", ["a visit"])):
        deal.pk, deal._state.adding, deal.pipeline = None, True, pipeline
        deal.save()
        StageMove.objects.create(
            opportunity=deal, from_stage="lead", to_stage="visit", missing=missing,
            by=cast.member, at=at(3),
        )  # fmt: skip
    assert counted("crm.stages_in_order", cast.member, "C-3.2.1", business) == (1, 1, 0)
    assert counted("crm.stages_in_order", cast.member, "E2-15", preset("market")) == (0, 1, 0)


def test_a_new_need_is_taken_on_in_time(cast):
    rules = preset("market")  # four working hours
    deal = make.opportunity(cast.member, make.client(cast.member))
    for received, taken, status in (
        (at(3, 10), at(3, 13), "open"),
        (at(4, 10), at(5, 10), "open"),
        (at(5, 10), None, "open"),
        (at(6, 10), None, "lost"),  # before anybody could take it on
        (at(18, 9), None, "open"),
    ):
        deal.pk, deal._state.adding, deal.pipeline = None, True, "need"
        deal.status, deal.closed_at = status, at(6, 11) if status == "lost" else None
        deal.save()
        Opportunity.objects.filter(pk=deal.pk).update(created_at=received)
        if taken:
            StageMove.objects.create(
                opportunity=deal, from_stage="received", to_stage="analysis", by=cast.member,
                at=taken,
            )  # fmt: skip
    assert counted("crm.needs_analysed", cast.member, rules=rules) == (1, 2, 1)
    slower = rules.with_changes({"sla.need_analysis": "1 working day"})
    assert counted("crm.needs_analysed", cast.member, rules=slower) == (2, 1, 1)
    never = rules.with_changes({"sla.need_analysis": "0 days"})
    assert counted("crm.needs_analysed", cast.member, rules=never) == (0, 0, 0)


def test_contract_texts_are_complete_when_handed_in(cast):
    paper.submitted(cast)
    other = paper.submitted(cast, client=make.client(cast.member)).about
    Contract.objects.filter(pk=other.pk).update(duties="")
    paper.a_contract(cast, client=make.client(cast.member))  # a draft has no case
    assert counted("crm.contract_texts", cast.member) == (1, 1, 0)


def test_contracts_are_approved_before_they_are_signed(cast):
    paper.signed(cast)
    early = paper.signed(cast, client=make.client(cast.member))
    Contract.objects.filter(pk=early.pk).update(signed_on=date(2026, 11, 16))
    assert counted("crm.signed_after_approval", cast.member) == (1, 1, 0)


def test_contracts_are_reviewed_within_each_steps_limit(cast):
    with clock.clock_at(at(2)):
        request = paper.submitted(cast)
    with clock.clock_at(at(4)):
        decide(actor=cast.manager, request=request, decision="approve")
    with clock.clock_at(at(16)):
        decide(actor=cast.legal, request=request, decision="approve")
    cases = compliance.checks()["crm.contract_reviews"].cases(rules_on(), "")
    team = Reach(frozenset({request.team_id}), frozenset())
    found = cases.count(team, NOVEMBER)
    month = NOVEMBER.first
    assert (found[month, KEPT], found[month, BROKEN], found[month, OPEN]) == (1, 1, 1)
    people = cases.by_person(team, NOVEMBER)
    assert people == {
        (cast.manager.pk, KEPT): 1,
        (cast.legal.pk, BROKEN): 1,
        (None, OPEN): 1,
    }
    [late] = cases.listed(team, NOVEMBER, BROKEN, 5)
    assert late.record == request and late.done == at(16)


def test_obligations_are_met_by_their_day(cast):
    contract = paper.signed(cast)
    first, second = contract.obligations.all()
    complete_obligation(actor=cast.member, record=first, done_on=date(2026, 11, 18))
    type(first).objects.filter(pk=first.pk).update(due_on=date(2026, 11, 18))
    type(second).objects.filter(pk=second.pk).update(due_on=date(2026, 11, 17))
    for day in (18, 30):
        contract.obligations.create(party="us", what="布置场地", due_on=date(2026, 11, day))
    assert counted("crm.obligations", cast.member) == (1, 1, 2)


def test_reports_that_a_clause_asks_for_are_handed_in_in_time(cast):
    team = cast.member.memberships.get().unit
    for number, (status, late, due) in enumerate(
        (("submitted", False, at(6, 15)), ("read", True, at(13, 15)), ("due", False, at(20, 15)))
    ):
        WorkReport.objects.create(
            kind="client_sheet", period=f"2026-W4{number + 5}", owner=cast.member, team=team,
            begins_on=date(2026, 11, 2), ends_on=date(2026, 11, 8), due_at=due, remind_at=due,
            to_role="manager", rules_version="market-1", status=status, late=late,
            submitted_at=due if status != "due" else None,
        )  # fmt: skip
    rules = preset("market")
    assert counted("crm.reports", cast.member, "E11-2.3.1", rules) == (1, 1, 1)
    assert counted("crm.reports", cast.member, "E3-3.3b", rules) == (0, 0, 0)
    # The client sheet is a section of the progress report too (reading 26).
    WorkReport.objects.filter(period="2026-W45").update(kind="progress")
    assert counted("crm.reports", cast.member, "E11-2.3.1", rules) == (1, 1, 1)


def lines(fact, rules=None) -> list[str]:
    return [str(line) for line in fact(rules or rules_on())]


def test_facts_follow_the_settings(cast):
    off = rules_on().with_changes({"crm.effective_lead.enabled": False})
    need = {"crm.effective_lead.conditions.need_confirmed.required": False}
    assert lines(clients.lead_conditions)[0] == "Required: A need is confirmed"
    loose = rules_on().with_changes(need)
    assert lines(clients.lead_conditions, loose)[0] == "Not required: A need is confirmed"
    assert lines(clients.lead_conditions, off) == ["Effective leads are not told apart."]
    chain = {"approvals.contract.chain": ["legal"], "approvals.contract.step_limit": "2 days"}
    [said] = lines(contracts.contract_chain)
    [shorter] = lines(contracts.contract_chain, rules_on().with_changes(chain))
    assert "Department manager → legal → leadership" in said and "3 working days" in said
    assert "by legal, each within 2 days" in shorter
    seldom = preset("club").with_changes({"crm.grading.grades.key.return_visit": "20 days"})
    assert "15 days" in lines(clients.grades, preset("club"))[0]
    assert "20 days" in lines(clients.grades, seldom)[0]
    open_gate = {"pipelines.client.stages.visit.requires": []}
    stages = clients.stages("E4-10")
    assert "needs" in lines(stages)[3]
    assert "needs" not in lines(stages, rules_on().with_changes(open_gate))[3]
    assert len(lines(clients.stages("C-3.2.1"), preset("business"))) == 3
    assert lines(clients.stages("E7-3.1"), preset("market"))[0] == "1. Need received"
    assert len(lines(clients.return_visit_modes, preset("club"))) == 3
    assert lines(clients.return_visit_modes) == []


def test_facts_count_what_is_there(cast):
    make.client(cast.member, source="online", major=True)
    make.client(cast.manager, major=True)
    found = lines(clients.sources)
    assert found[1].endswith(": 1 client") and found[0].endswith(": 0 clients")
    assert lines(clients.key_clients)[1] == "1 of 2 major clients are there"
    others = rules_on().with_changes({"authority.major_client_owner": "legal"})
    assert lines(clients.key_clients, others)[1] == "0 of 2 major clients are there"


@pytest.mark.parametrize("key", sorted(PLANTED))
def test_a_check_asks_few_queries(cast, key, django_assert_max_num_queries):
    check = compliance.checks()[key]
    reach = Reach(frozenset({cast.member.memberships.get().unit_id}), frozenset())
    cases = check.cases(rules_on(), check.clauses[0])
    with django_assert_max_num_queries(2):
        cases.count(reach, NOVEMBER)


def test_every_place_named_can_be_gone_to():
    clauses = [one.id for one in preset("ktv").clauses if one.app == "crm"]
    places = {one.route for clause in clauses for one in compliance.answer_for(clause).screens}
    assert {"crm:client-list", "crm:visit-list", "crm:board", "crm:contract-list"} <= places
    assert all(reverse(route) for route in places)
