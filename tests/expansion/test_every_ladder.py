"""Moving the clock past any deadline tells each recipient once that it is overdue (R-exp-11)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import get_args

import pytest

from appraisal.models import Cycle
from appraisal.services import appeals
from crm.models import Visit
from crm.services.major import leave_with
from expansion import clock
from expansion.approvals.batches import approve_several
from expansion.approvals.selectors import open_step
from expansion.approvals.services import decide
from expansion.jobs import services as jobs
from expansion.notices.events import EVENTS
from expansion.notices.models import Notice
from expansion.office.models import WorkReport
from expansion.office.services import handovers
from expansion.office.services.reports import open_reports
from expansion.rulebook.lateness import ANY, Owed
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Limit as WorkLimit
from expansion.worktime import Period, Unit, deadline, end_of
from tests.make import (
    appraisal,
    authority,
    cases,
    contracts,
    crm,
    partnerships,
    research,
    surveys,
)
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LATE = ("overdue", "late", "missed", "missing", "handover_open")
# What the rulebook may name before its room exists.
TO_COME = {"plans", "tasks", "meetings", "complaints"}
Owing = tuple[datetime, set[str]]  # when it is due, and who hears that it is late


def approvals(cast) -> Owing:
    """Legal owes the decision, the member waits for it; leadership is asked to decide it too."""
    step = open_step(
        decide(actor=cast.manager, request=contracts.submitted(cast), decision="approve")
    )
    return step.due_at, {"legal", "member", "manager"}


def reports(cast) -> Owing:
    open_reports(rules=rules_on(), period=Period.containing("week"))
    own = WorkReport.objects.get(owner=cast.member, kind="weekly_summary")
    WorkReport.objects.exclude(pk=own.pk).delete()
    return own.due_at, {"member", own.recipient.username, "leader", "manager"}


def visits(cast) -> Owing:
    visit = crm.planned(cast.member, crm.client(cast.member))
    day = clock.local_date(Visit.objects.get(pk=visit.pk).planned_at)
    calendar = rules_on().working_time.as_calendar()
    due = deadline(end_of(day), WorkLimit(1, Unit.WORKING_DAYS), calendar)
    return due, {"member", "leader", "manager"}


def records(cast) -> Owing:
    """Checked in and never written down."""
    visit = crm.checked_in(cast.member, crm.planned(cast.member, crm.client(cast.member)))
    return visit.due_at, {"member", "leader", "manager"}


def obligations(cast) -> Owing:
    contract = contracts.signed(cast)
    contract.obligations.exclude(what="首付款").delete()
    return end_of(contract.obligations.get().due_on), {"member", "leader", "manager"}


def milestones(cast) -> Owing:
    phase = partnerships.phase(cast.outsider, partnerships.project(cast.outsider), days=5)
    return end_of(phase.due_on), {"outsider", "deputy", "manager"}


def checks(cast) -> Owing:
    partnerships.running(cast.partner_member)
    return end_of(date(2026, 12, 18)), {"partner_member", "manager"}


def findings(cast) -> Owing:
    plan = research.approved_plan(cast, due_on=date(2026, 11, 27))
    return end_of(plan.due_on), {"outsider", "deputy", "manager"}


def major_matters(cast) -> Owing:
    """The manager decides; above the manager stands leadership."""
    one = authority.escalation(cast)
    calendar = rules_on().working_time.as_calendar()
    within = rules_on().authority.decide_within.value
    return deadline(one.opened_at, within, calendar), {"manager", "leadership"}


def questionnaires(cast) -> Owing:
    held = surveys.closed(cast, [5, 4, 5])
    calendar = rules_on().working_time.as_calendar()
    within = rules_on().surveys.report_within.value
    return deadline(held.closed_at, within, calendar), {"member", "leader", "manager"}


def survey_measures(cast) -> Owing:
    """Whoever is responsible owes it; who runs the survey hears nothing of it."""
    held = surveys.reported(cast, responsible=cast.colleague)
    return end_of(held.measures.get().due_on), {"colleague", "leader", "manager"}


def acceptances(cast) -> Owing:
    """The receiver owes it, and the leader hears of that; manager and HR hear of the whole handover
    on the last day."""
    crm.client(cast.member)
    last = date(2026, 11, 27)
    given = {"person": cast.member, "last_day": last, "reason": "调往上海。"}
    record = handovers.open_handover(actor=cast.manager, **given)
    handovers.divide(actor=cast.manager, record=record, receiver=cast.colleague, kind="crm.clients")
    handovers.offer(actor=cast.manager, record=record)
    return end_of(last), {"colleague", "leader", "manager", "hr"}


def self_reviews(cast) -> Owing:
    cycle = appraisal.frozen(appraisal.opened(cast.version), {})
    for one in cycle.participants.complete().exclude(owner=cast.member):
        appraisal.self_reviewed(one)
    return cycle.self_due_at, {"member", "leader", "manager"}


def evaluations(cast) -> Owing:
    cycle = appraisal.frozen(appraisal.opened(cast.version), {})
    for one in cycle.participants.complete():
        appraisal.self_reviewed(one)
    for one in cycle.participants.complete().exclude(owner=cast.member):
        appraisal.evaluated(one)
    return Cycle.objects.get(pk=cycle.pk).evaluation_due_at, {"leader", "manager"}


def appealed(cast) -> Owing:
    """The manager decides; leadership, who may not read it, hears of its number."""
    cycle = appraisal.whole_quarter(cast)
    one = appeals.file_appeal(
        actor=cast.member, record=appraisal.of(cycle, cast.member), ground="value", text="有误。"
    )
    return one.decide_until, {"manager", "leadership"}


# case: (key of the ladder, what is owed, the job that reminds of it, how its notices begin)
CASES: dict[str, tuple[str, Callable[..., Owing], str, str]] = {
    "approvals": ("approvals", approvals, "approvals.remind", "approvals."),
    "reports": ("reports", reports, "office.remind", "office.report"),
    "visits": ("visits", visits, "crm.mark_missed_visits", "crm.visit"),
    "records": ("visits", records, "crm.remind_of_records", "crm.visit"),
    "obligations": ("obligations", obligations, "crm.remind_of_contracts", "crm."),
    "milestones": ("milestones", milestones, "partnerships.remind", "partnerships."),
    "checks": ("checks", checks, "partnerships.remind", "partnerships."),
    "findings": ("findings", findings, "research.remind", "research."),
    "major_matters": ("major_matters", major_matters, "crm.remind_of_matters", "crm."),
    "surveys": ("surveys", questionnaires, "surveys.attend", "surveys."),
    "survey_measures": ("survey_measures", survey_measures, "surveys.attend", "surveys.measure"),
    "handovers": ("handovers", acceptances, "office.remind_of_confidence", "office.handover"),
    "self_reviews": ("appraisal", self_reviews, "appraisal.remind", "appraisal.self_review"),
    "evaluations": ("appraisal", evaluations, "appraisal.remind", "appraisal.evaluation"),
    "appeals": ("appeals", appealed, "appraisal.remind", "appraisal.appeal"),
} | {
    name: (one.ladder, one.owe, "notices.remind_of_cases", one.kind)
    for name, one in cases.ALL.items()
}
KEYS = {key for key, _owe, _job, _kinds in CASES.values()}


def heard(kinds: str) -> Counter[str]:
    """How often each person was told that something of these kinds is late."""
    late = [kind for kind in EVENTS if kind.startswith(kinds) and kind.endswith(LATE)]
    told = Notice.objects.filter(kind__in=late, within=None).select_related("person")
    return Counter(one.person.username for one in told)


@pytest.mark.parametrize("case", CASES)
def test_each_recipient_hears_once_that_it_is_overdue(cast, case):
    _key, owe, job, kinds = CASES[case]
    due, expected = owe(cast)
    clock.set_clock(due - DAY)
    jobs.run(jobs.enqueue(job))
    assert not heard(kinds)
    for later in (SECOND, DAY, 2 * DAY, 4 * DAY, 6 * DAY, 8 * DAY, 8 * DAY + SECOND):
        clock.set_clock(due + later)
        jobs.run(jobs.enqueue(job))
    assert heard(kinds) == dict.fromkeys(expected, 1)


def test_every_kind_that_the_rulebook_names_is_tried_or_waits_for_its_room():
    named = set(get_args(Owed)) - {ANY}
    assert KEYS | TO_COME == named


def test_a_preset_gives_each_of_them_its_ladder(cast):
    rules = rules_on()
    elsewhere = {"reports", "visits", "obligations", "needs", "files", "satisfaction"}
    assert {one.key for one in rules.ladders} >= KEYS - elsewhere
    assert all(rules.ladder(key).superior_after.value.amount for key in KEYS)


def test_what_is_done_in_time_is_overdue_for_nobody(cast):
    """Information for a plan, a decided matter, a report handed in, an appeal decided."""
    plan = research.approved_plan(cast, due_on=date(2026, 11, 27))
    research.a_finding(cast, plan=plan)
    matter = authority.escalation(cast)
    leave_with(actor=cast.manager, record=matter, reason="继续跟。")
    clock.set_clock(clock.now() + 30 * DAY)
    for job in ("research.remind", "crm.remind_of_matters"):
        jobs.run(jobs.enqueue(job))
    assert not heard("research.") and not heard("crm.escalation")


@pytest.mark.parametrize(
    ("path", "owe", "job", "kinds"),
    [
        ("authority.decide_within", major_matters, "crm.remind_of_matters", "crm.escalation"),
        ("surveys.report_within", questionnaires, "surveys.attend", "surveys.report"),
    ],
)
def test_without_a_limit_nothing_is_due(cast, path, owe, job, kinds):
    due, _expected = owe(cast)
    authority.decree(rules_on().with_changes({path: "0 days"}))
    clock.set_clock(due + 8 * DAY)
    jobs.run(jobs.enqueue(job))
    assert not heard(kinds)


def test_who_acts_for_the_decider_is_reminded_too_and_nobody_above_them(cast):
    authority.acting(cast, cast.leader)
    due, expected = major_matters(cast)
    clock.set_clock(due - DAY)
    jobs.run(jobs.enqueue("crm.remind_of_matters"))
    told = Notice.objects.filter(kind="crm.escalation.due").select_related("person")
    assert {one.person.username for one in told} == {"manager", "leader"}
    clock.set_clock(due + 8 * DAY)
    jobs.run(jobs.enqueue("crm.remind_of_matters"))
    assert heard("crm.escalation") == dict.fromkeys(expected | {"leader"}, 1)


def test_above_a_receiver_nobody_reads_whose_handover_it_is(cast):
    due, _expected = acceptances(cast)
    clock.set_clock(due + 4 * DAY)
    jobs.run(jobs.enqueue("office.remind_of_confidence"))
    notice = Notice.objects.get(kind="office.handover.overdue", person=cast.leader)
    assert cast.colleague.name in notice.title and cast.member.name not in notice.title
    assert notice.url == cast.colleague.get_absolute_url()


def test_above_an_appeal_only_its_number_is_told(cast):
    due, _expected = appealed(cast)
    clock.set_clock(due + 8 * DAY)
    jobs.run(jobs.enqueue("appraisal.remind"))
    notice = Notice.objects.get(kind="appraisal.appeal.overdue", person=cast.leadership)
    assert "SS-2026-001" in notice.title and cast.member.name not in notice.title
    assert notice.url == Cycle.objects.get().get_absolute_url()


def test_a_self_review_that_came_late_goes_no_further_up(cast):
    due, _expected = self_reviews(cast)
    clock.set_clock(due + SECOND)
    jobs.run(jobs.enqueue("appraisal.remind"))
    appraisal.self_reviewed(appraisal.of(Cycle.objects.get(), cast.member))
    clock.set_clock(due + 8 * DAY)
    jobs.run(jobs.enqueue("appraisal.remind"))
    assert heard("appraisal.self_review") == {"member": 1}


def test_of_a_late_approval_whose_superior_is_asked_the_ladder_tells_the_manager_alone(cast):
    due, _expected = approvals(cast)
    for later in (SECOND, 2 * DAY, 8 * DAY):
        clock.set_clock(due + later)
        jobs.run(jobs.enqueue("approvals.remind"))
    assert heard("approvals.step") == {"manager": 1}
    asked = Notice.objects.filter(kind="approvals.escalated", person=cast.leadership)
    assert asked.count() == 1


def test_of_a_late_approval_whose_superior_is_not_asked_both_above_hear(cast):
    """`deciding.late` asks nobody: the ladder alone tells, in its own time."""
    put_in_force({"deciding.late": "reminded", "approvals.contract.chain": ["legal"]})
    step = open_step(contracts.submitted(cast))
    for later in (SECOND, 2 * DAY, 6 * DAY, 8 * DAY):
        clock.set_clock(step.due_at + later)
        jobs.run(jobs.enqueue("approvals.remind"))
    assert heard("approvals.overdue") == {"legal": 1, "member": 1}
    assert heard("approvals.step").keys() >= {"manager"}
    assert set(heard("approvals.step").values()) == {1}


BURST = 5


def read(kind: str) -> list[str]:
    """Whose list shows how many notices of this kind."""
    told = Notice.objects.listed().filter(kind=kind).select_related("person")
    return sorted(one.person.username for one in told)


def test_many_decisions_that_fall_due_or_are_late_are_read_as_one(cast):
    steps = [
        open_step(contracts.submitted(cast, client=crm.client(cast.member))) for _ in range(BURST)
    ]
    clock.set_clock(steps[0].remind_at)
    jobs.run(jobs.enqueue("approvals.remind"))
    assert read("approvals.due") == ["manager"]
    clock.set_clock(steps[0].late_at + DAY)
    for _twice in range(2):
        jobs.run(jobs.enqueue("approvals.remind"))
    assert read("approvals.overdue") == ["member"]
    assert read("approvals.escalated") == ["leadership", "manager"]


def test_many_approved_at_once_are_read_as_one_by_whose_they_are_and_by_who_is_next(cast):
    requests = [contracts.submitted(cast, client=crm.client(cast.member)) for _ in range(BURST)]
    approve_several(actor=cast.manager, versions={one.pk: one.version for one in requests})
    assert read("approvals.approve") == ["member"]
    assert [name for name in read("approvals.open") if name == "legal"] == ["legal"]
    assert Notice.objects.filter(kind="approvals.approve").count() == BURST + 1


def test_many_missed_visits_are_read_as_one(cast):
    for _number in range(BURST):
        crm.planned(cast.member, crm.client(cast.member))
    clock.set_clock(clock.now() + 4 * DAY)
    for _twice in range(2):
        jobs.run(jobs.enqueue("crm.mark_missed_visits"))
    assert read("crm.visit.missed") == ["member"]
