"""Research plans: four sections, the manager's approval, nothing before it (R-res-01, A-3.1.1)."""

import pytest

from expansion import access
from expansion.approvals.models import Decision
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide, withdraw
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.rulebook.selectors import rules_on
from research.models import ResearchPlan
from research.services import plans, removal
from tests.make import research as make

pytestmark = pytest.mark.django_db


def test_a_plan_has_the_rulebooks_sections(cast):
    plan = make.a_plan(cast)
    assert [section.key for section in plan.sections] == [
        "purpose",
        "content",
        "method",
        "schedule",
    ]
    assert [section.label for section in plan.sections][0] == "Purpose"
    assert Entry.objects.filter(verb="research.plan.created").count() == 1


def test_a_begun_plan_keeps_its_sections_when_the_rulebook_changes(cast):
    rules = rules_on()
    shorter = rules.model_copy(
        update={
            "research": rules.research.model_copy(
                update={"plan_fields": rules.research.plan_fields[:2]}
            )
        }
    )
    old = make.a_plan(cast)
    new = plans.create_plan(actor=cast.outsider, rules=shorter, title="短计划")
    assert len(list(old.sections)) == 4
    assert len(list(new.sections)) == 2


@pytest.mark.parametrize("part", ["member", "leader", "hr", "liaison"])
def test_who_does_no_research_plans_none(cast, part):
    with pytest.raises(Forbidden):
        make.a_plan(cast, actor=getattr(cast, part))


def test_the_head_of_research_changes_the_teams_plan_and_others_do_not(cast):
    plan = make.a_plan(cast)
    plans.update_plan(actor=cast.deputy, record=plan, title="十二月计划", version=1)
    with pytest.raises(Stale):
        plans.update_plan(actor=cast.outsider, record=plan, title="别的", version=1)
    with pytest.raises(Forbidden):
        plans.update_plan(actor=make.teammate(), record=plan, title="别的")
    assert ResearchPlan.objects.get().title == "十二月计划"


def test_a_plan_with_an_empty_section_is_refused_and_the_sections_are_named(cast):
    plan = make.a_plan(cast, texts=make.PLAN | {"method": " ", "schedule": ""})
    with pytest.raises(Invalid, match="Method, Schedule"):
        plans.submit_plan(actor=cast.outsider, record=plan, rules=rules_on())
    assert latest(plan) is None


def test_the_manager_approves_and_the_plan_may_run(cast):
    plan = make.approved_plan(cast)
    assert plan.status == "approved"
    assert [made.by for made in Decision.objects.all()] == [cast.manager]


def test_a_returned_plan_is_revised_and_goes_again(cast):
    plan = make.a_plan(cast)
    plans.submit_plan(actor=cast.outsider, record=plan, rules=rules_on())
    with pytest.raises(NotNow):
        plans.update_plan(actor=cast.outsider, record=plan, title="改")
    decide(actor=cast.manager, request=latest(plan), decision="return", comment="样本太少")
    plans.update_plan(actor=cast.outsider, record=plan, title="改", texts={"method": "访谈 60 家"})
    plans.submit_plan(actor=cast.outsider, record=plan, rules=rules_on())
    assert latest(plan).round == 2


def test_a_withdrawn_plan_is_a_draft_again_and_a_rejected_one_is_closed(cast):
    plan = make.a_plan(cast)
    plans.submit_plan(actor=cast.outsider, record=plan, rules=rules_on())
    withdraw(actor=cast.outsider, request=latest(plan))
    plan.refresh_from_db()
    assert plan.status == "draft"
    plans.submit_plan(actor=cast.outsider, record=plan, rules=rules_on())
    decide(actor=cast.manager, request=latest(plan), decision="reject", comment="不做")
    with pytest.raises(NotNow):
        plans.submit_plan(actor=cast.outsider, record=plan, rules=rules_on())


def test_only_a_plan_that_may_run_is_finished(cast):
    plan = make.a_plan(cast)
    with pytest.raises(NotNow):
        plans.finish_plan(actor=cast.outsider, record=plan)
    running = make.approved_plan(cast, title="十二月")
    assert plans.finish_plan(actor=cast.outsider, record=running).status == "finished"
    assert Entry.objects.filter(verb="research.plan.finished").count() == 1


def test_a_plan_is_the_teams_matter(cast):
    plan = make.a_plan(cast)
    assert access.can(make.teammate(), "view", plan)
    for person in (cast.member, cast.leader, cast.hr, cast.liaison, cast.legal):
        assert not access.can(person, "view", plan)


def test_a_draft_is_deleted_and_an_approved_plan_stays(cast):
    plan = removal.delete_record(actor=cast.outsider, record=make.a_plan(cast), reason="不做了")
    assert plan.deleted_by == cast.outsider
    with pytest.raises(Forbidden):
        plans.submit_plan(actor=cast.manager, record=plan, rules=rules_on())
    with pytest.raises(NotNow):
        removal.delete_record(actor=cast.outsider, record=make.approved_plan(cast), reason="不做了")


def test_a_title_and_reasonable_lengths_are_asked_for(cast):
    with pytest.raises(Invalid):
        make.a_plan(cast, title="  ")
    with pytest.raises(Invalid) as refusal:
        make.a_plan(cast, texts={"purpose": "长" * (plans.LONGEST + 1)})
    assert set(refusal.value.fields) == {"text_purpose"}
