"""Whom the rulebook names proposes a measure and decides over it (R-apr-14, readings 6 to 10)."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils.translation import override

from appraisal import improvement
from appraisal.access import proposed_by
from appraisal.cards import _cases as waiting_cases
from appraisal.models import ConsequenceCase, Result
from appraisal.services import cycles
from appraisal.services.consequences import propose_measure, run_consequences, why_not_yet
from expansion import access, clock
from expansion.approvals.models import Request, Step
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.people.models import Mandate
from expansion.rulebook.loading import from_data, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import forget_rules
from tests.make import appraisal as make

LOW = 20
GIVEN = {"measure": "warning", "reason": "三项指标均未达标。", "said": "承认不足，愿意改进。"}


def reruled(cast, **rule) -> None:
    """The version of the cast's cycles, in which the first consequence says this."""
    data = to_data(from_data(Version.objects.get(pk=cast.version.pk).content))
    first = data["consequences"][0]
    for name, value in rule.items():
        first[name] = {"value": value, "source": "admin"} if name in PARAMETERS else value
    Version.objects.filter(pk=cast.version.pk).update(content=to_data(from_data(data)))
    cast.version.refresh_from_db()
    forget_rules()


PARAMETERS = ("proposed_by", "decided_by", "periods")


def a_case(cast, person) -> ConsequenceCase:
    """The case that an unqualified quarter of this person opened."""
    make.closed(make.whole_quarter(cast, {}, {person.pk: LOW}), by=cast.manager)
    return ConsequenceCase.objects.get(owner=person)


@pytest.fixture
def case(cast) -> ConsequenceCase:
    """许晴's, where the superior proposes and the manager decides."""
    reruled(cast, proposed_by="superior", decided_by=["manager"])
    return a_case(cast, cast.member)


def proposed(case, actor, **more) -> ConsequenceCase:
    return propose_measure(actor=actor, record=case, **GIVEN | more)


def decided(case, actor, decision="approve", comment="") -> ConsequenceCase:
    decide(actor=actor, request=latest(case), decision=decision, comment=comment)
    return ConsequenceCase.objects.get(pk=case.pk)


def waits_for(person) -> set[str]:
    return {todo.url for todo in waiting_cases(person)}


def test_whom_the_rule_names_proposes_and_nobody_else(cast, case):
    assert (case.proposer, case.deciders) == ("superior", ["manager"])
    for person in (cast.manager, cast.hr, cast.leadership, cast.deputy, cast.member):
        assert not access.can(person, "propose", case)
        with pytest.raises(Forbidden):
            proposed(case, person)
    assert case.get_absolute_url() in waits_for(cast.leader)
    assert case.get_absolute_url() not in waits_for(cast.manager)
    case = proposed(case, cast.leader)
    assert (case.status, case.measure, case.proposed_by) == ("proposed", "warning", cast.leader)
    entry = Entry.objects.get(verb="appraisal.measure.proposed")
    assert (entry.actor, entry.about) == (cast.leader, case)
    assert case.get_absolute_url() not in waits_for(cast.leader)


def test_whom_the_rule_names_decides_and_nothing_takes_effect_before(cast, case):
    proposed(case, cast.leader)
    step = Step.objects.get(request=latest(case))
    assert (step.role, step.status) == ("manager", "open")
    assert Notice.objects.filter(person=cast.manager, kind="approvals.open").exists()
    for person in (cast.leader, cast.hr, cast.leadership, cast.member):
        with pytest.raises(Forbidden):
            decided(case, person)
    case = decided(case, cast.manager)
    assert (case.status, case.decided_at) == ("decided", clock.now())
    assert Entry.objects.filter(verb="appraisal.measure.decided", actor=cast.manager).count() == 1
    with pytest.raises(NotNow):
        proposed(case, cast.leader)


