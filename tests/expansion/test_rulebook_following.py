"""Posts and teams follow the version in force: on its day, once, and also late (R-exp-02)."""

from datetime import date, datetime, time
from importlib import import_module

import pytest
from django.apps import apps

from expansion import clock, worktime
from expansion.approvals.approvers import holders_of
from expansion.approvals.rights import was
from expansion.audit.models import Entry
from expansion.errors import Invalid
from expansion.jobs import registry
from expansion.people.models import Membership, Post, Unit
from expansion.people.selectors import Tree
from expansion.people.services.organisation import update_unit
from expansion.people.services.posts import open_membership
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts, entries
from expansion.rulebook.services.following import follow_versions
from tests.expansion.test_rulebook_drafts import JANUARY, publish

TODAY, FEBRUARY = date(2026, 11, 18), date(2027, 2, 1)
MIDNIGHT = datetime(2027, 1, 1, 0, 2)
LIMIT, HEAD = "posts.deputy.limit", "teams.client.head"


def seated(person, post: str, since: date) -> Membership:
    unit = Unit.objects.get(key="department")
    return open_membership(
        actor=None, user=person, unit=unit, post=Post.objects.get(key=post), since=since
    )


def leads(cast, person, key: str) -> bool:
    unit = Unit.objects.get(key=key)
    seats = cast.again(person).seats
    return any(seat.role == "leader" and unit.pk in seat.units for seat in seats)


def reworded(cast, path: str, key: str, values: dict, day: date = JANUARY) -> Version:
    draft = entries.change_entry(actor=cast.administrator, path=path, key=key, values=values)
    drafts.change_draft(actor=cast.administrator, effective_on=day, reason="新年调整")
    return drafts.publish_version(actor=cast.administrator, draft=draft)


def test_a_limit_of_two_admits_the_second_from_its_first_day_and_not_before(cast):
    publish(cast, {LIMIT: 2})
    assert follow_versions() == 0
    with pytest.raises(Invalid):
        seated(cast.member, "deputy", JANUARY)
    clock.set_clock(MIDNIGHT)
    assert follow_versions() == 1
    assert seated(cast.member, "deputy", JANUARY).post.headcount == 2
    with pytest.raises(Invalid):
        seated(cast.colleague, "deputy", JANUARY)


def test_a_lower_limit_keeps_who_holds_the_post_and_admits_nobody_more(cast):
    publish(cast, {"posts.member.limit": 1})
    clock.set_clock(MIDNIGHT)
    follow_versions()
    assert Membership.objects.on(JANUARY).filter(user=cast.colleague).exists()
    with pytest.raises(Invalid):
        seated(cast.leader, "member", JANUARY)


def test_a_head_that_is_named_leads_the_team_and_one_no_longer_named_does_not(cast):
    assert (leads(cast, cast.deputy, "client"), leads(cast, cast.deputy, "research")) == (
        False,
        True,
    )
    publish(cast, {HEAD: "deputy", "teams.research.head": None}, effective_on=TODAY)
    assert (leads(cast, cast.deputy, "client"), leads(cast, cast.deputy, "research")) == (
        True,
        False,
    )


def test_a_leader_who_is_named_as_head_leads_by_the_own_seat(cast):
    publish(cast, {"teams.research.head": "leader"}, effective_on=TODAY)
    assert Unit.objects.get(key="research").led_by_post is None
    assert not leads(cast, cast.leader, "research") and leads(cast, cast.leader, "client")


def test_titles_and_names_are_those_of_the_version_in_force(cast):
    reworded(cast, "posts", "member", {"zh": "拓展顾问", "en": "Adviser"})
    reworded(cast, "teams", "client", {"zh": "客户一组", "en": "Clients one"}, FEBRUARY)
    clock.set_clock(MIDNIGHT)
    follow_versions()
    assert (Post.objects.get(key="member").title, Unit.objects.get(key="client").name) == (
        "拓展顾问",
        "客户开发小组",
    )
    clock.set_clock(datetime(2027, 2, 1, 8))
    follow_versions()
    assert Unit.objects.get(key="client").name == "客户一组"


def test_what_a_version_leaves_as_it_was_keeps_the_words_an_administrator_gave(cast):
    Post.objects.filter(key="deputy").update(title="副总")
    publish(cast, {LIMIT: 2}, effective_on=TODAY)
    deputy = Post.objects.get(key="deputy")
    assert (deputy.title, deputy.headcount) == ("副总", 2)


def test_a_new_post_and_team_are_there_when_the_first_day_begins(cast):
    planner = {"zh": "企划专员", "en": "Planner", "role": "member", "limit": 2}
    entries.add_entry(actor=cast.administrator, path="posts", values=planner)
    team = {"zh": "活动小组", "en": "Events", "head": "planner", "kpi_set": "client"}
    draft = entries.add_entry(actor=cast.administrator, path="teams", values=team)
    drafts.change_draft(actor=cast.administrator, effective_on=JANUARY, reason="新年调整")
    version = drafts.publish_version(actor=cast.administrator, draft=draft)
    events = Unit.objects.get(key="events")
    assert (events.led_by_post.key, events.group is not None) == ("planner", True)
    entry = Entry.objects.get(verb="rulebook.version.published", about_id=version.pk)
    assert "企划专员" in entry.changes["made"][1] and "活动小组" in entry.changes["made"][1]
    Unit.objects.filter(key="events").update(name="活动一组")  # an administrator's own word
    clock.set_clock(MIDNIGHT)
    assert follow_versions() == 1
    assert Unit.objects.get(key="events").name == "活动一组"


