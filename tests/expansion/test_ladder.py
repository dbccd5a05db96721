"""The next level up (reading 2), by one rule for approvals and appraisal."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from appraisal.roster import appraised
from expansion import clock
from expansion.people.ladder import Ladder
from expansion.people.models import Mandate, Membership, Post, Role, Unit, User
from expansion.people.selectors import active_people, superior_of
from expansion.rulebook.selectors import rules_on
from tests.cast import UP


def superiors(cast) -> dict[str, str | None]:
    """Everybody's of UP, as approvals and reports ask for it."""
    found = {name: superior_of(cast.again(getattr(cast, name))) for name in UP}
    return {name: one and one.username for name, one in found.items()}


def appraisers(cast) -> dict[str, str | None]:
    """The same as a cycle is opened with it."""
    people = appraised(rules_on(), clock.today())
    return {one.person.username: one.superior and one.superior.username for one in people}


def seat(person: User, unit: str, post: str) -> None:
    where = {"unit": Unit.objects.get(key=unit), "post": Post.objects.get(key=post)}
    Membership.objects.create(user=person, since=clock.today(), **where)


def test_everybody_has_the_next_level_up(cast):
    assert superiors(cast) == appraisers(cast) == UP


def test_a_team_without_its_leader_goes_to_the_manager(cast):
    cast.leader.memberships.all().delete()
    for found in (superiors(cast), appraisers(cast)):
        assert (found["member"], found["colleague"]) == ("manager", "manager")


def test_nobody_is_the_own_superior(cast):
    seat(cast.manager, "company", "leadership")
    cast.leadership.memberships.all().delete()
    assert superiors(cast)["manager"] is appraisers(cast)["manager"] is None


def test_who_acts_for_a_superior_is_none(cast):
    start = clock.now() - timedelta(hours=1)
    Mandate.objects.create(
        principal=cast.leader, delegate=cast.colleague, starts_at=start,
        ends_at=start + timedelta(days=2), created_by=cast.leader,
    )  # fmt: skip
    assert superiors(cast) == appraisers(cast) == UP


def test_a_second_post_counts_by_the_higher_one(cast):
    seat(cast.colleague, "partnership", "leader")
    for found in (superiors(cast), appraisers(cast)):
        assert (found["colleague"], found["partner_member"]) == ("manager", "colleague")


def test_one_ladder_asks_nothing_more_for_each_person(cast):
    everyone = active_people()
    unit = Unit.objects.get(key="client").pk
    with CaptureQueriesContext(connection) as asked:
        ladder = Ladder(everyone)
        for person in everyone:
            ladder.above(person, {Role.MEMBER}, unit)
    assert not asked.captured_queries
