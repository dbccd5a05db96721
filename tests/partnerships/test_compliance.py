"""What partnerships counts for the compliance board, in November 2026."""

from datetime import date, datetime, timedelta

import pytest

from crm.models import Contract
from expansion import clock, compliance
from expansion.compliance import BROKEN, KEPT, OPEN, Reach, Span
from expansion.people.models import Unit, User
from expansion.rulebook.selectors import rules_on
from partnerships.compliance import kinds, sources
from partnerships.models import Partner, Project
from partnerships.services import milestones, partners, projects
from tests.make import crm
from tests.make import partnerships as make

pytestmark = pytest.mark.django_db
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
TODAY = date(2026, 11, 18)
PLANTED = {
    "partnerships.project_checks",
    "partnerships.partner_updates",
    "partnerships.milestones",
    "partnerships.agreements",
    "partnerships.schemes",
    "partnerships.approved_schemes",
    "partnerships.evaluations",
}


def counted(key: str, *, of: User | None = None, rules=None) -> tuple[int, int, int]:
    """Kept, broken and running in November, of everybody or of one person."""
    units = frozenset(Unit.objects.values_list("pk", flat=True))
    people = frozenset(User.objects.values_list("pk", flat=True))
    reach = Reach(units, people, of.pk if of else None)
    check = compliance.checks()[f"partnerships.{key}"]
    cases = check.cases(rules or rules_on(), check.clauses[0])
    found = cases.count(reach, NOVEMBER)
    month = NOVEMBER.first
    assert sum(cases.by_person(reach, NOVEMBER).values()) == sum(found.values())
    for state in (KEPT, BROKEN, OPEN):
        listed = cases.listed(reach, NOVEMBER, state, 50)
        assert len(listed) == found[month, state]
        assert all(str(one.record) and one.record.get_absolute_url() for one in listed)
    return found[month, KEPT], found[month, BROKEN], found[month, OPEN]


def running_since(cast, day: date, **values) -> Project:
    project = make.approved(cast.partner_member, **values)
    return projects.start_project(actor=cast.partner_member, record=project, started_on=day)


def checked(cast, project: Project, day: date) -> None:
    milestones.add_check(
        actor=cast.partner_member, record=project, progress=50, rating=4, checked_on=day
    )


def test_a_project_is_checked_every_thirty_days(cast):
    kept = running_since(cast, date(2026, 10, 10))  # by 9 November
    checked(cast, kept, date(2026, 11, 5))  # the next one by 5 December
    running_since(cast, date(2026, 10, 11))  # by 10 November, and by 10 December
    running_since(cast, date(2026, 10, 25))  # by 24 November
    assert counted("project_checks") == (1, 1, 1)
    assert counted("project_checks", of=cast.partner_member) == (1, 1, 1)
    assert counted("project_checks", of=cast.member) == (0, 0, 0)


def test_a_missed_check_is_missed_again_a_stretch_later(cast):
    running_since(cast, date(2026, 10, 20))
    weekly = rules_on().with_changes({"sla.project_check": "7 days"})
    # Due on 27 October, then on 3, 10, 17 and 24 November.
    assert counted("project_checks", rules=weekly) == (0, 3, 1)


def test_without_an_interval_no_check_is_due(cast):
    running_since(cast, date(2026, 10, 10))
    never = rules_on().with_changes({"sla.project_check": "0 days"})
    assert counted("project_checks", rules=never) == (0, 0, 0)


def test_a_project_that_ended_owes_no_further_check(cast):
    project = running_since(cast, date(2026, 10, 11))
    projects.finish_project(actor=cast.partner_member, record=project, ended_on=date(2026, 11, 9))
    assert counted("project_checks") == (0, 0, 0)


def partner_since(cast, day: date) -> Partner:
    one = make.partner(cast.partner_member)
    Partner.objects.filter(pk=one.pk).update(since=day)
    return one


