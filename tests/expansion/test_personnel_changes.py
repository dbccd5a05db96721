"""Changes of staff: proposed, decided by the chain, effective on their day (R-exp-24, E5-18)."""

from datetime import timedelta

import pytest

from expansion import access, clock, offers
from expansion.approvals.models import Step
from expansion.approvals.selectors import latest, may_decide, open_step, waiting_for
from expansion.approvals.services import decide, withdraw
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.jobs.registry import kind as job_kind
from expansion.notices.models import Notice
from expansion.office.models import Handover, PersonnelChange
from expansion.office.services import changes, effects, handovers
from expansion.people.models import Membership, Post, User
from expansion.people.services.accounts import create_person
from expansion.people.services.mandates import create_mandate
from expansion.rehearsal import within
from expansion.rulebook.selectors import rules_on
from tests.cast import assemble
from tests.make import crm
from tests.make import personnel as make
from tests.together import together

pytestmark = pytest.mark.django_db


def chain(change):
    return list(Step.objects.filter(request=latest(change)).values_list("role", "status"))


def held(person):
    return [(seat.unit.key, seat.post.key) for seat in make.seats(person)]


def later(number):
    return clock.clock_at(clock.now() + timedelta(days=number))


# Proposing


def test_a_transfer_goes_to_the_chain_of_the_regulation(cast):
    change = make.a_change(cast)
    assert (change.status, change.team.key) == ("proposed", "client")
    # The manager proposed it: the superior decides that step instead.
    assert chain(change) == [("manager", "open"), ("hr", "waiting")]
    assert open_step(latest(change)).person == cast.leadership
    entry = Entry.objects.get(verb="office.change.proposed")
    assert entry.actor == cast.manager and entry.changes["kind"] == [None, "transfer"]


def test_a_dismissal_needs_the_configured_approvers(cast):
    """Manager, HR and leadership; the superior of the manager decides at the end anyway."""
    change = make.a_change(cast, "dismissal")
    assert chain(change) == [("manager", "skipped"), ("hr", "open"), ("leadership", "waiting")]
    make.decided(change)
    assert change.status == "proposed" and not Handover.objects.exists()
    make.decided(change)
    assert change.status == "effective"


def test_the_chain_is_the_regulations(cast):
    rules = rules_on().with_changes({"approvals.dismissal.chain": ["hr"]})
    change = changes.propose_change(
        actor=cast.manager, rules=rules, kind="dismissal", person=cast.member,
        effective_on=clock.today(), reason="连续两季不合格。",
    )  # fmt: skip
    assert chain(change) == [("hr", "open")]
    make.decided(change)
    assert change.status == "effective"


def test_a_demotion_takes_the_chain_of_a_dismissal(cast):
    change = make.a_change(
        cast, "demotion", person=cast.leader, seats=make.seats(cast.leader),
        **make.target("client"),
    )  # fmt: skip
    assert latest(change).kind == "dismissal"
    make.approved(change)
    assert held(cast.leader) == [("client", "member")]


@pytest.mark.parametrize("part", ["member", "leader", "deputy", "leadership", "administrator"])
def test_proposing_is_the_managers_and_hrs(cast, part):
    with pytest.raises(Forbidden):
        changes.propose_change(
            actor=getattr(cast, part), rules=rules_on(), kind="transfer", person=cast.colleague,
            seats=make.seats(cast.colleague), effective_on=clock.today(), reason="x",
            **make.target(),
        )  # fmt: skip


def test_what_does_not_hold_is_refused_beside_its_field(cast):
    cases = [
        ({"person": cast.manager, "seats": make.seats(cast.manager)}, "person"),
        ({"person": cast.deactivated, "seats": []}, "person"),
        ({"seats": []}, "seats"),
        ({"seats": make.seats(cast.colleague)}, "seats"),
        ({"person": cast.finance, "seats": make.seats(cast.finance)}, "seats"),
        ({"effective_on": make.days(-1)}, "effective_on"),
        ({"to_unit": None}, "to_unit"),
        (make.target("company", "member"), "to_unit"),
        (make.target("client", "administrator"), "to_post"),
        (make.target("client", "member"), "to_post"),  # where they are
        ({"kind": "hire"}, "kind"),
    ]
    for given, field in cases:
        with pytest.raises(Invalid) as refused:
            make.a_change(cast, **given)
        assert field in refused.value.fields, given
    assert not PersonnelChange.objects.exists()


def test_one_change_of_a_person_at_a_time(cast):
    make.a_change(cast)
    with pytest.raises(NotNow):
        make.a_change(cast, "dismissal")


def test_a_full_post_is_refused_when_it_is_proposed(cast):
    make.limited("leader", 1)
    with pytest.raises(Invalid) as refused:
        make.a_change(cast, **make.target("research", "leader"))
    assert "all 1 places are taken" in refused.value.fields["to_post"][0]
    make.a_change(cast, "dismissal", person=cast.leader)
    make.a_change(cast, **make.target("research", "leader"))  # by then one goes


