"""A small department by each shipped regulation: made by one command, at work by its own rules."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from appraisal.models import Cycle, Participant
from crm import own_fields
from crm.models import Client, Contract, Lead, Opportunity, StageMove, Visit
from expansion import clock
from expansion.approvals.models import Request
from expansion.office.models import WorkReport
from expansion.people.models import Status, User
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import forget_rules, rules_on
from expansion.worktime import Period, PeriodKind

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 11, 18, 10, 0)
PAGES = (
    "/",
    "/compliance/",
    "/crm/clients/",
    "/crm/opportunities/board",
    "/appraisal/",
    "/office/reports/",
    "/office/reports/team",
)
# Chains that the records of a small department pass: nobody is dismissed, nothing large exported.
WITH_A_NOUN = {
    "contract",
    "research_plan",
    "research_report",
    "external_statement",
    "personnel_change",
}
QUARTERS = [datetime(2026, 4, 1).date(), datetime(2026, 7, 1).date()]


def seed(name: str) -> str:
    told = StringIO()
    call_command("seed", preset=name, stdout=told)
    return told.getvalue()


@pytest.fixture
def today():
    """The same Wednesday for every department; rules read of rows taken back are forgotten."""
    forget_rules()
    with clock.clock_at(WEDNESDAY):
        yield
    forget_rules()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ktv", "club", "business", "leasing", "market"])
def test_every_regulation_gives_a_department_at_work(name: str, today):
    assert "Log in as" in seed(name)
    rules = rules_on()
    assert rules.policy.key == name
    holds_its_people(rules)
    has_passed_every_stage(rules)
    has_noted_what_is_asked_for(rules)
    has_decided_in_its_own_chains(rules)
    has_reported(rules)
    has_closed_two_periods()
    opens_its_pages_to_everybody(rules)


def holds_its_people(rules: Rules) -> None:
    people = User.objects.exclude(status=Status.LEFT)
    assert 8 <= people.count() <= 15
    assert len(set(people.values_list("name", flat=True))) == people.count()
    for post in rules.posts:
        if post.limit.value == 1:
            assert people.filter(memberships__post__key=post.key).count() == 1
    for team in rules.teams:
        assert people.filter(memberships__unit__key=team.key).count() >= 2, team.key


def has_passed_every_stage(rules: Rules) -> None:
    for pipeline in rules.walked_by("opportunities"):
        stages = {stage.key for stage in pipeline.stages}
        moves = StageMove.objects.filter(opportunity__pipeline=pipeline.key)
        assert set(moves.values_list("to_stage", flat=True)) == stages
        walking = Opportunity.objects.filter(pipeline=pipeline.key)
        assert set(walking.values_list("stage", flat=True)) == stages
    for quarter in QUARTERS:
        period = Period.containing("quarter", quarter)
        assert (
            Contract.objects.signed().filter(signed_on__range=(period.start, period.end)).exists()
        )


def has_noted_what_is_asked_for(rules: Rules) -> None:
    for one in own_fields.of_visit(rules):
        assert Visit.objects.done().filter(one.filled).exists(), one.key
    for one in own_fields.of_client(rules):
        assert Client.objects.filter(one.filled).exists(), one.key
    assert Client.objects.exclude(category="").exists() == bool(rules.crm.client_kinds)
    asks = bool(rules.sla.long_cycle_follow_up.value)
    assert Lead.objects.exclude(long_cycle="").exists() == asks


def has_decided_in_its_own_chains(rules: Rules) -> None:
    used = set(Request.objects.values_list("kind", flat=True))
    assert WITH_A_NOUN <= used
    for kind in used:
        approved = Request.objects.filter(kind=kind, status=Request.Status.APPROVED).first()
        assert approved is not None, kind
        asked = approved.steps.order_by("pk").values_list("role", flat=True)
        assert tuple(asked) == rules.chain(kind)


def has_reported(rules: Rules) -> None:
    """Every report that a calendar asks for; what follows an event is written from its records."""
    asked = {one.key for one in rules.reports if one.cadence.value.every in set(PeriodKind)}
    assert set(WorkReport.objects.values_list("kind", flat=True)) == asked
    late = WorkReport.objects.filter(late=True)
    missing = WorkReport.objects.filter(submitted_at=None, due_at__lt=clock.now())
    assert WorkReport.objects.exclude(submitted_at=None).count() > 5
    assert (late.count(), missing.count()) == (1, 1)


def has_closed_two_periods() -> None:
    closed = Cycle.objects.filter(kind=Cycle.Kind.QUARTER, closed_at__isnull=False)
    assert list(closed.order_by("start").values_list("start", flat=True)) == QUARTERS
    people = Participant.objects.filter(cycle__in=closed)
    assert people.exists()
    assert not people.filter(result__delivered_at=None).exists()


def opens_its_pages_to_everybody(rules: Rules) -> None:
    """Nothing breaks for anybody, and whoever leads the department sees all of them."""
    head = next(post.key for post in rules.posts if post.role == "manager")
    for person in User.objects.all():
        leads = person.memberships.filter(post__key=head).exists()
        browser = Browser()
        browser.force_login(person)
        for page in PAGES:
            answer = browser.get(page)
            allowed = (200,) if leads else (200, 302, 403, 404)
            assert answer.status_code in allowed, (person.username, page)
            assert "login" not in answer.headers.get("Location", ""), (person.username, page)


def test_an_unknown_regulation_and_a_database_with_people_are_refused(today):
    with pytest.raises(CommandError, match="ktv") as unknown:
        seed("casino")
    with pytest.raises(CommandError) as no_part:
        seed("market:e99")
    assert (unknown.value.returncode, no_part.value.returncode) == (2, 2)
    assert not User.objects.exists() and not Version.objects.exists()
    User.objects.create(username="somebody", name="Somebody")
    with pytest.raises(CommandError) as refused:
        seed("ktv")
    assert refused.value.returncode == 2