def test_a_chain_that_names_a_team_nobody_has_made_asks_nobody_of_it(cast):
    unit = Unit.objects.get(key="client")
    assert holders_of("team:events", unit) == []
    assert not was(cast.leader.pk, "team:events", unit.pk, TODAY)


def below(key: str) -> set[str]:
    units = Tree().below(Unit.objects.get(key=key).pk)
    return set(Unit.objects.filter(pk__in=units).values_list("key", flat=True))


def test_teams_that_would_lie_below_themselves_are_refused(cast):
    reworded(cast, "teams", "client", {"parent": "research"})
    for parent in ("client", "research"):
        with pytest.raises(Invalid) as refused:
            values = {"parent": parent}
            entries.change_entry(
                actor=cast.administrator, path="teams", key="research", values=values
            )
        assert "teams.research.parent" in refused.value.fields


def test_two_teams_change_places_on_one_day(cast):
    reworded(cast, "teams", "client", {"parent": "research"}, TODAY)
    assert below("research") == {"research", "client"}
    entries.change_entry(
        actor=cast.administrator, path="teams", key="client", values={"parent": None}
    )
    reworded(cast, "teams", "research", {"parent": "client"})
    clock.set_clock(MIDNIGHT)
    follow_versions()
    assert (below("client"), below("research")) == ({"research", "client"}, {"research"})


def test_a_team_stays_where_it_is_if_the_tree_as_changed_by_hand_would_loop(cast):
    version = reworded(cast, "teams", "client", {"parent": "research", "zh": "客户组"})
    client, research = Unit.objects.get(key="client"), Unit.objects.get(key="research")
    update_unit(actor=cast.administrator, record=research, name=research.name, parent=client)
    clock.set_clock(MIDNIGHT)
    assert follow_versions() == 1
    assert below("client") == {"client", "research"}
    assert Unit.objects.get(key="client").name == "客户组"
    entry = Entry.objects.get(verb="rulebook.version.followed", about_id=version.pk)
    assert entry.changes["left"] == [None, "客户组"]


def test_days_that_were_missed_are_caught_up_in_order_and_nothing_is_written_twice(cast):
    publish(cast, {LIMIT: 2})
    publish(cast, {LIMIT: 3}, effective_on=FEBRUARY)
    clock.set_clock(datetime(2027, 3, 1, 9))
    assert (follow_versions(), follow_versions()) == (2, 0)
    assert Post.objects.get(key="deputy").headcount == 3
    changes = [
        entry.changes for entry in Entry.objects.filter(verb="people.post.changed").order_by("pk")
    ]
    assert changes == [{"headcount": [1, 2]}, {"headcount": [2, 3]}]
    Post.objects.filter(key="deputy").update(headcount=1)  # an administrator's own word, later
    assert follow_versions() == 0
    assert Post.objects.get(key="deputy").headcount == 1


def test_every_night_the_timetable_lets_them_follow(cast):
    publish(cast, {LIMIT: 2})
    clock.set_clock(MIDNIGHT)
    schedule = {one.name: one for one in registry.schedules()}["rulebook.follow_versions"]
    assert schedule.after(worktime.moment_on(date(2026, 12, 31), time(23))) == clock.now()
    assert registry.kind("rulebook.follow_versions").run(None) == {"followed": 1}
    assert Post.objects.get(key="deputy").headcount == 2


@pytest.mark.parametrize(("path", "key"), [("posts", "member"), ("teams", "client")])
def test_two_of_one_name_are_refused_before_publication(cast, path, key):
    other = next(one for one in getattr(rules_on(), path) if one.key != key)
    with pytest.raises(Invalid) as refused:
        reworded(cast, path, key, {"zh": other.zh})
    assert {f"{path}.{key}.zh", f"{path}.{other.key}.zh"} == set(refused.value.fields)


@pytest.mark.parametrize(
    ("path", "values", "most"),
    [("posts", {"zh": "长" * 61}, 60), ("teams", {"en": "long" * 16}, 60)],
)
def test_words_the_department_cannot_take_over_are_refused_before_publication(
    cast, path, values, most
):
    key = {"posts": "member", "teams": "client"}[path]
    with pytest.raises(Invalid) as refused:
        reworded(cast, path, key, values)
    [sentence] = refused.value.fields[f"{path}.{key}.{next(iter(values))}"]
    assert str(most) in sentence
    assert not Version.objects.exclude(number=1).exclude(status="draft").exists()


def test_versions_from_before_are_followed_already_and_what_was_set_since_stays(cast):
    """The step of the migration: only what is still to come moves posts and teams."""
    publish(cast, {LIMIT: 2}, effective_on=TODAY)
    publish(cast, {LIMIT: 3})
    Version.objects.update(followed_at=None)
    Post.objects.filter(key="deputy").update(headcount=5)  # an administrator's own word
    step = import_module("expansion.rulebook.migrations.0003_following")
    step.follow_past_versions(apps, None)
    assert follow_versions() == 0
    assert Post.objects.get(key="deputy").headcount == 5
    clock.set_clock(MIDNIGHT)
    assert follow_versions() == 1
    assert Post.objects.get(key="deputy").headcount == 3
