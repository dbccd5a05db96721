"""The log of public relations: written down, followed up, seen by whom it concerns (E9-3.1i)."""

from datetime import date, timedelta

import pytest

from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, Stale
from expansion.notices.models import Notice
from expansion.office.models import PublicMatter
from expansion.office.services import matters
from expansion.people.models import Unit
from tests.make import confidence as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)


def test_a_matter_belongs_to_who_dealt_with_it(cast):
    matter = make.matter(cast.member)
    assert (matter.owner, matter.team) == (cast.member, Unit.objects.get(key="client"))
    told = Entry.objects.get(verb="office.publicmatter.created").changes
    assert told["counterpart"][1] == "凤凰街道办事处"


def test_a_head_writes_for_the_own_people_and_for_nobody_else(cast):
    assert make.matter(cast.leader, owner=cast.member).owner == cast.member
    assert make.matter(cast.manager, owner=cast.outsider).owner == cast.outsider
    for actor, owner in ((cast.leader, cast.outsider), (cast.member, cast.colleague)):
        with pytest.raises(Forbidden):
            make.matter(actor, owner=owner)


@pytest.mark.parametrize("part", ["hr", "legal", "leadership", "administrator"])
def test_who_is_not_of_the_department_writes_none(cast, part):
    with pytest.raises(Forbidden):
        make.matter(getattr(cast, part))


def test_who_sees_it(cast):
    matter = make.matter(cast.member)
    seen = {name for name, person in cast.everyone().items() if access.can(person, "view", matter)}
    assert seen == {"member", "leader", "manager", "leadership"}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("counterpart", {"counterpart": " "}),
        ("matter", {"matter": ""}),
        ("happened_on", {"happened_on": date(2026, 11, 19)}),
        ("follow_up_on", {"follow_up_on": date(2026, 11, 15)}),
    ],
)
def test_what_does_not_hold_is_refused_with_its_field(cast, field, values):
    with pytest.raises(Invalid) as refused:
        make.matter(cast.member, **values)
    assert field in refused.value.fields


def test_it_is_changed_once_per_version(cast):
    matter = make.matter(cast.member)
    matters.change_matter(actor=cast.member, record=matter, version=1, done="已来函，借两间。")
    with pytest.raises(Stale):
        matters.change_matter(actor=cast.leader, record=matter, version=1, done="别的")
    assert Entry.objects.get(verb="office.publicmatter.changed").changes["done"][1]


def test_given_to_somebody_else_it_goes_to_their_team(cast):
    matter = make.matter(cast.member)
    matters.change_matter(actor=cast.manager, record=matter, owner=cast.outsider)
    matter.refresh_from_db()
    assert matter.team == Unit.objects.get(key="research")
    with pytest.raises(Forbidden):
        matters.change_matter(actor=cast.outsider, record=matter, owner=cast.member)


def test_only_heads_delete(cast):
    matter = make.matter(cast.member)
    with pytest.raises(Forbidden):
        matters.delete_matter(actor=cast.member, record=matter, reason="记错了")
    matters.delete_matter(actor=cast.leader, record=matter, reason="记错了")
    assert not PublicMatter.objects.live().exists()
    assert Entry.objects.get(verb="office.publicmatter.deleted").changes["reason"][1] == "记错了"


def test_on_its_day_who_dealt_with_it_is_told_once(cast):
    matter = make.matter(cast.member, follow_up_on=TODAY)
    make.matter(cast.member, matter="以后再说", follow_up_on=TODAY + timedelta(days=1))
    make.matter(cast.member, matter="办完了")
    assert matters.remind_of_follow_ups() == 1
    assert matters.remind_of_follow_ups() == 0
    notice = Notice.objects.get()
    assert (notice.person, notice.url) == (cast.member, matter.get_absolute_url())


def test_put_off_it_is_told_again_on_the_new_day(cast):
    matter = make.matter(cast.member, follow_up_on=TODAY)
    matters.remind_of_follow_ups()
    matters.change_matter(actor=cast.member, record=matter, follow_up_on=TODAY + timedelta(days=5))
    with clock.clock_at(clock.now() + timedelta(days=5)):
        assert matters.remind_of_follow_ups() == 1
