"""Units and posts: the tree stays a tree, and no post holds more than its limit."""

import pytest

from crm.models import Client
from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, Stale
from expansion.people.models import Membership, Post, Unit
from expansion.people.services import organisation, posts
from tests.make import crm as make


@pytest.fixture
def client_team(cast):
    return Unit.objects.get(key="client")


def test_a_group_below_a_team_is_led_by_the_teams_leader(cast, client_team):
    group = organisation.create_unit(actor=cast.manager, name="江北组", parent=client_team)
    seat = cast.colleague.memberships.get()
    Membership.objects.filter(pk=seat.pk).update(unit=group)
    record = make.client(cast.again(cast.colleague))
    assert record.team == group
    assert record in access.visible_to(cast.again(cast.leader), Client.objects.all())
    assert Entry.objects.filter(verb="people.unit.created").count() == 1
    group.refresh_from_db()
    assert group.group is not None


def test_the_tree_never_bites_its_own_tail(cast, client_team):
    group = organisation.create_unit(actor=cast.manager, name="江北组", parent=client_team)
    below = organisation.create_unit(actor=cast.manager, name="浦口点", parent=group)
    for parent in (client_team, group, below):
        with pytest.raises(Invalid) as refused:
            organisation.update_unit(
                actor=cast.manager, record=client_team, name="客户开发小组", parent=parent
            )
        assert "parent" in refused.value.fields


def test_a_unit_is_renamed_and_hung_elsewhere_and_its_records_stay(cast, client_team):
    record = make.client(cast.member)
    group = organisation.create_unit(actor=cast.manager, name="江北组", parent=client_team)
    research = Unit.objects.get(key="research")
    organisation.update_unit(
        actor=cast.administrator, record=group, name="江北一组", parent=research, version=1
    )
    group.refresh_from_db()
    record.refresh_from_db()
    assert (group.name, group.parent, record.team) == ("江北一组", research, client_team)
    with pytest.raises(Stale):
        organisation.update_unit(
            actor=cast.manager, record=group, name="江北组", parent=research, version=1
        )


def test_what_is_refused(cast, client_team):
    outside = Unit.objects.get(key="company")
    with pytest.raises(Invalid):
        organisation.create_unit(actor=cast.manager, name="江北组", parent=outside)
    with pytest.raises(Invalid):
        organisation.create_unit(
            actor=cast.manager, name=client_team.name, parent=client_team.parent
        )
    for person in (cast.member, cast.leader, cast.hr):
        with pytest.raises(Forbidden):
            organisation.create_unit(actor=person, name="江北组", parent=client_team)


def test_a_limit_below_those_who_hold_the_post_is_refused(cast):
    member = Post.objects.get(key="member")
    held = Membership.objects.on(clock.today()).filter(post=member).count()
    with pytest.raises(Invalid) as refused:
        organisation.update_post(
            actor=cast.manager, record=member, title=member.title, headcount=held - 1
        )
    assert str(held) in refused.value.fields["headcount"][0]
    organisation.update_post(actor=cast.manager, record=member, title=member.title, headcount=held)
    with pytest.raises(Invalid):
        posts.open_membership(
            actor=cast.administrator, user=cast.hr, unit=Unit.objects.get(key="client"),
            post=member, since=clock.today(),
        )  # fmt: skip


def test_a_manager_makes_no_post_that_opens_more_than_the_own(cast):
    for role in ("administrator", "leadership", "hr", "manager"):
        with pytest.raises(Invalid):
            organisation.create_post(actor=cast.manager, title="新岗位", role=role)
    organisation.create_post(actor=cast.manager, title="客户专员", role="member", headcount=2)
    organisation.create_post(actor=cast.administrator, title="审计", role="leadership")
    with pytest.raises(Invalid):
        organisation.create_post(actor=cast.manager, title="客户专员", role="member")


def test_the_last_administrator_stays(cast):
    seat = cast.administrator.memberships.get()
    with pytest.raises(Invalid):
        posts.end_membership(actor=cast.manager, membership=seat, until=clock.today())
    with pytest.raises(Invalid):
        posts.end_membership(actor=cast.administrator, membership=seat, until=clock.today())
    posts.open_membership(
        actor=cast.administrator, user=cast.hr, unit=seat.unit, post=seat.post,
        since=clock.today(),
    )  # fmt: skip
    posts.end_membership(actor=cast.administrator, membership=seat, until=clock.today())


def test_by_the_pages(cast, client_team, sign_in):
    browser = sign_in(cast.manager)
    page = browser.get("/people/organisation").content.decode()
    assert "/people/units/new" in page
    assert "/people/units/new" not in sign_in(cast.member).get("/people/organisation").text
    made = browser.post(
        "/people/units/new",
        {"request_id": "u1", "name": "江北组", "name_en": "", "parent": client_team.pk},
    )
    assert made.status_code == 302
    group = Unit.objects.get(name="江北组")
    typed = {"request_id": "u2", "version": "1", "name": "江北一组", "name_en": "North"}
    loop = browser.post(
        f"/people/units/{client_team.pk}/edit",
        typed | {"parent": group.pk, "name": "客户开发小组", "request_id": "u3"},
    )
    assert loop.status_code == 422 and "North" in loop.content.decode()
    assert browser.get(f"/people/units/{group.pk}/edit").status_code == 200
    done = browser.post(f"/people/units/{group.pk}/edit", typed | {"parent": client_team.pk})
    assert done.status_code == 302
    assert "江北一组" in browser.get("/people/organisation").content.decode()
    assert b"administrator" not in browser.get("/people/posts/new").content
    post = browser.post(
        "/people/posts/new",
        {"request_id": "p1", "title": "客户专员", "role": "member", "headcount": "2"},
    )
    assert post.status_code == 302
    root = Unit.objects.get(parent=None, kind="department")
    assert browser.get(f"/people/units/{root.pk}/edit").status_code == 200