def test_a_partner_hears_of_us_in_every_stretch(cast):
    with clock.clock_at(datetime(2026, 11, 2, 10, 0)):
        spoken = make.partner(cast.partner_member)
        crm.call(cast.partner_member, spoken.client)
    Partner.objects.filter(pk=spoken.pk).update(since=date(2026, 10, 6))  # by 5 November
    partner_since(cast, date(2026, 10, 7))  # by 6 November
    partner_since(cast, date(2026, 10, 25))  # by 24 November
    assert counted("partner_updates") == (1, 1, 1)


def test_a_visit_counts_like_a_call_and_an_ended_partner_no_more(cast):
    with clock.clock_at(datetime(2026, 11, 2, 10, 0)):
        visited = make.partner(cast.partner_member)
        crm.visit(cast.partner_member, visited.client)
    Partner.objects.filter(pk=visited.pk).update(since=date(2026, 10, 6))
    ended = partner_since(cast, date(2026, 10, 25))
    partners.update_partner(
        actor=cast.partner_member, record=ended, rules=rules_on(), status=Partner.Status.ENDED
    )
    assert counted("partner_updates") == (1, 0, 0)


def test_a_milestone_is_done_by_its_day(cast):
    project = make.running(cast.partner_member)
    done = make.phase(cast.partner_member, project, days=0)
    milestones.complete_milestone(actor=cast.partner_member, record=done, done_on=TODAY)
    make.phase(cast.partner_member, project, days=-1, owner=cast.member)
    make.phase(cast.partner_member, project, days=0)
    cancelled = make.project(cast.partner_member)
    make.phase(cast.partner_member, cancelled, days=-2)
    projects.cancel_project(actor=cast.partner_member, record=cancelled, reason="不再合作")
    assert counted("milestones") == (1, 1, 1)
    assert counted("milestones", of=cast.member) == (0, 1, 0)


def test_the_contract_is_signed_before_the_work_begins(cast):
    signed = make.approved(cast.partner_member)
    contract = make.signed_contract(cast, signed)
    projects.link_contract(actor=cast.partner_member, record=signed, contract=contract)
    projects.start_project(actor=cast.partner_member, record=signed)
    running_since(cast, TODAY)
    make.project(cast.partner_member)
    assert counted("agreements") == (1, 1, 0)
    Contract.objects.update(signed_on=TODAY + timedelta(days=1))
    assert counted("agreements") == (0, 2, 0)


def test_what_is_signed_has_a_written_scheme(cast):
    for scheme in (make.SCHEME, ""):
        project = make.project(cast.partner_member, scheme=scheme)
        contract = make.signed_contract(cast, project)
        projects.link_contract(actor=cast.partner_member, record=project, contract=contract)
    assert counted("schemes") == (1, 1, 0)


def test_what_is_signed_had_an_approved_scheme(cast):
    for made in (make.approved, make.submitted):
        project = made(cast.partner_member)
        contract = make.signed_contract(cast, project)
        projects.link_contract(actor=cast.partner_member, record=project, contract=contract)
    assert counted("approved_schemes") == (1, 1, 0)
    Contract.objects.update(signed_on=TODAY - timedelta(days=1))
    assert counted("approved_schemes") == (0, 2, 0)


def finished(cast, day: date, evaluation: str = "") -> Project:
    project = running_since(cast, date(2026, 10, 8), evaluation=evaluation)
    return projects.finish_project(actor=cast.partner_member, record=project, ended_on=day)


def test_a_finished_project_is_evaluated(cast):
    finished(cast, date(2026, 11, 2), "带来 40 桌，教训：提前锁场地。")
    finished(cast, date(2026, 11, 3))
    finished(cast, date(2026, 11, 16))
    assert counted("evaluations") == (1, 0, 2)
    weekly = rules_on().with_changes({"sla.project_check": "7 days"})
    assert counted("evaluations", rules=weekly) == (1, 1, 1)


def test_the_facts_count_what_the_rulebook_lists(cast):
    assert list(kinds(rules_on()))[0].endswith(": 0")
    make.partner(cast.partner_member, kind="supplier", source="industry_event")
    assert list(kinds(rules_on()))[0].endswith(": 1")
    assert [line[-1] for line in sources(rules_on())] == ["0", "1", "0"]