def test_a_hire_takes_the_chosen_candidate_and_the_openings_place(cast):
    change = make.a_hire(cast)
    assert (change.whom, change.phone, change.to_unit.key) == ("顾佳", make.PHONE, "client")
    assert latest(change).kind == "personnel_change"
    words = str(latest(change).snapshot)
    assert "两年以上企业客户销售经验" in words and "陪访时最稳" in words


def test_hires_that_are_refused(cast):
    undecided = make.a_candidate(cast)
    with pytest.raises(NotNow):
        make.a_hire(cast, candidate=undecided)
    opening = make.an_opening(cast)
    first = make.a_chosen(cast, opening=opening)
    second = make.a_chosen(cast, opening=opening, name="祝青", phone="", email="")
    with pytest.raises(Invalid) as refused:
        make.a_hire(cast, candidate=first, username="Member")
    assert "username" in refused.value.fields
    make.a_hire(cast, candidate=first)
    with pytest.raises(NotNow):
        make.a_hire(cast, candidate=first, username="gu.jia2")
    with pytest.raises(NotNow):
        make.a_hire(cast, candidate=second, username="zhu.qing")  # one place only
    third = make.a_chosen(cast, name="邵文斌", phone="", email="")
    with pytest.raises(Invalid):
        make.a_hire(cast, candidate=third)  # the user name is the first one's


# Who decides, who reads


def test_the_person_concerned_neither_decides_nor_reads_before_it_is_approved(cast, sign_in):
    """HR may read every change and decide this step, but for the own one."""
    Membership.objects.create(
        user=cast.colleague, unit=cast.hr.memberships.get().unit,
        post=Post.objects.get(key="hr"), since=cast.hr.memberships.get().since,
    )  # fmt: skip
    colleague = cast.again(cast.colleague)
    seat = [one for one in make.seats(colleague) if one.post.key == "member"]
    change = make.a_change(cast, person=colleague, seats=seat)
    request = latest(change)
    make.decided(change)
    assert open_step(request).role == "hr"
    assert may_decide(colleague, open_step(request)) is None
    assert not waiting_for(colleague).exists()
    with pytest.raises(Forbidden):
        decide(actor=colleague, request=request, decision="approve")
    for path in (change.get_absolute_url(), request.get_absolute_url()):
        assert sign_in(colleague).get(path).status_code == 404
    assert not access.can(colleague, "withdraw", change)
    assert waiting_for(cast.again(cast.hr)).count() == 1
    make.decided(change)
    page = sign_in(colleague).get(change.get_absolute_url())
    assert page.status_code == 200
    assert sign_in(colleague).get(request.get_absolute_url()).status_code == 404


def test_the_only_one_of_a_role_is_replaced_by_the_superior(cast):
    """A change of the deputy who leads research, with a chain that asks the leader there."""
    rules = rules_on().with_changes({"approvals.personnel_change.chain": ["deputy"]})
    change = changes.propose_change(
        actor=cast.hr, rules=rules, kind="rotation", person=cast.deputy,
        seats=make.seats(cast.deputy), effective_on=clock.today(), reason="轮岗。",
        **make.target("client", "leader"),
    )  # fmt: skip
    assert open_step(latest(change)).person == cast.manager


def test_who_reads_a_change(cast, sign_in):
    change = make.a_change(cast, effective_on=make.days(9))
    url = change.get_absolute_url()
    for person in (cast.manager, cast.hr, cast.leadership):
        assert sign_in(person).get(url).status_code == 200
    for person in (cast.member, cast.colleague, cast.leader, cast.deputy, cast.administrator):
        assert sign_in(person).get(url).status_code == 404
        assert str(change.pk) not in {
            str(one.pk) for one in access.visible_to(person, PersonnelChange.objects.all())
        }
    make.approved(change)
    text = sign_in(cast.member).get(url).content.decode()
    assert "调研小组缺人。" in text and "/approvals/" not in text.split("<main")[1]
    assert sign_in(cast.administrator).get(url).status_code == 404


def test_a_delegate_reads_no_change_of_the_principal(cast):
    create_mandate(
        actor=cast.administrator, principal=cast.manager, delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1), ends_at=clock.now() + timedelta(days=2),
        reason="leave",
    )  # fmt: skip
    own, other = make.a_change(cast), make.a_change(cast, person=cast.colleague)
    PersonnelChange.objects.filter(pk=own.pk).update(person=cast.manager, owner=cast.hr)
    seen = access.visible_to(cast.again(cast.deputy), PersonnelChange.objects.all())
    assert list(seen) == [other]