def test_a_decider_waives_with_a_reason(cast, case):
    proposed(case, cast.leader)
    with pytest.raises(Invalid):
        decided(case, cast.manager, "reject")
    assert decided(case, cast.manager, "reject", "客户停业，非本人原因。").status == "waived"


def test_what_is_returned_is_proposed_again_and_not_twice_at_once(cast, case):
    proposed(case, cast.leader)
    with pytest.raises(NotNow):
        proposed(case, cast.leader)
    assert decided(case, cast.manager, "return", "补充谈话记录。").status == "open"
    assert case.get_absolute_url() in waits_for(cast.leader)
    proposed(case, cast.leader, measure="demotion")
    assert Request.objects.filter(kind="measure").count() == 2


def test_the_person_is_heard_before_anything_is_proposed(cast, case):
    with pytest.raises(Invalid) as refusal:
        proposed(case, cast.leader, said="  ")
    assert set(refusal.value.fields) == {"said"}
    proposed(case, cast.leader)
    texts = {one["key"]: one["text"] for one in latest(case).snapshot["sections"]}
    assert texts["said"] == GIVEN["said"] and texts["reason"] == GIVEN["reason"]


def test_who_decides_stays_as_it_was_when_the_case_was_opened(cast, case):
    reruled(cast, proposed_by="manager", decided_by=["leadership"])
    proposed(ConsequenceCase.objects.get(pk=case.pk), cast.leader)
    assert Step.objects.get(request=latest(case)).role == "manager"


def test_three_decide_and_who_proposed_is_not_one_of_them(cast):
    reruled(cast, decided_by=["manager", "hr", "leadership"])
    case = a_case(cast, cast.partner_member)
    proposed(case, cast.manager)
    deciders = {
        step.role: [one.pk for one in (step.person,) if one]
        for step in Step.objects.filter(request=latest(case)).exclude(status="skipped")
    }
    assert cast.manager.pk not in {pk for named in deciders.values() for pk in named}
    assert list(deciders) == ["hr", "leadership"]  # the leadership stands in for the manager too
    assert decided(case, cast.hr).status == "proposed"
    assert decided(case, cast.leadership).status == "decided"


def test_of_the_manager_whoever_appraises_the_manager_proposes(cast):
    case = a_case(cast, cast.manager)
    assert case.proposer == "leadership"
    assert access.can(cast.leadership, "propose", case)
    assert not access.can(cast.manager, "view", case)
    assert case in ConsequenceCase.objects.filter(proposed_by(cast.leadership))


def test_a_delegate_proposes_and_the_mandate_is_stamped(cast):
    case = a_case(cast, cast.partner_member)
    with pytest.raises(Forbidden):
        proposed(case, cast.deputy)
    Mandate.objects.create(
        principal=cast.manager, delegate=cast.deputy, created_by=cast.manager, reason="leave",
        starts_at=clock.now(), ends_at=clock.now() + timedelta(days=3),
    )  # fmt: skip
    proposed(case, cast.again(cast.deputy))
    entry = Entry.objects.get(verb="appraisal.measure.proposed")
    assert (entry.actor, entry.for_person) == (cast.deputy, cast.manager)


def test_while_the_result_is_open_again_nothing_is_decided(cast, case):
    proposed(case, cast.leader)
    cycles.reopen_cycle(actor=cast.manager, record=case.participant.cycle, reason="补录")
    with pytest.raises(NotNow):
        decided(case, cast.manager)
    assert latest(case).status == "pending"


def test_a_case_that_is_no_longer_founded_takes_its_approval_along(cast, case):
    proposed(case, cast.leader)
    Result.objects.filter(participant=case.participant).update(level="qualified")
    one = make.of(case.participant.cycle, cast.member)
    for _run in range(2):
        run_consequences(actor=cast.manager, participants=[one])
    case.refresh_from_db()
    assert (case.status, case.measure, case.said) == ("lifted", "", "")
    assert latest(case).status == "withdrawn"
    assert Entry.objects.filter(verb="appraisal.case.lifted").count() == 1


