"""Rights in ideas: registered, kept, and their end told in time (E8-5.2)."""

from datetime import date, timedelta

import pytest

from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, Stale
from expansion.notices.models import Notice
from expansion.office import tables_confidence as tables
from expansion.office.models import IpRight
from expansion.office.selectors.confidence import expiring, horizon, right_state
from expansion.office.services import handovers, rights
from expansion.rulebook.selectors import rules_on
from tests.make import confidence as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)


def soon(days):
    return TODAY + timedelta(days=days)


def with_notice(words):
    return rules_on().with_changes({"documents.ip_notice": words})


def test_a_right_is_registered_and_audited(cast):
    right = make.right(cast.leader)
    assert right.recorded_by == cast.leader
    assert Entry.objects.get(verb="office.ipright.created").changes["number"][1] == right.number


@pytest.mark.parametrize("part", ["member", "outsider", "hr", "leadership", "administrator"])
def test_who_may_not_register(cast, part):
    with pytest.raises(Forbidden):
        make.right(getattr(cast, part))


def test_who_reads_the_register(cast):
    right = make.right(cast.manager)
    blind = {
        name for name, person in cast.everyone().items() if not access.can(person, "view", right)
    }
    assert blind == {"hr", "finance", "administrator", "liaison", "anonymous"}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("kind", {"kind": "secret"}),
        ("title", {"title": " "}),
        ("holder", {"holder": ""}),
        ("expires_on", {"expires_on": date(2017, 12, 27)}),
    ],
)
def test_what_does_not_hold_is_refused_with_its_field(cast, field, values):
    with pytest.raises(Invalid) as refused:
        make.right(cast.manager, **values)
    assert field in refused.value.fields


def test_whoever_registered_it_keeps_it_and_manager_and_legal_keep_all(cast):
    right = make.right(cast.leader)
    for number, person in enumerate((cast.leader, cast.manager, cast.legal)):
        rights.change_right(actor=person, record=right, rules=rules_on(), note=f"第 {number} 次")
    with pytest.raises(Forbidden):
        rights.change_right(actor=cast.deputy, record=right, rules=rules_on(), note="别的")
    assert Entry.objects.filter(verb="office.ipright.changed").count() == 3


def test_it_is_changed_once_per_version(cast):
    right = make.right(cast.manager)
    rights.change_right(actor=cast.legal, record=right, rules=rules_on(), version=1, number="新")
    with pytest.raises(Stale):
        rights.change_right(
            actor=cast.manager, record=right, rules=rules_on(), version=1, number="旧"
        )


def test_a_kind_that_the_rulebook_dropped_may_stay(cast):
    right = make.right(cast.manager)
    IpRight.objects.update(kind="design")
    right.refresh_from_db()
    rights.change_right(actor=cast.manager, record=right, rules=rules_on(), note="外观设计")
    assert tables.kind_label(right) == "design"


def test_a_mistake_is_deleted_with_its_reason(cast):
    right = make.right(cast.manager)
    rights.delete_right(actor=cast.manager, record=right, reason="重复登记")
    assert not IpRight.objects.live().exists()
    assert Entry.objects.get(verb="office.ipright.deleted").changes["reason"][1] == "重复登记"
    with pytest.raises(Forbidden):
        rights.delete_right(actor=cast.leader, record=make.right(cast.legal), reason="不对")


def test_the_state_follows_from_the_day_and_the_rulebook(cast):
    last = horizon(rules_on())
    states = {
        days: right_state(IpRight(expires_on=soon(days)), TODAY, last)[0]
        for days in (-1, 0, 60, 61)
    }
    assert states == {-1: "late", 0: "due", 60: "due", 61: "done"}
    assert right_state(IpRight(), TODAY, last)[0] == "neutral"
    assert horizon(with_notice("3 months")) == date(2027, 2, 18)


def test_manager_and_recorder_are_told_once_before_it_ends(cast):
    right = make.right(cast.leader, expires_on=soon(60))
    make.right(cast.leader, title="还早", expires_on=soon(61))
    make.right(cast.leader, title="没有期限", expires_on=None)
    make.right(cast.leader, title="过了", expires_on=soon(-1))
    assert rights.remind_of_rights(rules=rules_on()) == 2
    assert rights.remind_of_rights(rules=rules_on()) == 0
    told = Notice.objects.all()
    assert {one.person for one in told} == {cast.leader, cast.manager}
    assert {one.url for one in told} == {right.get_absolute_url()}


def test_a_manager_who_recorded_it_is_told_once(cast):
    make.right(cast.manager, expires_on=soon(10))
    assert rights.remind_of_rights(rules=rules_on()) == 1


def test_a_right_that_was_prolonged_is_told_anew(cast):
    right = make.right(cast.manager, expires_on=soon(10))
    rights.remind_of_rights(rules=rules_on())
    rights.change_right(actor=cast.manager, record=right, rules=rules_on(), expires_on=soon(375))
    assert rights.remind_of_rights(rules=rules_on()) == 0
    with clock.clock_at(clock.now() + timedelta(days=330)):
        assert rights.remind_of_rights(rules=rules_on()) == 1


def test_how_long_before_is_the_rulebooks_word(cast):
    make.right(cast.manager, expires_on=soon(20))
    assert not expiring(with_notice("10 days")).exists()
    assert expiring(with_notice("20 days")).exists()
    assert rights.remind_of_rights(rules=with_notice("10 days")) == 0


def test_a_leaver_hands_over_what_expires(cast):
    right = make.right(cast.leader)
    make.right(cast.leader, title="没有期限", expires_on=None)
    record = handovers.open_handover(
        actor=cast.manager, person=cast.leader, last_day=TODAY, reason="调动"
    )
    (item,) = record.items.filter(kind="office.rights")
    assert item.about_id == right.pk
    handovers.divide(actor=cast.manager, record=record, receiver=cast.manager, items=[item.pk])
    handovers.offer(actor=cast.manager, record=record)
    handovers.accept(actor=cast.manager, record=record)
    right.refresh_from_db()
    assert right.recorded_by == cast.manager
