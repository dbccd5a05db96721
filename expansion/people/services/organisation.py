"""Units and posts: the tree of the department, and how many may hold which post (R-exp-02)."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.people import revision
from expansion.people.groups import keep_groups
from expansion.people.models import Membership, Post, Role, Unit, User
from expansion.people.selectors import Tree
from expansion.records import differences, lock, snapshot

UNIT = ("name", "name_en", "parent")
POST = ("title", "title_en", "headcount")
# Posts that a manager may add; those of the company's other roles open what is not the manager's.
WITHIN = frozenset({Role.DEPUTY, Role.LEADER, Role.MEMBER, Role.CONSOLIDATOR})


@transaction.atomic
def create_unit(*, actor: User, name: str, parent: Unit, name_en: str = "") -> Unit:
    """A new team below a unit of the department.

    Raises:
        Forbidden: the organisation is not the actor's to change.
        Invalid: a unit of this name stands there already, or it would stand outside.
    """
    access.require(actor, "create", Unit)
    revision.renew()
    _refuse_place(None, name, parent)
    unit = Unit.objects.create(
        key=f"unit-{get_random_string(8).lower()}",
        name=name,
        name_en=name_en,
        kind=Unit.Kind.TEAM,
        parent=parent,
        order=(Unit.objects.filter(parent=parent).aggregate(last=Max("order"))["last"] or 0) + 1,
    )
    keep_groups()
    write(actor=actor, verb="people.unit.created", about=unit, changes={"name": [None, name]})
    return unit


@transaction.atomic
def update_unit(
    *,
    actor: User,
    record: Unit,
    name: str,
    name_en: str = "",
    parent: Unit | None = None,
    version: int | None = None,
) -> Unit:
    """Renames a unit, or hangs it elsewhere in the tree; what is worked in it stays in it.

    Raises:
        Forbidden: the organisation is not the actor's to change.
        Stale: somebody has changed the unit since `version`.
        Invalid: it would lie below itself, outside the department, or beside one of its name.
    """
    access.require(actor, "edit", record)
    revision.renew()
    unit = lock(Unit.objects.all(), record.pk, version=version)
    before = snapshot(unit, UNIT)
    if unit.kind == Unit.Kind.TEAM:
        parent = parent or unit.parent
        if parent.pk in Tree().below(unit.pk):
            sentence = _("%(name)s lies below this unit: the tree would bite its own tail.")
            raise Invalid(fields={"parent": [sentence % {"name": parent}]})
        _refuse_place(unit, name, parent)
        unit.parent = parent
    unit.name, unit.name_en = name, name_en
    unit.version += 1
    unit.save()
    changes = differences(before, snapshot(unit, UNIT))
    write(actor=actor, verb="people.unit.changed", about=unit, changes=changes)
    return unit


def _refuse_place(unit: Unit | None, name: str, parent: Unit) -> None:
    if parent.kind == Unit.Kind.OUTSIDE:
        sentence = _("Teams stand below the department, not below other parts of the company.")
        raise Invalid(fields={"parent": [sentence]})
    beside = Unit.objects.filter(parent=parent, name=name).exclude(pk=unit.pk if unit else None)
    if beside.exists():
        raise Invalid(fields={"name": [_("A unit of this name stands there already.")]})


@transaction.atomic
def create_post(
    *, actor: User, title: str, role: str, title_en: str = "", headcount: int = 0
) -> Post:
    """A new post with its role; `headcount` 0 means no limit.

    Raises:
        Forbidden: the organisation is not the actor's to change.
        Invalid: the title is taken, or the role is for an administrator to give.
    """
    access.require(actor, "create", Post)
    if role not in WITHIN and not actor.holds(Role.ADMINISTRATOR):
        sentence = _("Only an administrator makes posts of this role.")
        raise Invalid(fields={"role": [sentence]})
    _refuse_title(None, title)
    post = Post.objects.create(
        key=f"post-{get_random_string(8).lower()}",
        title=title,
        title_en=title_en,
        role=role,
        headcount=headcount,
    )
    changes = {"title": [None, title], "role": [None, role], "headcount": [None, headcount]}
    write(actor=actor, verb="people.post.created", about=post, changes=changes)
    return post


@transaction.atomic
def update_post(
    *,
    actor: User,
    record: Post,
    title: str,
    headcount: int,
    title_en: str = "",
    version: int | None = None,
) -> Post:
    """Renames a post or changes how many may hold it; its role stays.

    Raises:
        Forbidden: the organisation is not the actor's to change.
        Stale: somebody has changed the post since `version`.
        Invalid: more people hold it than the new limit, or the title is taken.
    """
    access.require(actor, "edit", record)
    revision.renew()
    post = lock(Post.objects.all(), record.pk, version=version)
    held = Membership.objects.on(clock.today()).filter(post=post).count()
    if headcount and held > headcount:
        sentence = _("%(held)s people hold this post. End a seat first, or set a higher limit.")
        raise Invalid(fields={"headcount": [sentence % {"held": held}]})
    _refuse_title(post, title)
    before = snapshot(post, POST)
    post.title, post.title_en, post.headcount = title, title_en, headcount
    post.version += 1
    post.save()
    changes = differences(before, snapshot(post, POST))
    write(actor=actor, verb="people.post.changed", about=post, changes=changes)
    return post


def _refuse_title(post: Post | None, title: str) -> None:
    taken: Any = Post.objects.filter(title=title).exclude(pk=post.pk if post else None)
    if taken.exists():
        raise Invalid(fields={"title": [_("A post of this title is there already.")]})