def test_a_delegate_decides_for_leadership(cast):
    change = make.a_change(cast, "dismissal")
    make.decided(change)
    create_mandate(
        actor=cast.administrator, principal=cast.leadership, delegate=cast.finance,
        starts_at=clock.now() - timedelta(hours=1), ends_at=clock.now() + timedelta(days=2),
        reason="leave",
    )  # fmt: skip
    decide(actor=cast.again(cast.finance), request=latest(change), decision="approve")
    change.refresh_from_db()
    assert change.status == "effective"


def test_a_rehearsal_shows_none(cast):
    make.a_change(cast)
    with within():
        assert not access.visible_to(cast.manager, PersonnelChange.objects.all()).exists()


def test_returned_put_right_and_submitted_again(cast):
    change = make.decided(make.a_change(cast), "return", "写明谁接手。")
    assert change.status == "returned"
    with pytest.raises(Stale):
        changes.update_change(actor=cast.manager, record=change, version=1, reason="冯璐接手。")
    changes.update_change(actor=cast.hr, record=change, version=2, reason="冯璐接手。")
    changes.submit_change(actor=cast.manager, record=change, rules=rules_on())
    change.refresh_from_db()
    assert change.status == "proposed" and latest(change).round == 2
    make.approved(change)
    assert change.status == "effective" and change.reason == "冯璐接手。"


def test_rejected_and_withdrawn_end_it(cast):
    rejected = make.decided(make.a_change(cast), "reject", "人手不够。")
    assert rejected.status == "rejected"
    change = make.a_change(cast)
    withdraw(actor=cast.manager, request=latest(change))
    change.refresh_from_db()
    assert change.status == "withdrawn"
    for act in (changes.update_change, effects.make_effective):
        with pytest.raises(Forbidden):
            act(actor=cast.manager, record=change)
    assert held(cast.member) == [("client", "member")]


def test_an_approved_one_is_called_off_with_a_reason(cast):
    change = make.approved(make.a_change(cast, effective_on=make.days(9)))
    called_off = changes.withdraw_change(actor=cast.hr, record=change, reason="项目停了。")
    assert called_off.status == "withdrawn"
    assert Entry.objects.get(verb="office.change.withdrawn").changes["reason"][1] == "项目停了。"
    with later(9):
        assert effects.make_due_effective() == {"effective": 0, "held_up": 0}


# Taking effect


def test_nothing_moves_before_the_day(cast):
    change = make.approved(make.a_change(cast, effective_on=make.days(9)))
    assert change.status == "approved" and held(cast.member) == [("client", "member")]
    assert Notice.objects.filter(person=cast.member, kind="office.change.approved").count() == 1
    with pytest.raises(NotNow):
        effects.make_effective(actor=cast.hr, record=change)
    assert job_kind("office.make_effective").run(None) == {"effective": 0, "held_up": 0}


def test_on_its_day_the_job_moves_the_person_and_the_rights(cast):
    own = crm.client(cast.colleague)
    change = make.approved(make.a_change(cast, effective_on=make.days(9), **make.target()))
    assert access.can(cast.again(cast.leader), "view", own)
    with later(9):
        assert job_kind("office.make_effective").run(None) == {"effective": 1, "held_up": 0}
        assert held(cast.member) == [("research", "member")]
        change.refresh_from_db()
        assert (change.status, change.held_up) == ("effective", "")
        old = Membership.objects.filter(user=cast.member).earliest("pk")
        assert old.until == clock.today() - timedelta(days=1)
        assert {seat.unit for seat in cast.again(cast.member).seats} == {
            Membership.objects.get(user=cast.member, until=None).unit_id
        }


def test_running_it_twice_is_the_same_state(cast):
    make.approved(make.a_change(cast, effective_on=make.days(9)))
    with later(9):
        effects.make_due_effective()
        before = list(Membership.objects.order_by("pk").values())
        entries = Entry.objects.count()
        assert effects.make_due_effective() == {"effective": 0, "held_up": 0}
        assert list(Membership.objects.order_by("pk").values()) == before
    assert Entry.objects.count() == entries


def test_days_that_were_missed_are_made_up_for(cast):
    make.approved(make.a_change(cast, effective_on=make.days(3)))
    with later(7):
        effects.make_due_effective()
        (seat,) = make.seats(cast.member)
        assert seat.since == clock.today()  # rights are not given back in time


def test_approved_after_its_day_it_takes_effect_at_once(cast):
    change = make.a_change(cast, effective_on=make.days(1))
    with later(3):
        make.approved(change)
        assert change.status == "effective" and held(cast.member) == [("research", "member")]
    told = Notice.objects.filter(kind="office.change.effective")
    assert cast.member in {one.person for one in told}


