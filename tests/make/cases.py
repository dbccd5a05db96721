"""Cases of the compliance board that people are reminded of: what is owed, until when and by whom;
how it is done in time; the limit without which nothing is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from appraisal.models import Cycle
from appraisal.services import results as scores
from crm.models import Client, Communication, Lead, Opportunity, StageMove
from crm.services.clients import update_client
from expansion import clock
from expansion.people.models import Membership
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Limit, Unit, deadline, end_of
from partnerships.models import Partner
from tests.make import appraisal, authority, contracts, crm, partnerships, surveys, training
from tests.make.rules import put_in_force
from training import services as courses
from training.models import Course, Session

Owing = tuple[datetime, set[str]]  # when it is due, and who hears that it is late
CLIENT_DESK = {"member", "leader", "manager"}


@dataclass(frozen=True)
class Case:
    """`kind` is how its notices begin; `ladder` the key of the rulebook's ladder."""

    ladder: str
    kind: str
    limit: str
    owe: Callable[[Any], Owing]
    settle: Callable[[Any], Any]


def in_days(days: int) -> datetime:
    return end_of(clock.today() + timedelta(days=days))


def return_visit(cast) -> Owing:
    """Signed two days ago; from then on every thirty days."""
    signed = contracts.signed(cast).signed_on
    return end_of(signed + timedelta(days=30)), CLIENT_DESK


def visited(cast) -> None:
    crm.visit(cast.member, Client.objects.get())


def lead(cast) -> Owing:
    put_in_force({"sla.lead_follow_up": "30 days"})
    one = crm.lead(cast.member, crm.client(cast.member))
    Lead.objects.filter(pk=one.pk).update(
        status="effective", effective_on=clock.today(), effective_owner=cast.member
    )
    return in_days(30), CLIENT_DESK


def called(cast) -> None:
    """Kept as it is: the service would judge the lead anew."""
    client = Client.objects.get()
    Communication.objects.create(
        client=client, owner=cast.member, team=client.team, by=cast.member, channel="phone",
        at=clock.now(), said="确认下午两点面谈。",
    )  # fmt: skip


def client_file(cast) -> Owing:
    put_in_force({"sla.file_refresh": "90 days"})
    crm.client(cast.member)
    return in_days(90), CLIENT_DESK


def renewed(cast) -> None:
    update_client(actor=cast.member, record=Client.objects.get(), industry="酒店")


def need(cast) -> Owing:
    """Received this morning; within four working hours it is taken on."""
    rules = authority.decree(preset("market"))
    one = crm.opportunity(cast.member, crm.client(cast.member))
    Opportunity.objects.filter(pk=one.pk).update(pipeline="need")
    due = deadline(one.created_at, rules.sla.need_analysis.value, rules.working_time.as_calendar())
    return due, CLIENT_DESK


def taken_on(cast) -> None:
    need = Opportunity.objects.get()
    StageMove.objects.create(
        opportunity=need, from_stage="received", to_stage="analysis", by=cast.member,
        at=need.created_at + timedelta(hours=1),
    )  # fmt: skip


def partner(cast) -> Owing:
    partnerships.partner(cast.partner_member)
    return in_days(30), {"partner_member", "manager"}


def informed(cast) -> None:
    crm.visit(cast.partner_member, Partner.objects.get().client)


def trained(cast) -> Session:
    """An internal session that the leader has held."""
    session = training.enrolling(cast.leader, hours_ahead=1)
    seat = courses.enrol(actor=cast.member, record=session)
    clock.set_clock(session.ends_at + timedelta(hours=1))
    return courses.mark_attendance(actor=cast.leader, record=session, marks={seat.pk: "attended"})


def next_training(cast) -> Owing:
    day = clock.local_date(trained(cast).starts_at)
    return deadline(end_of(day), Limit(3, Unit.MONTHS)), {"leader", "manager"}


def onboarding(cast) -> Owing:
    """The member began today, in a house where the new are trained within a week."""
    put_in_force({"training.onboarding": "7 days"})
    Membership.objects.filter(user=cast.member).update(since=clock.today())
    return in_days(7), CLIENT_DESK


def trained_as_new(cast) -> None:
    trained(cast)
    Course.objects.update(category="onboarding")


def satisfaction(cast) -> Owing:
    put_in_force({"surveys.asked": "90 days"})
    signed = contracts.signed(cast).signed_on
    return end_of(signed + timedelta(days=90)), CLIENT_DESK


def asked(cast) -> None:
    client = Client.objects.get()
    several = [client, *(crm.client(cast.member) for _more in range(2))]
    surveys.opened(cast, clients=several, valid_until=clock.today() + timedelta(days=7))


def final(cast) -> Owing:
    """Everybody is evaluated; the manager's own score is the leadership's to fix."""
    cycle = appraisal.reviewed(appraisal.frozen(appraisal.opened(cast.version), {}))
    scores.fix_results(actor=cast.leadership, record=cycle)
    return within_feedback(cycle.evaluation_due_at), {"manager", "leadership"}


def fixed(cast) -> None:
    scores.fix_results(actor=cast.manager, record=Cycle.objects.get())


def result(cast) -> Owing:
    final(cast)
    fixed(cast)
    scores.deliver_results(actor=cast.leadership, record=Cycle.objects.get())
    return within_feedback(clock.now()), {"manager", "leadership"}


def delivered(cast) -> None:
    scores.deliver_results(actor=cast.manager, record=Cycle.objects.get())


def within_feedback(moment: datetime) -> datetime:
    rules = rules_on()
    limit, calendar = rules.appraisal.feedback_due.value, rules.working_time.as_calendar()
    return deadline(moment, limit, calendar)


ALL = {
    "return_visits": Case(
        "return_visits", "crm.return_visit", "sla.return_visit", return_visit, visited
    ),
    "leads": Case("leads", "crm.lead", "sla.lead_follow_up", lead, called),
    "files": Case("files", "crm.file", "sla.file_refresh", client_file, renewed),
    "needs": Case("needs", "crm.need", "sla.need_analysis", need, taken_on),
    "partners": Case("partners", "partnerships.update", "sla.partner_update", partner, informed),
    "trainings": Case(
        "trainings", "training.next", "training.internal_every", next_training, trained
    ),
    "onboarding": Case(
        "trainings", "training.onboarding", "training.onboarding", onboarding, trained_as_new
    ),
    "satisfaction": Case("satisfaction", "crm.satisfaction", "surveys.asked", satisfaction, asked),
    "finals": Case("results", "appraisal.final", "appraisal.feedback_due", final, fixed),
    "results": Case("results", "appraisal.result", "appraisal.feedback_due", result, delivered),
}
