"""The people of a small department, by the posts and teams of the regulation in force."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import count, cycle
from typing import Any

from django.conf import settings

from expansion.audit.services import write
from expansion.people.demo import demo_password_hash
from expansion.people.models import Membership, Post, Role, Status, Unit, User
from expansion.people.preset_words import COMPANY, PEOPLE
from expansion.people.services.accounts import search_text

COLLEAGUES = (Role.HR, Role.LEGAL, Role.LEADERSHIP, Role.ADMINISTRATOR, Role.FINANCE)
USERNAMES = {Role.ADMINISTRATOR: "admin"}
DEPARTMENT, OUTSIDE = "department", "company"
FEWEST = 5  # of the department itself
IN_TEAM = 2

Seat = tuple[Any, str]  # a post of the rules, the key of a unit


def sow(demo: Any) -> None:
    """Seats everybody since before the story begins; the pass phrase is the demo's."""
    numbers: Counter[str] = Counter()
    many = {post.key for post in demo.rules.posts if post.limit.value != 1}
    for (post, unit), name in zip(seats(demo.rules), PEOPLE, strict=False):
        numbers[post.key] += 1
        username = f"{post.key}{numbers[post.key]}" if post.key in many else post.key
        _seat(demo, username, name, unit, post.key)
        demo.seated.append(username)
    for role, name in zip(COLLEAGUES, COMPANY, strict=True):
        _seat(demo, USERNAMES.get(role, str(role.value)), name, OUTSIDE, role)


def seats(rules: Any) -> list[Seat]:
    """Who sits where: single posts, managers first, then each team's leader and members."""
    single = [post for post in rules.posts if post.limit.value == 1]
    single.sort(key=lambda post: post.role != Role.MANAGER)
    found: list[Seat] = [(post, _unit_of(post)) for post in single]
    found += _leaders(rules, {post.key for post in single})
    found += _members(rules, found)
    return found


def _unit_of(post: Any) -> str:
    """A manager sits in the unit that is theirs; whoever acts for one, in the department."""
    return post.leads_team if post.role == Role.MANAGER and post.leads_team else DEPARTMENT


def _leaders(rules: Any, single: set[str]) -> Iterator[Seat]:
    """One for every team that no single post leads, the leading posts in turn."""
    posts = [post for post in rules.posts if post.role == Role.LEADER and post.key not in single]
    led = {post.leads_team for post in rules.posts}
    open_teams = [one for one in rules.teams if one.key not in led and one.head.value not in single]
    yield from zip(cycle(posts), (team.key for team in open_teams), strict=False)


def _members(rules: Any, there: list[Seat]) -> list[Seat]:
    """At least one for every post and team, so that each team has two people."""
    posts = [post for post in rules.posts if post.role == Role.MEMBER and post.limit.value != 1]
    if not posts:
        return []
    units = [team.key for team in rules.teams] or [DEPARTMENT]
    filled = Counter(unit for _post, unit in there)
    places = {unit: _fitting(rules, posts, unit) for unit in units}
    found: list[Seat] = []
    turn = count()
    for unit in units:
        fitting = places[unit]
        own = len(fitting) if len(fitting) < len(posts) else 1
        for place in range(max(own, IN_TEAM - filled[unit])):
            at = place if len(fitting) < len(posts) else next(turn)
            found.append((fitting[at % len(fitting)], unit))
    while len(there) + len(found) < FEWEST:
        found.append((posts[next(turn) % len(posts)], units[0]))
    return found


def _fitting(rules: Any, posts: list[Any], unit: str) -> list[Any]:
    """The posts of a team: those of its chapter where each team has a chapter of its own."""
    chapters = {team.key: _chapter(team.head.clause) for team in rules.teams}
    if len(set(chapters.values())) < len(chapters):
        return posts
    return [one for one in posts if _chapter(one.limit.clause) == chapters.get(unit)] or posts


def _chapter(clause: str | None) -> str:
    return (clause or "").split(".")[0]


def _seat(demo: Any, username: str, name: str, unit: str, post: str) -> None:
    number = len(demo.people)
    user = User.objects.create(
        username=username,
        name=name,
        password=demo_password_hash(),
        phone=f"+8613800{number:06d}",
        email=f"{username}@example.com",
        language=settings.LANGUAGE_CODE,
        status=Status.ACTIVE,
        search=search_text(name, username),
    )
    Membership.objects.create(
        user=user,
        unit=Unit.objects.get(key=unit),
        post=Post.objects.get(key=post),
        since=date(demo.begins.year - 1, 1, 1),
    )
    write(actor=None, verb="people.person.created", about=user, changes={"name": [None, name]})
    demo.people[username] = user