def test_a_hire_makes_an_invited_account_in_its_post(cast):
    change = make.approved(make.a_hire(cast))
    person = User.objects.get(username="gu.jia")
    assert change.person == person and change.status == "effective"
    assert (person.status, person.phone, person.email) == ("invited", make.PHONE, make.EMAIL)
    assert not person.has_usable_password()
    assert held(person) == [("client", "member")]
    told = Notice.objects.get(kind="office.change.account")
    assert told.person == cast.administrator and told.url == person.get_absolute_url()


def test_who_hires_can_try_a_stand_in_for_the_onboarding(cast, monkeypatch):
    """What reacts to `personnel.effective` runs in the same transaction, once."""
    heard = []
    monkeypatch.setitem(
        offers._registry.reactions,
        "personnel.effective",
        [lambda *, actor, record: heard.append((record.kind, record.person.username))],
    )
    make.approved(make.a_hire(cast))
    effects.make_due_effective()
    assert heard == [("hire", "gu.jia")]


def test_what_reacts_and_refuses_holds_the_change_up(cast, monkeypatch):
    def refuse(*, actor, record):
        raise NotNow("The plan is missing.")

    monkeypatch.setitem(offers._registry.reactions, "personnel.effective", [refuse])
    change = make.approved(make.a_hire(cast))
    assert (change.status, change.held_up) == ("approved", "The plan is missing.")
    assert not User.objects.filter(username="gu.jia").exists()


def test_a_dismissal_opens_the_handover(cast):
    crm.client(cast.member)
    change = make.approved(make.a_change(cast, "dismissal", effective_on=clock.today()))
    handover = Handover.objects.get()
    assert change.handover == handover and handover.person == cast.member
    assert (handover.last_day, handover.opened_by) == (clock.today(), cast.manager)
    assert handover.items.count() == 1 and change.reason not in handover.reason
    assert held(cast.member) == [("client", "member")]  # until HR closes it


def test_a_dismissal_takes_the_handover_that_is_under_way(cast):
    running = handovers.open_handover(
        actor=cast.hr, person=cast.member, last_day=clock.today(), reason="已提出离职。"
    )
    change = make.approved(make.a_change(cast, "dismissal"))
    assert change.handover == running and Handover.objects.count() == 1


def test_a_full_post_holds_it_up_with_one_notice_until_there_is_room(cast):
    change = make.a_change(cast, effective_on=make.days(1), **make.target("research", "leader"))
    make.approved(change)
    make.limited("leader", 1)
    with later(1):
        assert effects.make_due_effective() == {"effective": 0, "held_up": 1}
        change.refresh_from_db()
        assert change.status == "approved" and cast.leader.name in change.held_up
        assert held(cast.member) == [("client", "member")]  # nothing half done
        effects.make_due_effective()
        told = Notice.objects.filter(kind="office.change.held_up")
        assert sorted(one.person.username for one in told) == ["hr", "manager"]
        assert Entry.objects.filter(verb="office.change.held_up").count() == 1
        with pytest.raises(Invalid):
            effects.make_effective(actor=cast.hr, record=change)
        make.limited("leader", 2)
        effects.make_effective(actor=cast.hr, record=change)
    change.refresh_from_db()
    assert (change.status, change.held_up) == ("effective", "")
    entry = Entry.objects.filter(verb="office.change.effective").get()
    assert entry.actor == cast.hr


def test_a_user_name_taken_meanwhile_holds_a_hire_up(cast):
    change = make.approved(make.a_hire(cast, effective_on=make.days(2)))
    create_person(actor=cast.administrator, username="Gu.Jia", name="顾佳一")
    with later(2):
        assert effects.make_due_effective() == {"effective": 0, "held_up": 1}
        change.refresh_from_db()
        assert change.status == "approved" and change.held_up


def test_who_has_left_is_not_moved(cast):
    change = make.approved(make.a_change(cast, effective_on=make.days(2)))
    User.objects.filter(pk=cast.member.pk).update(status="left")
    with later(2):
        effects.make_due_effective()
    change.refresh_from_db()
    assert change.status == "approved" and cast.member.name in change.held_up


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_at_once_let_it_take_effect_once():
    cast = assemble()
    change = make.approved(make.a_change(cast, effective_on=make.days(1)))
    with later(1):

        def act():
            return effects.make_effective(actor=cast.again(cast.hr), record=change)

        def job():
            return effects.make_due_effective()["effective"]

        results = together([act, job])
        made = [one for one in results if isinstance(one, PersonnelChange) or one == 1]
        assert len(made) == 1
        assert held(cast.member) == [("research", "member")]
    assert Entry.objects.filter(verb="office.change.effective").count() == 1


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_who_propose_the_same_propose_it_once():
    cast = assemble()
    results = together([lambda: make.a_change(cast), lambda: make.a_change(cast, "dismissal")])
    assert sum(isinstance(one, NotNow) for one in results) == 1
    assert PersonnelChange.objects.count() == 1
