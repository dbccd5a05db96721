"""The demo department: complete, plausible, and alive on the day it is sown."""

from collections import Counter
from datetime import datetime, time

import pytest
from django.apps import apps
from django.db import transaction

from appraisal.models import ConsequenceCase, Cycle, Result, Stage
from crm.models import (
    Client,
    Communication,
    ContactPoint,
    Contract,
    Lead,
    LeadCondition,
    Opportunity,
    Visit,
)
from expansion import clock, worktime
from expansion.approvals.models import Step
from expansion.approvals.selectors import waiting_for
from expansion.home.seeding import sow
from expansion.notices.models import Mail, Notice
from expansion.office.models import WorkReport
from expansion.people.demo import DEMO_PASSPHRASE, DEMO_PEOPLE
from expansion.people.models import User
from research.models import Finding

NOW = datetime(2026, 11, 18, 10, 0)  # a Wednesday
GIVEN_UP = (Visit.Status.CANCELLED, Visit.Status.MISSED)
# The values that no record holds while everything rests, each with its reason.
UNDER_WAY = "a worker takes it within a second, and ends it"
NO_DRAFT = "there is one draft at a time, and whoever tries the system writes the first"
NOT_OVER = "the two quarters are closed, and the running one opens when it is over"
NO_MAIL = "no mail leaves a seed"
NOBODY = "a seed acts from the command line"
PHRASE = "the pass phrase alone opens the demo"
YUAN = "a KTV chain in Nanjing is paid in yuan"
FEW = "few results are poor: one measure is decided, one is still to be proposed"
NO_LIMIT = "the ktv preset names no limit of authority"
EXCUSED = {
    "appraisal.Appeal.status": {"investigated": "in ktv nobody gathers facts before the manager"},
    "appraisal.ConsequenceCase.status": dict.fromkeys(("proposed", "waived"), FEW),
    "appraisal.Cycle.kind": {"month": "the ktv preset appraises by quarter and year"},
    "appraisal.Cycle.stage": dict.fromkeys(
        ("collecting", "self_review", "evaluation", "review", "feedback"), NOT_OVER
    ),
    "appraisal.Participant.stage": dict.fromkeys(
        ("planned", "collecting", "self_review", "evaluation", "review", "feedback"), NOT_OVER
    ),
    "approvals.Step.because": dict.fromkeys(("size", "authority"), NO_LIMIT),
    "approvals.Step.joint": dict.fromkeys(("all", "any"), "in ktv each step is one's alone"),
    "approvals.Step.status": {"carried": "the ktv preset decides from the first step again"},
    "audit.Entry.source": dict.fromkeys(("page", "api", "rehearsal"), NOBODY),
    "crm.BottomLine.currency": dict.fromkeys(("HKD", "MOP", "TWD", "USD", "EUR"), YUAN),
    "crm.Escalation.outcome": {"gone": "the ktv preset names no project that is major"},
    "crm.Opportunity.currency": dict.fromkeys(("HKD", "MOP", "TWD", "USD", "EUR"), YUAN),
    "jobs.Job.state": dict.fromkeys(("waiting", "running"), UNDER_WAY),
    "mfa.Authenticator.type": dict.fromkeys(("totp", "webauthn", "recovery_codes"), PHRASE),
    "notices.Mail.state": dict.fromkeys(
        ("waiting", "sending", "sent", "failed", "unsent", "dropped"), NO_MAIL
    ),
    "rulebook.Version.status": dict.fromkeys(
        ("draft", "submitted", "rejected", "discarded"), NO_DRAFT
    ),
    "transfer.Export.status": {"writing": UNDER_WAY},
    "transfer.Import.status": {"writing": UNDER_WAY},
}
CHOICES = {
    f"{model._meta.label}.{field.name}": (model, field)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if field.choices
}
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """One department for this whole file, rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.clock_at(NOW):
        yield sow()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def on_that_day(demo):
    with clock.clock_at(NOW):
        yield


def test_it_has_the_people_clients_and_visits_it_promises():
    assert User.objects.count() == 25  # the last one was hired in the story
    assert Client.objects.live().count() == 300
    assert Visit.objects.exclude(status__in=GIVEN_UP).count() == 900


def test_the_fourteen_demo_people_log_in_with_the_one_pass_phrase():
    people = User.objects.filter(username__in=[username for username, _words in DEMO_PEOPLE])
    assert len(people) == 14
    assert all(person.password for person in people)
    assert DEMO_PASSPHRASE


def test_no_two_clients_share_a_name_or_a_phone():
    assert _most(Client.objects.values_list("name", flat=True)) == 1
    phones = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE)
    assert _most(phones.values_list("value", flat=True)) == 1


def test_visits_fall_on_workdays_between_9_and_18():
    for planned, arrived in Visit.objects.values_list("planned_at", "took_place_at"):
        moment = (arrived or planned).astimezone(clock.zone())
        assert worktime.is_workday(moment.date())
        assert time(9) <= moment.time() < time(18)


def test_no_sentence_is_repeated_more_than_a_few_times():
    for model, field in ((Visit, "said"), (Communication, "said"), (Finding, "text")):
        assert _most(model.objects.exclude(**{field: ""}).values_list(field, flat=True)) <= 4


def test_no_blank_of_a_phrase_is_left_open():
    for model, fields in (
        (Visit, ("said", "needs", "opinions", "concerns", "purpose")),
        (Communication, ("said",)),
        (Contract, ("title", "scope", "payment")),
        (Finding, ("title", "text")),
    ):
        for field in fields:
            assert not model.objects.filter(**{f"{field}__contains": "{"}).exists()


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_every_state_of_every_noun_occurs(name: str):
    model, field = CHOICES[name]
    found = set(model.objects.values_list(field.name, flat=True))
    missing = set(dict(field.flatchoices)) - found
    assert missing == set(EXCUSED.get(name, {})), "missing, or excused without need"


def test_opportunities_stand_on_every_stage():
    assert set(Opportunity.objects.values_list("stage", flat=True)) == {
        "information",
        "strategy",
        "first_contact",
        "visit",
        "negotiation",
        "signed",
    }


def test_leads_carry_every_mix_of_conditions():
    mixes = set()
    for lead in Lead.objects.prefetch_related("conditions"):
        marks = {mark.key: mark.met for mark in lead.conditions.all()}
        mixes.add(tuple(marks.get(key) for key in ("need_confirmed", "contact_named")))
    assert {(a, b) for a in (True, False, None) for b in (True, False, None)} <= mixes
    assert LeadCondition.objects.filter(overruled=True).exists()


def test_two_quarters_are_closed_and_the_next_one_is_planned():
    stages = dict(Cycle.objects.filter(kind="quarter").values_list("start", "stage"))
    assert [stages[start] for start in sorted(stages)] == [
        Stage.CLOSED,
        Stage.CLOSED,
        Stage.PLANNED,
    ]


def test_the_deputy_acts_for_the_manager_today(demo):
    assert demo.acting("deputy").standing.mandates
    assert waiting_for(demo.acting("deputy")).exists()


def test_reports_of_past_weeks_are_in_time_late_and_missing():
    past = WorkReport.objects.filter(due_at__lt=clock.now())
    assert past.filter(late=True).exists()
    assert past.filter(late=False, submitted_at__isnull=False).exists()
    assert past.filter(submitted_at=None).exists()


def test_today_waits_for_everybody_who_works_clients():
    for username in ("member.client", "member.client2", "member.partnership", "leader.client"):
        person = User.objects.get(username=username)
        assert Client.objects.filter(owner=person, next_contact_on__lt=clock.today()).exists()
        assert Client.objects.filter(owner=person, next_contact_on=clock.today()).exists()
        assert Visit.objects.planned().filter(visitor=person).exists()


def test_contracts_wait_for_each_decider():
    waiting = Step.objects.filter(status=Step.Status.OPEN, request__kind="contract")
    assert set(waiting.values_list("role", flat=True)) == {"manager", "legal", "leadership"}


def test_scores_spread_and_one_person_fails_twice():
    levels = Counter(Result.objects.values_list("level", flat=True))
    assert levels["good"] + levels["qualified"] > levels["excellent"] > 2
    assert 2 <= levels["unqualified"] <= 4
    run = ConsequenceCase.objects.get(rule="two_unqualified")
    assert run.owner.username == "qian.wen"


def test_people_have_a_few_notices_and_no_mail_leaves():
    unread = Counter(Notice.objects.unread().values_list("person__username", flat=True))
    assert unread["manager"] and max(unread.values()) <= 15
    assert Notice.objects.exclude(read_at=None).exists()
    assert not Mail.objects.exists()


def test_nobody_meets_two_clients_at_once():
    done = Visit.objects.exclude(took_place_at=None).values_list("visitor", "took_place_at")
    assert _most((visitor, at.replace(minute=0)) for visitor, at in done) == 1


def test_a_client_is_not_told_the_same_twice():
    said = Visit.objects.exclude(said="").values_list("client", "said")
    assert _most(said) == 1


def _most(values) -> int:
    return max(Counter(values).values())
