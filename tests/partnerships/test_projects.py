"""Projects: who leads and sees them, what each move asks, phases, checks, reminders."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow, Stale
from expansion.notices.models import Notice, Wording
from expansion.people.services.shares import share_record
from expansion.rulebook.selectors import rules_on
from partnerships.models import Milestone, Project
from partnerships.selectors import check_due_on, light, with_state
from partnerships.services import milestones, partners, projects
from tests.make import crm
from tests.make import partnerships as make

pytestmark = pytest.mark.django_db


def state(project: Project) -> Project:
    return with_state(Project.objects.filter(pk=project.pk)).get()


def test_a_client_becomes_a_partner_once_and_gets_the_role(cast):
    client = crm.client(cast.partner_member)
    partner = make.partner(cast.partner_member, client=client)
    assert client.roles.filter(role="partner").exists()
    with pytest.raises(Invalid):
        make.partner(cast.partner_member, client=client)
    assert Entry.objects.filter(verb="partnerships.partner.created", about_id=partner.pk).exists()


def test_a_kind_that_the_rulebook_does_not_list_is_refused(cast):
    with pytest.raises(Invalid):
        make.partner(cast.partner_member, kind="landlord")


def test_an_ended_partner_opens_no_project(cast):
    partner = make.partner(cast.partner_member)
    ended = partners.update_partner(
        actor=cast.partner_member, record=partner, rules=rules_on(), status="ended"
    )
    assert ended.ended_on == clock.today()
    with pytest.raises(NotNow):
        make.project(cast.partner_member, of=partner)


def test_a_project_opens_in_the_first_stage_and_its_writer_leads(cast):
    project = make.project(cast.partner_member)
    assert (project.stage, project.status) == ("opportunity", "planned")
    assert (project.owner, project.team.key) == (cast.partner_member, "partnership")


def test_a_stranger_sees_nothing_and_whoever_sees_the_client_sees_the_project(cast):
    project = make.project(cast.manager, of=make.partner(cast.member))
    assert access.can(cast.member, "view", project)
    assert access.can(cast.leader, "view", project)
    assert not access.can(cast.member, "edit", project)
    assert not access.can(cast.outsider, "view", project)
    assert not access.can(cast.hr, "view", project)


def test_reading_a_partner_opens_no_project_and_working_it_does(cast):
    partner = make.partner(cast.partner_member)
    terms = {"reason": "代管", "until": clock.today(), "person": cast.member}
    with pytest.raises(Gone):
        make.project(cast.member, of=partner)
    share_record(actor=cast.partner_member, record=partner.client, **terms)
    assert access.can(cast.again(cast.member), "view", partner)
    with pytest.raises(Forbidden):
        make.project(cast.again(cast.member), of=partner)
    assert not Project.objects.exists()
    share_record(actor=cast.partner_member, record=partner.client, for_work=True, **terms)
    assert make.project(cast.again(cast.member), of=partner).owner == cast.member


def test_who_answers_for_a_phase_sees_the_project_and_ticks_it_off(cast):
    project = make.project(cast.partner_member)
    phase = make.phase(cast.partner_member, project, owner=cast.outsider)
    assert access.can(cast.outsider, "view", project)
    assert Notice.objects.filter(person=cast.outsider, kind="partnerships.milestone.given").exists()
    done = milestones.complete_milestone(actor=cast.outsider, record=phase, done_on=clock.today())
    assert done.done_by == cast.outsider
    with pytest.raises(Forbidden):
        milestones.reopen_milestone(actor=cast.outsider, record=phase, reason="看错了")


def test_a_stage_asks_for_the_approved_scheme_and_for_an_approved_contract(cast):
    project = make.project(cast.partner_member)
    with pytest.raises(Invalid):
        projects.move_project(actor=cast.partner_member, record=project, stage="signing")
    projects.update_project(actor=cast.partner_member, record=project, scheme=make.SCHEME)
    with pytest.raises(Invalid):
        projects.move_project(actor=cast.partner_member, record=project, stage="signing")
    make.approved(cast.partner_member, project)
    moved = projects.move_project(actor=cast.partner_member, record=project, stage="signing")
    assert moved.stage == "signing"
    with pytest.raises(Invalid):
        projects.move_project(actor=cast.partner_member, record=project, stage="implementation")
    contract = make.signed_contract(cast, project)
    projects.link_contract(actor=cast.partner_member, record=project, contract=contract)
    moved = projects.move_project(actor=cast.partner_member, record=project, stage="implementation")
    assert moved.stage == "implementation"


def test_only_heads_move_without_what_is_missing_and_say_why(cast):
    project = make.project(cast.partner_member)
    jump = {"record": project, "stage": "signing", "override": True}
    with pytest.raises(Forbidden):
        projects.move_project(actor=cast.partner_member, reason="急", **jump)
    with pytest.raises(Invalid):
        projects.move_project(actor=cast.manager, **jump)
    moved = projects.move_project(actor=cast.manager, reason="总部已口头同意。", **jump)
    entry = Entry.objects.get(verb="partnerships.project.moved")
    assert moved.stage == "signing" and entry.changes["missing"][1]


def test_going_back_needs_a_reason(cast):
    project = make.project(cast.partner_member)
    projects.move_project(actor=cast.partner_member, record=project, stage="intent")
    with pytest.raises(Invalid):
        projects.move_project(actor=cast.partner_member, record=project, stage="opportunity")


def test_a_project_starts_with_a_scheme_and_ends_without_open_phases(cast):
    project = make.project(cast.partner_member)
    with pytest.raises(NotNow):
        projects.start_project(actor=cast.partner_member, record=project)
    project = make.running(cast.partner_member)
    phase = make.phase(cast.partner_member, project)
    with pytest.raises(NotNow):
        projects.finish_project(actor=cast.partner_member, record=project)
    milestones.complete_milestone(actor=cast.partner_member, record=phase, done_on=clock.today())
    done = projects.finish_project(actor=cast.partner_member, record=project)
    assert (done.status, done.ended_on) == ("done", clock.today())
    with pytest.raises(NotNow):
        projects.update_project(actor=cast.partner_member, record=done, title="别的")
    written = projects.update_project(
        actor=cast.partner_member, record=done, evaluation="引流 86 单。"
    )
    assert written.evaluation


def test_another_firms_contract_cannot_sign_the_project(cast):
    first, second = make.project(cast.partner_member), make.project(cast.partner_member)
    contract = make.signed_contract(cast, first)
    with pytest.raises(Invalid):
        projects.link_contract(actor=cast.partner_member, record=second, contract=contract)


def test_a_stale_change_is_refused(cast):
    project = make.project(cast.partner_member)
    projects.update_project(actor=cast.manager, record=project, version=1, title="新题目")
    with pytest.raises(Stale):
        projects.update_project(actor=cast.partner_member, record=project, version=1, title="旧")


def test_a_date_that_has_passed_stays(cast):
    project = make.project(cast.partner_member)
    phase = make.phase(cast.partner_member, project, days=1)
    with clock.clock_at(clock.now() + timedelta(days=3)):
        with pytest.raises(NotNow):
            milestones.update_milestone(
                actor=cast.partner_member, record=phase, due_on=date(2026, 12, 24)
            )
        with pytest.raises(NotNow):
            milestones.remove_milestone(actor=cast.partner_member, record=phase, reason="不做了")


def test_a_phase_without_owner_is_flagged_and_a_late_one_turns_the_light(cast):
    project = make.project(cast.partner_member)
    assert light(state(project), rules_on()) == "done"
    make.phase(cast.partner_member, project, days=1)
    assert light(state(project), rules_on()) == "due"
    with clock.clock_at(clock.now() + timedelta(days=2)):
        assert light(state(project), rules_on()) == "late"


def test_a_missed_check_turns_the_project_amber_and_tells_the_lead_once(cast):
    project = make.running(cast.partner_member)
    assert check_due_on(state(project), rules_on()) == date(2026, 12, 18)
    with clock.clock_at(clock.now() + timedelta(days=31)):
        assert light(state(project), rules_on()) == "due"
        for _twice in range(2):
            milestones.remind(now=clock.now(), rules=rules_on())
        told = Notice.objects.filter(kind="partnerships.check.overdue", person=cast.partner_member)
        assert project.title in told.get().title
        milestones.add_check(
            actor=cast.partner_member, record=project, progress=40, rating=4, findings="进度正常。"
        )
        assert light(state(project), rules_on()) == "done"
        assert state(project).progress == 40


def test_a_check_told_as_missed_before_the_kind_was_renamed_is_not_told_again(cast):
    """The step of the migration, which keeps an administrator's own words too."""
    project, old = make.running(cast.partner_member), "partnerships.check.missed"
    Wording.objects.create(kind=old, language="zh-hans", title="检查逾期了")
    with clock.clock_at(clock.now() + timedelta(days=31)):
        Notice.objects.create(
            person=cast.partner_member,
            kind=old,
            key=f"{old}.{project.pk}.2026-12-18",
            title="检查逾期",
            url=project.get_absolute_url(),
            at=clock.now(),
        )
        step = import_module("partnerships.migrations.0003_overdue_checks")
        step.rename_kind(apps, None)
        milestones.remind(now=clock.now(), rules=rules_on())
    [told] = Notice.objects.filter(person=cast.partner_member, kind__contains=".check.")
    assert (told.kind, told.key) == (
        "partnerships.check.overdue",
        f"partnerships.check.overdue.{project.pk}.2026-12-18",
    )
    assert Wording.objects.get().kind == "partnerships.check.overdue"


@pytest.mark.parametrize("wrong", [{"progress": 101}, {"rating": 6}, {"progress": -1}])
def test_figures_of_a_check_lie_in_their_range(cast, wrong):
    project = make.running(cast.partner_member)
    with pytest.raises(Invalid):
        milestones.add_check(
            actor=cast.partner_member, record=project, **{"progress": 10, "rating": 3} | wrong
        )


def test_who_answers_is_told_of_what_falls_due(cast):
    project = make.project(cast.partner_member)
    make.phase(cast.partner_member, project, days=2, owner=cast.outsider)
    assert milestones.remind(now=clock.now(), rules=rules_on())["due"] == 1
    notice = Notice.objects.get(kind="partnerships.milestone.due")
    assert notice.person == cast.outsider and "场地布置" in notice.title


def test_a_cancelled_project_counts_no_phase(cast):
    project = make.project(cast.partner_member)
    make.phase(cast.partner_member, project)
    projects.cancel_project(actor=cast.partner_member, record=project, reason="对方停业。")
    assert not Milestone.objects.running().exists()
    taken_up = projects.reopen_project(actor=cast.partner_member, record=project, reason="恢复。")
    assert taken_up.status == "planned" and Milestone.objects.running().exists()
