"""The department follows its regulation: posts and teams become what the version in force says."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction

from expansion import clock
from expansion.audit.services import write
from expansion.people import revision
from expansion.people.groups import keep_groups
from expansion.people.models import Post, Role, Unit
from expansion.people.selectors import Tree
from expansion.records import differences, lock, snapshot
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of
from expansion.rulebook.services.presets import DEPARTMENT, add_missing, as_post, from_the_top


@transaction.atomic
def follow_versions(*, actor: Any = None) -> int:
    """Lets posts and teams follow every version whose day has come, in order and each once.

    Title, role, limit, name, place and head are written where a version says them otherwise than
    the version before. What it leaves as it was keeps the words that an administrator gave it.
    Whoever holds a post stays in it, also beyond a lower limit (R-exp-02). A team that would come
    to lie below itself, because the tree was changed by hand, stays where it is; the trail says so.
    Returns how many versions were followed.
    """
    if not _due().exists():
        return 0
    revision.renew()
    versions = list(_due().select_for_update().order_by("effective_on", "number"))
    for version in versions:
        _follow(actor, version)
    return len(versions)


def make_missing(rules: Rules) -> list[str]:
    """Makes the posts and teams that a version names and nobody has made yet; their names.

    As soon as it is published: chains and seats may name them from the first minute of its day.
    """
    made = add_missing(rules)
    if made:
        keep_groups()
    return made


def _due() -> models.QuerySet[Version]:
    return Version.objects.published().filter(effective_on__lte=clock.today(), followed_at=None)


def _follow(actor: Any, version: Version) -> None:
    left: list[str] = []
    if version.based_on is not None:
        before, after = rules_of(version.based_on), rules_of(version)
        _write_posts(actor, before, after)
        left = _write_teams(actor, before, after)
    # Not by `save`: nothing that anybody keeps of the version itself is old.
    Version.objects.filter(pk=version.pk).update(followed_at=clock.now())
    changes = {"left": [None, ", ".join(left)]} if left else {}
    write(actor=actor, verb="rulebook.version.followed", about=version, changes=changes)


def _write_posts(actor: Any, before: Rules, after: Rules) -> None:
    known = {one.key: as_post(one) for one in before.posts}
    for post in after.posts:
        moved = _moved(known.get(post.key), as_post(post))
        if moved:
            _write(actor, Post, post.key, moved, "people.post.changed")


def _write_teams(actor: Any, before: Rules, after: Rules) -> list[str]:
    """Returns the names of the teams that stay where they are against the version's word."""
    known, left = {one.key: _as_team(one, before) for one in before.teams}, []
    for _order, team in from_the_top(after):
        moved = _moved(known.get(team.key), _as_team(team, after))
        if "parent" in moved:
            moved["parent"] = Unit.objects.get(key=moved["parent"])
            if moved["parent"].pk in Tree().below(Unit.objects.get(key=team.key).pk):
                del moved["parent"]
                left.append(team.zh)
        if moved.get("led_by_post"):
            moved["led_by_post"] = Post.objects.get(key=moved["led_by_post"])
        if moved:
            _write(actor, Unit, team.key, moved, "people.unit.changed")
    return left


def _as_team(team: Any, rules: Rules) -> dict[str, Any]:
    """What the department's unit takes of a team, with others named by their keys."""
    head = rules.post(team.head.value) if team.head.value else None
    return {
        "name": team.zh,
        "name_en": team.en,
        "parent": team.parent or DEPARTMENT,
        # A leader's post is held in many teams: who leads this one says the seat.
        "led_by_post": head.key if head and head.role != Role.LEADER else None,
    }


def _moved(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    if before is None:
        return {}
    return {name: value for name, value in after.items() if value != before[name]}


def _write(
    actor: Any, model: type[Post] | type[Unit], key: str, values: Mapping[str, Any], verb: str
) -> None:
    record: Any = lock(model._default_manager.all(), model._default_manager.get(key=key).pk)
    before = snapshot(record, tuple(values))
    for name, value in values.items():
        setattr(record, name, value)
    changes = differences(before, snapshot(record, tuple(values)))
    if not changes:
        return  # somebody has written it so already
    record.version += 1
    record.save()
    write(actor=actor, verb=verb, about=record, changes=changes)
