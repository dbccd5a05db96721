"""Who is taken into an open cycle, or out of it: by whom, until when, what becomes of figures."""

from datetime import timedelta
from decimal import Decimal

import pytest

from appraisal.models import Cycle, Line, Participant, Stage
from appraisal.services import participation, results, rollup
from appraisal.services.participation import take_in, take_out
from appraisal.services.reviews import save_self_review
from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.people.models import Membership, User
from tests.make import appraisal as make

WHY = {"reason": "休产假"}


@pytest.fixture
def late(cast) -> User:
    """Somebody whose post is written down only after the cycle has opened."""
    return User.objects.create(username="late", name="谢晚晴")


def seated(cast, person: User) -> User:
    seat = Membership.objects.get(user=cast.member)
    Membership.objects.create(user=person, unit=seat.unit, post=seat.post, since=seat.since)
    return person


def test_who_is_taken_in_after_the_freeze_gets_own_figures_and_moves_nobodys(cast, late):
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    before = list(Line.objects.order_by("pk").values())
    seated(cast, late)
    with make.metrics_saying({late.pk: {"crm.new_clients": Decimal(6)}}):
        one = take_in(actor=cast.hr, record=cycle, person=late, reason="岗位补录")
    assert (one.superior, one.kpi_set, one.stage) == (cast.leader, "client", Stage.SELF_REVIEW)
    assert one.lines.get(indicator="new_clients", part="number").value == 6
    assert list(Line.objects.exclude(participant=one).order_by("pk").values()) == before
    entry = Entry.objects.get(verb="appraisal.participant.added")
    assert (entry.about, entry.changes) == (one, {"reason": [None, "岗位补录"]})
    assert Notice.objects.filter(person=late, kind="appraisal.self_review").count() == 1
    make.self_reviewed(one)
    assert make.evaluated(make.of(cycle, late)).stage == Stage.REVIEW


def test_before_the_freeze_the_roll_up_takes_the_newcomer_along(cast, late):
    cycle = make.opened(cast.version)
    seated(cast, late)
    one = take_in(actor=cast.manager, record=cycle, person=late, reason="岗位补录")
    assert (one.stage, one.lines.exists()) == (Stage.COLLECTING, False)
    make.frozen(cycle, {late.pk: {"crm.new_clients": Decimal(3)}})
    assert one.lines.get(indicator="new_clients", part="number").value == 3


def test_who_is_taken_in_while_the_figures_are_read_is_read_too(cast, late, monkeypatch):
    cycle = make.opened(cast.version)
    seated(cast, late)
    read = rollup.read_metrics

    def meanwhile(*given):
        readings = read(*given)
        if not cycle.participants.filter(owner=late).exists():
            take_in(actor=cast.hr, record=cycle, person=late, reason="岗位补录")
        return readings

    monkeypatch.setattr(rollup, "read_metrics", meanwhile)
    make.frozen(cycle, {late.pk: {"crm.new_clients": Decimal(3)}})
    one = make.of(cycle, late)
    assert one.lines.get(indicator="new_clients", part="number").value == 3


def test_only_manager_and_hr_take_in_and_only_whom_the_rules_appraise_once(cast, late):
    cycle = make.opened(cast.version)
    for actor in (cast.leader, cast.leadership, cast.administrator):
        with pytest.raises(Forbidden):
            take_in(actor=actor, record=cycle, person=late, reason="x")
    for person in (late, cast.deactivated, cast.finance, cast.member):
        with pytest.raises(Invalid):
            take_in(actor=cast.hr, record=cycle, person=person, reason="x")


