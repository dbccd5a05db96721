"""Research's part of the compliance board: each check with a case kept and one broken."""

from datetime import date, time

import pytest
from django.urls import reverse

from expansion import clock, compliance
from expansion.access import Scope
from expansion.approvals.services import decide
from expansion.compliance import BROKEN, KEPT, OPEN, Reach, Span
from expansion.office.models import WorkReport
from expansion.people.services.rights import change_rights
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from research import compliance as research_compliance
from research.models import Finding, ResearchReport
from research.services import distribution, findings, reports
from research.services.reviews import approve_report
from tests.make import research as make

NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
PLANTED = {
    "research.plans_approved",
    "research.findings_in_time",
    "research.screened",
    "research.sections_written",
    "research.points_checked",
    "research.report_reviews",
    "research.distributed",
    "research.reports",
}


def counted(key: str, person, clause: str = "", rules=None):
    """Kept, broken and open in November; by month, by person and listed they are the same."""
    check = compliance.checks()[key]
    cases = check.cases(rules or rules_on(), clause or check.clauses[0])
    reach = Reach(frozenset(), frozenset({person.pk}), person.pk)
    found, states = cases.count(reach, NOVEMBER), (KEPT, BROKEN, OPEN)
    numbers = tuple(sum(n for (_m, one), n in found.items() if one == state) for state in states)
    assert numbers == tuple(cases.by_person(reach, NOVEMBER)[person.pk, one] for one in states)
    for state, number in zip(states, numbers, strict=True):
        listed = cases.listed(reach, NOVEMBER, state, 50)
        assert len(listed) == number
        assert all(str(one.record) and one.record.get_absolute_url() for one in listed)
    return numbers


def by_team(key: str, person):
    """The same for the unit in which the person works."""
    cases = compliance.checks()[key].cases(rules_on(), "")
    units = frozenset(person.memberships.values_list("unit_id", flat=True))
    found = cases.count(Reach(units, frozenset({person.pk})), NOVEMBER)
    return tuple(found[NOVEMBER.first, state] for state in (KEPT, BROKEN, OPEN))


def at(day: int, hour: int = 10):
    return clock.moment_on(date(2026, 11, day), time(hour))


def test_plans_are_approved_before_they_run(cast):
    make.a_finding(cast, plan=make.approved_plan(cast))
    early = make.a_plan(cast)
    Finding.objects.filter(pk=make.a_finding(cast).pk).update(plan=early)
    make.approved_plan(cast)  # nothing collected yet: no case
    assert counted("research.plans_approved", cast.outsider) == (1, 1, 0)
    Finding.objects.update(logged_at=at(17))  # a day before the approval
    assert counted("research.plans_approved", cast.outsider) == (0, 2, 0)
    assert by_team("research.plans_approved", cast.outsider) == (0, 2, 0)


def test_information_is_logged_in_time(cast):
    make.a_finding(cast, collected_on=date(2026, 11, 17))
    make.a_finding(cast, collected_on=date(2026, 11, 9))
    assert counted("research.findings_in_time", cast.outsider) == (1, 1, 0)
    assert by_team("research.findings_in_time", cast.outsider) == (1, 1, 0)


def cited(cast, *found: Finding) -> ResearchReport:
    report, keys = make.a_report(cast), [one.pk for one in found]
    reports.cite_findings(actor=cast.outsider, record=report, shown=keys, chosen=keys)
    make.submitted(cast, report=report)
    return report


def test_reports_rest_on_valid_information(cast):
    cited(cast, make.valid(cast), make.valid(cast))
    cited(cast, make.valid(cast), make.a_finding(cast))
    cited(cast)  # rests on nothing that could be screened
    assert counted("research.screened", cast.outsider) == (1, 1, 0)
    for finding in Finding.objects.filter(validity="unscreened"):
        findings.screen_finding(actor=cast.deputy, record=finding, valid=True)
    assert counted("research.screened", cast.outsider) == (2, 0, 0)


def test_reports_have_all_their_sections(cast):
    make.submitted(cast)
    short = make.submitted(cast).about
    ResearchReport.objects.filter(pk=short.pk).update(texts=short.texts | {"method": ""})
    other = make.submitted(cast).about
    lacking = {key: text for key, text in other.texts.items() if key != "purpose"}
    ResearchReport.objects.filter(pk=other.pk).update(texts=lacking)
    make.a_report(cast, texts={})  # a draft has no case
    assert counted("research.sections_written", cast.outsider) == (1, 2, 0)


def test_each_point_of_the_list_is_checked_at_the_review(cast):
    points = [item.key for item in rules_on().research.report_checklist]
    for checklist in (points, points[:1]):
        approve_report(
            actor=cast.manager, record=make.submitted(cast).about, rules=rules_on(),
            scores=make.SCORES, checklist=checklist,
        )  # fmt: skip
    make.approved(cast)  # not scored at all
    assert counted("research.points_checked", cast.manager) == (1, 2, 0)
    assert by_team("research.points_checked", cast.outsider) == (1, 2, 0)