@pytest.fixture
def plans(monkeypatch):
    """A stand-in for the improvement plans: the results after which one ran to its end."""
    ran: set[int] = set()
    monkeypatch.setattr(improvement, "_ran", improvement._ran)
    improvement.plans_come_from(lambda participant: participant.pk in ran)
    return ran


def test_a_measure_waits_for_the_improvement_plan_of_each_failed_period(cast, plans):
    reruled(cast, after_improvement_plan=True)
    case = a_case(cast, cast.partner_member)
    with pytest.raises(NotNow) as refusal:
        proposed(case, cast.manager, measure="demotion")
    assert case.participant.cycle.period.label in refusal.value.message
    assert case.get_absolute_url() not in waits_for(cast.manager)
    plans.add(case.participant_id)
    assert case.get_absolute_url() in waits_for(cast.manager)
    assert proposed(case, cast.manager, measure="demotion").status == "proposed"


def test_without_anybody_who_keeps_plans_none_ran(cast):
    reruled(cast, after_improvement_plan=True)
    with pytest.raises(NotNow):
        proposed(a_case(cast, cast.partner_member), cast.manager)


def test_who_reads_a_case_and_its_approval(cast, case, sign_in):
    proposed(case, cast.leader)
    request = latest(case)
    readers = {"leader", "manager", "hr", "leadership"}
    for part, person in cast.everyone().items():
        if person.is_authenticated and person.is_active:
            seen = access.can(person, "view", case), access.can(person, "view", request)
            assert seen == (part in readers,) * 2, part
    page = sign_in(cast.manager).get(case.get_absolute_url()).text
    assert GIVEN["said"] in page and request.get_absolute_url() in page
    assert sign_in(cast.member).get(request.get_absolute_url()).status_code == 404


def test_the_page_says_why_nothing_can_be_proposed_yet(cast, sign_in):
    reruled(cast, after_improvement_plan=True)
    case = a_case(cast, cast.partner_member)
    page = sign_in(cast.manager).get(case.get_absolute_url()).text
    assert f"{case.get_absolute_url()}/propose" not in page
    with override("zh-hans"):
        assert why_not_yet(case) in page
    sent = {"request_id": "m1", **GIVEN}
    assert sign_in(cast.manager).post(f"{case.get_absolute_url()}/propose", sent).status_code == 409


def test_a_measure_that_nobody_decides_is_no_rule(cast):
    with pytest.raises(Invalid) as refusal:
        reruled(cast, decided_by=[])
    assert list(refusal.value.fields) == ["consequences.one_unqualified.decided_by"]


def test_a_case_from_before_keeps_who_fixed_the_score(cast, case):
    """The step of the migration: whoever fixed scores proposed until then."""
    step = import_module("appraisal.migrations.0003_deciders_of_measures")
    ConsequenceCase.objects.update(proposer="", deciders=[])
    step.as_before(apps, None)
    case.refresh_from_db()
    assert (case.proposer, case.deciders) == ("manager", ["manager"])


def test_the_person_is_told_what_was_decided_and_reads_the_result_not_the_case(cast, case):
    case = decided(proposed(case, cast.leader), cast.manager)
    notice = Notice.objects.get(kind="appraisal.measure_decided")
    assert notice.person == cast.member
    assert "警告" in notice.title
    assert notice.url == case.participant.get_absolute_url()
    assert not access.can(cast.member, "view", case)


def test_the_person_is_told_that_no_measure_is_taken(cast, case):
    decided(proposed(case, cast.leader), cast.manager, "reject", "情有可原。")
    notice = Notice.objects.get(kind="appraisal.measure_decided")
    assert notice.person == cast.member and "警告" not in notice.title


def test_what_is_returned_is_not_told_as_decided(cast, case):
    decided(proposed(case, cast.leader), cast.manager, "return", "补充事实。")
    assert not Notice.objects.filter(kind="appraisal.measure_decided").exists()