def test_who_is_taken_out_is_told_why_and_no_longer_waited_for(cast):
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one = make.of(cycle, cast.member)
    save_self_review(actor=cast.member, record=one, ratings={}, plan="草稿")
    for actor in (cast.leader, cast.member):
        with pytest.raises(Forbidden):
            take_out(actor=actor, record=one, **WHY)
    take_out(actor=cast.hr, record=one, **WHY)
    assert not Participant.objects.filter(owner=cast.member).exists()
    entry = Entry.objects.get(verb="appraisal.participant.removed")
    assert entry.changes == {"person": [cast.member.name, None], "reason": [None, "休产假"]}
    assert Notice.objects.get(person=cast.member, text="休产假").url == "/appraisal/"
    with pytest.raises(Gone):
        take_out(actor=cast.hr, record=one, **WHY)
    make.delivered(make.reviewed(cycle), manager=cast.manager, leadership=cast.leadership)
    assert Cycle.objects.get(pk=cycle.pk).stage == Stage.FEEDBACK


def test_the_cycle_goes_on_when_the_last_who_was_waited_for_is_out(cast):
    cycle = make.frozen(make.opened(cast.version), {})
    for one in cycle.participants.complete():
        if one.owner != cast.member:
            make.self_reviewed(one)
    take_out(actor=cast.manager, record=make.of(cycle, cast.member), **WHY)
    assert Cycle.objects.get(pk=cycle.pk).stage == Stage.EVALUATION


def test_a_form_handed_in_or_a_score_fixed_leaves_everybody_where_they_are(cast, late):
    cycle = make.frozen(make.opened(cast.version), {})
    one = make.self_reviewed(make.of(cycle, cast.member))
    with pytest.raises(NotNow):
        take_out(actor=cast.hr, record=one, **WHY)
    clock.set_clock(cycle.self_due_at + timedelta(minutes=1))
    make.evaluated(one)
    results.fix_result(actor=cast.manager, record=make.of(cycle, cast.member))
    with pytest.raises(NotNow):
        take_out(actor=cast.hr, record=make.of(cycle, cast.colleague), **WHY)
    seated(cast, late)
    with pytest.raises(NotNow):
        take_in(actor=cast.hr, record=cycle, person=late, reason="x")


def test_nobody_takes_the_own_appraisal_out(cast):
    cycle = make.opened(cast.version)
    with pytest.raises(Forbidden):
        take_out(actor=cast.manager, record=make.of(cycle, cast.manager), **WHY)
    take_out(actor=cast.hr, record=make.of(cycle, cast.manager), **WHY)


def test_where_a_heads_frozen_figures_count_the_person_the_cycle_is_reopened_first(
    cast, monkeypatch
):
    cycle = make.opened(cast.version)
    take_out(actor=cast.hr, record=make.of(cycle, cast.colleague), **WHY)
    make.frozen(cycle, {})
    monkeypatch.setattr(participation.Circles, "of", lambda *_held: (cast.member.pk, 0))
    with pytest.raises(NotNow):
        take_out(actor=cast.hr, record=make.of(cycle, cast.member), **WHY)


def test_the_pages_offer_who_is_missing_and_take_out_who_has_not_begun(cast, late, sign_in):
    cycle = make.frozen(make.opened(cast.version), {})
    seated(cast, late)
    page, hr = f"/appraisal/cycles/{cycle.pk}", sign_in(cast.hr)
    form = hr.get(f"{page}/people/new").content.decode()
    assert f'<option value="{late.pk}"' in form and f'<option value="{cast.member.pk}"' not in form
    no_reason = hr.post(f"{page}/people/new", {"request_id": "a", "person": late.pk})
    assert no_reason.status_code == 422
    sent = {"request_id": "b", "person": late.pk, "reason": "岗位补录"}
    for _click in range(2):
        assert hr.post(f"{page}/people/new", sent).headers["Location"] == page
    one = make.of(cycle, late)
    out = f"/appraisal/scores/{one.pk}/take-out"
    assert out in hr.get(page).content.decode()
    assert late.name in hr.get(out).content.decode()
    assert hr.post(out, {"request_id": "c", "reason": "未满试用"}).headers["Location"] == page
    begun = make.self_reviewed(make.of(cycle, cast.member))
    assert f"scores/{begun.pk}/take-out" not in hr.get(page).content.decode()
    make.evaluated(begun)
    results.fix_result(actor=cast.manager, record=make.of(cycle, cast.member))
    shown = hr.get(page).content.decode()
    assert "take-out" not in shown and "people/new" not in shown
