"""Writes over the rulebook: loading a preset, drafting, publishing and discarding a version."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import Post, Role, Unit
from expansion.records import differences, lock
from expansion.rulebook.loading import preset, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.parameters import parsed
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of, version_on

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
OPEN = (Version.Status.DRAFT, Version.Status.SUBMITTED)


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


@transaction.atomic
def change_draft(
    *,
    actor: Any,
    changes: Mapping[str, Any] | None = None,
    effective_on: date | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> Version:
    """Writes into the one draft; the first change opens it from the version in force.

    `changes` maps a parameter's path to its new value; a value equal to the one in force leaves
    the draft. Sums may still be off here: publishing refuses them (R-apr-01).

    Raises:
        Forbidden: the actor does not edit the rulebook.
        Stale: another editor has saved the draft since `version`.
        Invalid: a value does not hold by itself, or a path is not known.
    """
    access.require(actor, "edit", Version)
    draft = _open_draft(actor, version)
    before = {"changes": dict(draft.changes), "reason": draft.reason, "from": draft.effective_on}
    draft.changes = _merged(draft, changes or {})
    draft.effective_on = effective_on or draft.effective_on
    draft.reason = draft.reason if reason is None else reason
    draft.version += 1
    draft.save()
    after = {"changes": draft.changes, "reason": draft.reason, "from": draft.effective_on}
    changed = differences(before, after)
    if changed:
        write(actor=actor, verb="rulebook.draft.changed", about=draft, changes=changed)
    return draft


def _open_draft(actor: Any, version: int | None) -> Version:
    drafts = Version.objects.filter(status=Version.Status.DRAFT)
    found = drafts.first()
    if found is not None:
        return lock(drafts, found.pk, version=version)
    base = version_on()
    return Version.objects.create(
        number=_next_number(),
        preset=base.preset,
        content=base.content,
        based_on=base,
        drafted_by=actor,
    )


def _merged(draft: Version, changes: Mapping[str, Any]) -> dict[str, Any]:
    base = rules_of(draft.based_on)
    stored = {one.path: one.parameter.model_dump(mode="json")["value"] for one in base.parameters()}
    merged = dict(draft.changes)
    for path, value in changes.items():
        merged[path] = parsed(base, path, value)
        if merged[path] == stored[path]:
            del merged[path]
    return merged


@transaction.atomic
def discard_draft(*, actor: Any, draft: Version) -> Version:
    """Gives a draft up; it stays in the list of versions with what it held."""
    access.require(actor, "edit", Version)
    draft = lock(Version.objects.filter(status__in=OPEN), draft.pk)
    draft.status = Version.Status.DISCARDED
    draft.version += 1
    draft.save()
    write(actor=actor, verb="rulebook.draft.discarded", about=draft)
    return draft


@transaction.atomic
def publish_version(
    *, actor: Any, draft: Version, version: int | None = None, approved: bool = False
) -> Version:
    """Puts a draft in force from its date; earlier days and running cycles keep their version.

    Where the rulebook names who approves amendments, only the approval itself publishes.

    Raises:
        Invalid: weights do not sum up, the date lies in the past, nothing changed, or no reason.
        NotNow: the rulebook in force asks for an approval first.
        Stale: somebody has changed the draft since `version`.
    """
    if not approved:
        access.require(actor, "publish", Version)
    draft = lock(Version.objects.filter(status__in=OPEN), draft.pk, version=version)
    if rules_of(version_on()).policy.amendment_chain.value and not approved:
        raise NotNow(_("The rulebook asks for an approval first. Submit the draft."))
    rules = checked(draft)
    draft.content = to_data(rules)
    draft.status = Version.Status.PUBLISHED
    draft.published_by, draft.published_at = actor, clock.now()
    draft.version += 1
    draft.save()
    changes = {path: [None, value] for path, value in draft.changes.items()}
    write(actor=actor, verb="rulebook.version.published", about=draft, changes=changes)
    return draft


def checked(draft: Version) -> Rules:
    """The rules that a draft would make.

    Raises:
        Invalid: it cannot be published yet; a sentence per reason.
    """
    missing = {}
    if draft.effective_on is None or draft.effective_on < clock.today():
        missing["effective_on"] = [_("Choose today or a later day to begin from.")]
    if not draft.changes:
        missing["changes"] = [_("Nothing differs from the version in force.")]
    if not draft.reason.strip():
        missing["reason"] = [_("Write why the rules change.")]
    try:
        rules = rules_of(draft.based_on).with_changes(draft.changes)
    except Invalid as refusal:
        raise Invalid(fields={**refusal.fields, **missing}) from None
    if missing:
        raise Invalid(fields=missing)
    return rules
