"""The information log: who writes and reads it, what holds, what is late (R-res-02, R-res-04)."""

from datetime import date, datetime

import pytest

from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow, Stale
from expansion.people.models import Unit
from expansion.rulebook.selectors import rules_on
from research.models import Finding
from research.services import findings, plans, removal, reports
from tests.make import research as make

pytestmark = pytest.mark.django_db


def test_a_finding_is_the_collectors_in_the_research_team_with_its_trail(cast):
    finding = make.a_finding(cast)
    assert (finding.owner, finding.team.key) == (cast.outsider, "research")
    assert finding.validity == "unscreened" and not finding.late
    entry = Entry.objects.get(verb="research.finding.logged")
    assert (entry.actor, entry.about_id) == (cast.outsider, finding.pk)


def test_what_the_head_of_research_collects_is_worked_in_the_team(cast):
    assert make.a_finding(cast, actor=cast.deputy).team.key == "research"


@pytest.mark.parametrize("part", ["member", "leader", "hr", "legal", "liaison", "administrator"])
def test_who_does_no_research_logs_nothing(cast, part):
    with pytest.raises(Forbidden):
        make.a_finding(cast, actor=getattr(cast, part))


def test_the_sources_are_those_of_the_rulebook_given(cast):
    with pytest.raises(Invalid) as refusal:
        make.a_finding(cast, source="hearsay")
    assert set(refusal.value.fields) == {"source"}
    assert {item.key for item in rules_on().research.sources} >= {"questionnaire", "statistics"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "   "),
        ("text", " \n "),
        ("category", "weather"),
        ("collected_on", date(2026, 11, 19)),
    ],
)
def test_a_finding_that_says_nothing_or_lies_ahead_is_refused(cast, field, value):
    with pytest.raises(Invalid) as refusal:
        make.a_finding(cast, **{field: value})
    assert set(refusal.value.fields) == {field}
    assert not Finding.objects.exists()


def test_it_is_late_after_the_rulebooks_limit(cast):
    # One working day: Monday's is in time until the end of Tuesday, not on Wednesday.
    assert make.a_finding(cast, collected_on=date(2026, 11, 16)).late
    assert not make.a_finding(cast, collected_on=date(2026, 11, 17)).late


def test_the_limit_is_the_rulebooks_and_no_number_of_ours(cast):
    rules = rules_on().with_changes({"sla.finding_report": "3 working days"})
    finding = findings.log_finding(
        actor=cast.outsider,
        rules=rules,
        title="竞品开业",
        source="news",
        text="河西新开两店。",
        collected_on=date(2026, 11, 16),
    )
    assert not finding.late


def test_a_plans_date_goes_before_the_limit(cast):
    plan = make.approved_plan(cast, due_on=date(2026, 11, 17))
    assert make.a_finding(cast, plan=plan).late
    later = make.approved_plan(cast, title="十二月", due_on=date(2026, 12, 4))
    assert not make.a_finding(cast, plan=later, collected_on=date(2026, 11, 2)).late


def test_nothing_is_collected_under_a_plan_before_its_approval(cast):
    plan = make.a_plan(cast)
    with pytest.raises(NotNow, match=plan.title):
        make.a_finding(cast, plan=plan)
    assert not Finding.objects.exists()


def test_the_first_finding_starts_an_approved_plan_and_a_finished_one_takes_none(cast):
    plan = make.approved_plan(cast)
    make.a_finding(cast, plan=plan)
    plan.refresh_from_db()
    assert plan.status == "running"
    plans.finish_plan(actor=cast.outsider, record=plan)
    with pytest.raises(NotNow):
        make.a_finding(cast, plan=plan)


def test_a_plan_that_one_does_not_see_is_not_there(cast):
    plan = make.approved_plan(cast)
    plan.team = Unit.objects.get(key="client")
    plan.owner = cast.member
    plan.save()
    with pytest.raises(Gone):
        make.a_finding(cast, plan=plan)


# Reading


def test_the_library_is_the_teams_until_it_is_published(cast):
    finding = make.valid(cast)
    mate = make.teammate()
    readers = [cast.outsider, mate, cast.deputy, cast.manager]
    assert all(access.can(person, "view", finding) for person in readers)
    outside = [cast.member, cast.leader, cast.hr, cast.liaison, cast.leadership]
    assert not any(access.can(person, "view", finding) for person in outside)


def test_a_published_finding_is_read_by_the_department_and_changed_by_the_team(cast):
    finding = make.published(cast)
    for person in (cast.member, cast.leader, cast.partner_member, cast.consolidator):
        assert access.can(person, "view", finding)
        assert not access.can(person, "edit", finding)
    for person in (cast.hr, cast.liaison, cast.legal, cast.administrator):
        assert not access.can(person, "view", finding)


def test_only_the_teams_head_or_the_manager_publishes_and_only_what_holds(cast):
    finding = make.a_finding(cast)
    with pytest.raises(Forbidden):
        findings.publish_finding(actor=cast.outsider, record=finding)
    with pytest.raises(NotNow):
        findings.publish_finding(actor=cast.deputy, record=finding)


def test_publishing_twice_changes_nothing_more(cast):
    finding = make.published(cast)
    findings.publish_finding(actor=cast.manager, record=finding)
    assert Entry.objects.filter(verb="research.finding.published").count() == 1


# Screening


