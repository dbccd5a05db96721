"""Loads a regulation into an empty installation: a version, its teams and posts, its rights."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import transaction

from expansion import clock
from expansion.access import Scope
from expansion.audit.services import write
from expansion.people.models import Post, Role, Unit
from expansion.people.services.rights import load_rights
from expansion.rulebook.loading import preset, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules

# Posts outside the department that every installation knows (R-exp-03).
COMPANY_POSTS = (
    (Role.CONSOLIDATOR, "汇总人员", "Consolidator"),
    (Role.HR, "人力资源", "Human resources"),
    (Role.FINANCE, "财务", "Finance"),
    (Role.LEGAL, "法务", "Legal"),
    (Role.LEADERSHIP, "公司领导", "Leadership"),
    (Role.LIAISON, "部门联络人", "Liaison"),
    (Role.ADMINISTRATOR, "系统管理员", "Administrator"),
)
DEPARTMENT, OUTSIDE = "department", "company"


def load_preset(*, actor: Any, key: str, effective_on: date, overlay: str | None = None) -> Version:
    """Loads a shipped regulation, or with `overlay` one of those that it unites (reading 49).

    Raises:
        Gone: there is no preset of this key, or no overlay in it.
    """
    return load_rules(actor=actor, rules=preset(key, overlay), effective_on=effective_on)


@transaction.atomic
def load_rules(*, actor: Any, rules: Rules, effective_on: date) -> Version:
    """Puts a regulation in force as a published version and makes its teams and posts.

    A fresh install from each preset shows exactly its posts and teams (R-exp-02), and the rights
    that it grants otherwise than the house does (R-exp-03).

    Raises:
        Invalid: a right that it grants is none of the matrix.
    """
    key = rules.policy.key
    version = Version.objects.create(
        number=Version.next_number(),
        status=Version.Status.PUBLISHED,
        preset=key,
        effective_on=effective_on,
        content=to_data(rules),
        published_by=actor,
        published_at=clock.now(),
        followed_at=clock.now(),
    )
    _make_organisation(rules)
    _grant_rights(actor, rules)
    write(
        actor=actor, verb="rulebook.preset.loaded", about=version, changes={"preset": [None, key]}
    )
    return version


def _grant_rights(actor: Any, rules: Rules) -> None:
    by_kind: dict[str, dict[str, dict[str, Scope]]] = defaultdict(lambda: defaultdict(dict))
    for right in rules.rights:
        by_kind[right.kind][right.action][right.role] = Scope[right.scope.upper()]
    for kind, cells in by_kind.items():
        load_rights(actor=actor, kind=kind, cells=cells)


def _make_organisation(rules: Rules) -> None:
    for post in rules.posts:
        Post.objects.update_or_create(key=post.key, defaults=as_post(post))
    for role, zh, en in COMPANY_POSTS:
        Post.objects.get_or_create(key=role, defaults={"title": zh, "title_en": en, "role": role})
    root, _new = Unit.objects.update_or_create(
        key=DEPARTMENT,
        defaults={
            "name": rules.policy.zh,
            "name_en": rules.policy.en,
            "kind": Unit.Kind.DEPARTMENT,
        },
    )
    Unit.objects.get_or_create(
        key=OUTSIDE,
        defaults={"name": "公司", "name_en": "Company", "kind": Unit.Kind.OUTSIDE, "order": 99},
    )
    for order, team in from_the_top(rules):
        _make_team(team, root, order)


def from_the_top(rules: Rules) -> list[tuple[int, Any]]:
    """The teams with their place in the list, each after the one that it lies below."""
    above = {one.key: one.parent for one in rules.teams}

    def depth(key: str | None) -> int:
        return 1 + depth(above[key]) if key else 0

    return sorted(enumerate(rules.teams, start=1), key=lambda one: depth(one[1].key))


def as_post(post: Any) -> dict[str, Any]:
    """What the department's post takes of the rulebook's."""
    return {
        "title": post.zh,
        "title_en": post.en,
        "role": post.role,
        "headcount": post.limit.value,
    }


def _make_team(team: Any, root: Unit, order: int) -> None:
    parent = Unit.objects.get(key=team.parent) if team.parent else root
    head = Post.objects.get(key=team.head.value) if team.head.value else None
    Unit.objects.update_or_create(
        key=team.key,
        defaults={
            "name": team.zh,
            "name_en": team.en,
            "kind": Unit.Kind.TEAM,
            "parent": parent,
            # A leader's post is held in many teams: who leads this one says the seat.
            "led_by_post": head if head and head.role != Role.LEADER else None,
            "order": order,
        },
    )


def add_missing(rules: Rules) -> list[str]:
    """Makes the posts and teams that a version names and nobody has made yet; their names."""
    made = []
    for post in rules.posts:
        _post, new = Post.objects.get_or_create(key=post.key, defaults=as_post(post))
        made += [post.zh] if new else []
    root = Unit.objects.get(key=DEPARTMENT)
    known = set(Unit.objects.values_list("key", flat=True))
    for order, team in from_the_top(rules):
        if team.key not in known:
            _make_team(team, root, order)
            made.append(team.zh)
    return made