def test_reports_are_reviewed_within_the_steps_limit(cast):
    with clock.clock_at(at(2)):
        soon, late = make.submitted(cast), make.submitted(cast)
        taken_back = make.submitted(cast)
        make.submitted(cast)
    with clock.clock_at(at(4)):
        decide(actor=cast.manager, request=soon, decision="return", comment="补一张表")
        taken_back.steps.update(status="skipped")
    with clock.clock_at(at(12)):
        decide(actor=cast.manager, request=late, decision="approve")
    with clock.clock_at(at(17)):
        reports.submit_report(actor=cast.outsider, record=soon.about, rules=rules_on())
    assert by_team("research.report_reviews", cast.outsider) == (1, 2, 1)
    cases = compliance.checks()["research.report_reviews"].cases(rules_on(), "")
    people = cases.by_person(Reach(frozenset({soon.team_id}), frozenset()), NOVEMBER)
    assert people[cast.manager.pk, KEPT] == people[cast.manager.pk, BROKEN] == 1


def test_approved_reports_are_sent_to_their_readers(cast):
    make.distributed(cast, to=[cast.member])
    with clock.clock_at(at(17)):
        kept_back = make.approved(cast)
    make.approved(cast)  # today
    assert counted("research.distributed", cast.outsider) == (1, 1, 1)
    distribution.distribute_report(actor=cast.outsider, record=kept_back, people=[cast.leader])
    assert counted("research.distributed", cast.outsider) == (2, 0, 1)


def test_reports_that_a_clause_asks_for_are_handed_in_in_time(cast):
    team = cast.outsider.memberships.get().unit
    for period, status, late, due in (
        ("2026-08", "submitted", False, at(6)),
        ("2026-09", "read", True, at(13)),
        ("2026-10", "draft", False, at(20)),
    ):
        WorkReport.objects.create(
            kind="market_research", period=period, owner=cast.outsider, team=team,
            begins_on=date(2026, 10, 1), ends_on=date(2026, 10, 31), due_at=due, remind_at=due,
            to_role="manager", rules_version="ktv-1", status=status, late=late,
            submitted_at=due if status != "draft" else None,
        )  # fmt: skip
    assert counted("research.reports", cast.outsider, "A-2.2.3b") == (1, 1, 1)
    assert counted("research.reports", cast.outsider, "E1-13", preset("market")) == (1, 1, 1)
    assert counted("research.reports", cast.outsider, "E4-6.3", preset("market")) == (0, 0, 0)


def lines(fact, rules=None) -> list[str]:
    return [str(line) for line in fact(rules or rules_on())]


def test_facts_follow_the_settings(cast):
    other = rules_on().with_changes(
        {
            "approvals.research_plan.chain": ["deputy"],
            "approvals.research_report.step_limit": "1 day",
        }
    )
    assert (
        "approved by Department manager, each within 3 working"
        in lines(research_compliance.plan_chain)[0]
    )
    assert "approved by Deputy manager" in lines(research_compliance.plan_chain, other)[0]
    assert "each within 1 day" in lines(research_compliance.report_chain, other)[0]
    make.a_finding(cast)
    assert lines(research_compliance.sources)[0].endswith(": 1 finding")
    assert len(lines(research_compliance.sources, preset("club"))) == 3


def test_facts_follow_the_rights(cast):
    assert "manager (department)" in lines(research_compliance.judging)[0]
    assert "consolidator" not in lines(research_compliance.readers)[0]
    change_rights(
        actor=cast.administrator,
        kind="research.researchreport",
        cells={one: {"consolidator": Scope.TEAM} for one in ("view", "distribute")},
    )
    assert "consolidator (team)" in lines(research_compliance.readers)[0]
    report = make.distributed(cast, to=[cast.member, cast.leader])
    distribution.mark_read(actor=cast.member, record=report)
    assert lines(research_compliance.readers)[1] == "1 of 2 readers have confirmed reading"
    make.a_finding(cast)
    assert lines(research_compliance.judging)[1] == "To be screened: 1"


@pytest.mark.parametrize("key", sorted(PLANTED))
def test_a_check_asks_few_queries(cast, key, django_assert_max_num_queries):
    check = compliance.checks()[key]
    reach = Reach(frozenset({cast.outsider.memberships.get().unit_id}), frozenset())
    cases = check.cases(rules_on(), check.clauses[0])
    with django_assert_max_num_queries(2):
        cases.count(reach, NOVEMBER)


def test_every_place_named_can_be_gone_to():
    clauses = [one.id for one in preset("ktv").clauses if one.app == "research"]
    places = {one.route for clause in clauses for one in compliance.answer_for(clause).screens}
    assert {"research:plan-list", "research:finding-list", "research:report-list"} <= places
    assert all(reverse(route) for route in places)