def test_an_invalid_one_needs_its_reason_and_leaves_the_department(cast):
    finding = make.published(cast)
    with pytest.raises(Invalid):
        findings.screen_finding(actor=cast.deputy, record=finding, valid=False, reason=" ")
    findings.screen_finding(actor=cast.deputy, record=finding, valid=False, reason="重复登记")
    finding.refresh_from_db()
    assert finding.published_at is None
    assert not access.can(cast.member, "view", finding)
    assert not Finding.objects.usable().exists()
    assert Entry.objects.get(verb="research.finding.invalid").changes["invalid_reason"] == [
        "",
        "重复登记",
    ]


def test_a_teammates_finding_is_not_ones_own_to_screen(cast):
    with pytest.raises(Forbidden):
        findings.screen_finding(actor=make.teammate(), record=make.a_finding(cast), valid=True)


def test_new_words_have_to_be_screened_again(cast):
    finding = make.published(cast)
    findings.update_finding(
        actor=cast.outsider, record=finding, rules=rules_on(), text="样本改为 38 家门店。"
    )
    finding.refresh_from_db()
    assert (finding.validity, finding.published_at) == ("unscreened", None)


def test_a_stale_change_is_refused(cast):
    finding = make.a_finding(cast)
    change = {"actor": cast.outsider, "record": finding, "rules": rules_on(), "version": 1}
    findings.update_finding(**change, period="三季度")
    with pytest.raises(Stale):
        findings.update_finding(**change, period="四季度")
    assert Finding.objects.get().period == "三季度"


# Adopting


def test_a_decision_rests_on_a_finding_once(cast):
    finding = make.valid(cast)
    findings.adopt_finding(actor=cast.manager, record=finding, decision="午后场套餐试点")
    with pytest.raises(NotNow):
        findings.adopt_finding(actor=cast.manager, record=finding, decision="另一项")
    finding.refresh_from_db()
    assert (finding.adopted_by, finding.adopted_for) == (cast.manager, "午后场套餐试点")
    assert Entry.objects.filter(verb="research.finding.adopted").count() == 1


def test_nobody_adopts_the_own_finding(cast):
    finding = make.a_finding(cast, actor=cast.deputy)
    findings.screen_finding(actor=cast.manager, record=finding, valid=True)
    with pytest.raises(Forbidden):
        findings.adopt_finding(actor=cast.deputy, record=finding, decision="自用")
    make.deputised(cast)
    with pytest.raises(Forbidden):
        findings.adopt_finding(actor=cast.again(cast.deputy), record=finding, decision="自用")


def test_another_teams_leader_adopts_what_is_published_and_nothing_else(cast):
    hidden, shown = make.valid(cast), make.published(cast, title="团建预订提前")
    with pytest.raises(Forbidden):
        findings.adopt_finding(actor=cast.leader, record=hidden, decision="拜访重点")
    findings.adopt_finding(actor=cast.leader, record=shown, decision="拜访重点")


@pytest.mark.parametrize("decision", ["", "   "])
def test_the_decision_is_named(cast, decision):
    with pytest.raises(Invalid):
        findings.adopt_finding(actor=cast.manager, record=make.valid(cast), decision=decision)


def test_what_does_not_hold_is_not_adopted(cast):
    with pytest.raises(NotNow):
        findings.adopt_finding(actor=cast.manager, record=make.a_finding(cast), decision="试点")


def test_what_was_adopted_keeps_its_words_and_its_place(cast):
    finding = make.valid(cast)
    findings.adopt_finding(actor=cast.manager, record=finding, decision="试点")
    with pytest.raises(NotNow):
        findings.update_finding(
            actor=cast.outsider, record=finding, rules=rules_on(), text="另一种说法"
        )
    with pytest.raises(NotNow):
        findings.screen_finding(actor=cast.deputy, record=finding, valid=False, reason="不对")
    with pytest.raises(NotNow):
        removal.delete_record(actor=cast.outsider, record=finding, reason="不要了")


# Deleting


def test_a_deleted_finding_leaves_the_lists_and_comes_back(cast):
    finding = make.a_finding(cast)
    with pytest.raises(Forbidden):
        removal.delete_record(actor=make.teammate(), record=finding, reason="重复")
    removal.delete_record(actor=cast.outsider, record=finding, reason="重复")
    assert not Finding.objects.live().exists()
    with pytest.raises(Forbidden):
        removal.restore_record(actor=cast.outsider, record=finding)
    removal.restore_record(actor=cast.deputy, record=finding)
    assert Finding.objects.live().get() == finding
    verbs = Entry.objects.filter(about_id=finding.pk).values_list("verb", flat=True)
    assert {"research.finding.deleted", "research.finding.restored"} <= set(verbs)


def test_what_a_report_rests_on_stays(cast):
    finding, report = make.valid(cast), make.a_report(cast)
    reports.cite_findings(
        actor=cast.outsider, record=report, shown=[finding.pk], chosen=[finding.pk]
    )
    with pytest.raises(NotNow):
        removal.delete_record(actor=cast.outsider, record=finding, reason="重复")


def test_lateness_is_settled_when_it_is_logged(cast):
    finding = make.a_finding(cast)
    clock.set_clock(datetime(2026, 12, 24, 10, 0))
    findings.update_finding(actor=cast.outsider, record=finding, rules=rules_on(), period="三季度")
    finding.refresh_from_db()
    assert not finding.late
