"""Writes over the rulebook: loading a preset, drafting, publishing and discarding a version."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from expansion import clock
from expansion.audit.services import write
from expansion.people.models import Post, Role, Unit
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


@transaction.atomic
def load_preset(*, actor: Any, key: str, effective_on: date) -> Version:
    """Loads a shipped regulation as a published version and makes its teams and posts.

    A fresh install from each preset shows exactly its posts and teams (R-exp-02).

    Raises:
        Gone: there is no preset of this key.
    """
    rules = preset(key)
    version = Version.objects.create(
        number=_next_number(),
        status=Version.Status.PUBLISHED,
        preset=key,
        effective_on=effective_on,
        content=to_data(rules),
        published_by=actor,
        published_at=clock.now(),
    )
    _make_organisation(rules)
    write(
        actor=actor, verb="rulebook.preset.loaded", about=version, changes={"preset": [None, key]}
    )
    return version


def _make_organisation(rules: Rules) -> None:
    for post in rules.posts:
        Post.objects.update_or_create(
            key=post.key,
            defaults={
                "title": post.zh,
                "title_en": post.en,
                "role": post.role,
                "headcount": post.limit.value,
            },
        )
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
    for order, team in enumerate(rules.teams, start=1):
        _make_team(team, root, order)


def _make_team(team: Any, root: Unit, order: int) -> None:
    parent = Unit.objects.get(key=team.parent) if team.parent else root
    head = team.head.value
    Unit.objects.update_or_create(
        key=team.key,
        defaults={
            "name": team.zh,
            "name_en": team.en,
            "kind": Unit.Kind.TEAM,
            "parent": parent,
            "led_by_post": Post.objects.get(key=head) if head and head != "leader" else None,
            "order": order,
        },
    )


def _next_number() -> int:
    return (Version.objects.aggregate(last=Max("number"))["last"] or 0) + 1
