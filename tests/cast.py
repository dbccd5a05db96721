"""The people that stand in every test, and the day on which all tests play.

Wednesday, 18 November 2026, 09:41 in Shanghai: an ordinary working day in the middle of a quarter.
"""

from copy import copy
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils.translation import get_language

from expansion import clock
from expansion.audit.models import Entry
from expansion.people import revision
from expansion.people.models import Membership, Post, Revision, Status, Unit, User
from expansion.people.services.accounts import search_text
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import forget_rules
from expansion.rulebook.services.presets import load_preset

NOW = datetime(2026, 11, 18, 1, 41, tzinfo=UTC)
LOADED_ON = date(2024, 1, 1)

# username: (name, unit, post)
SEATS = {
    "member": ("许晴", "client", "member"),
    "colleague": ("冯璐", "client", "member"),
    "outsider": ("何思远", "research", "member"),
    "partner_member": ("罗海涛", "partnership", "member"),
    "leader": ("林嘉", "client", "leader"),
    "deputy": ("周敏", "department", "deputy"),
    "manager": ("陈立群", "department", "manager"),
    "consolidator": ("高洁", "department", "consolidator"),
    "hr": ("方蕾", "company", "hr"),
    "finance": ("韩雪", "company", "finance"),
    "legal": ("郑琳", "company", "legal"),
    "leadership": ("沈国华", "company", "leadership"),
    "administrator": ("孙宁", "company", "administrator"),
    "liaison": ("吴桐", "company", "liaison"),
    "deactivated": ("赵一鸣", "client", "member"),
}


# Who stands above whom (reading 2): user names, below → above.
UP = {
    "member": "leader",
    "colleague": "leader",
    "leader": "manager",
    "outsider": "deputy",
    "partner_member": "manager",
    "deputy": "manager",
    "manager": "leadership",
}


@dataclass
class Cast:
    """Everybody by part. `outsider` sits in another team than `member`."""

    member: User
    colleague: User
    outsider: User
    partner_member: User
    leader: User
    deputy: User
    manager: User
    consolidator: User
    hr: User
    finance: User
    legal: User
    leadership: User
    administrator: User
    liaison: User
    deactivated: User
    anonymous: AnonymousUser
    version: Version

    def everyone(self) -> dict[str, User | AnonymousUser]:
        """Part → person, the anonymous and the deactivated included."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "version"}

    def again(self, person: User) -> User:
        """The same person read anew, with today's seats."""
        return User.objects.get(pk=person.pk)


# What an assembly has stored, by the moment, the language and the kinds of record of the database.
_stored: dict[Any, list[tuple[type[models.Model], list[models.Model]]]] = {}
# The statements that copy it, by the same.
_copying: dict[Any, list[tuple[str, Any]]] = {}


def assemble() -> Cast:
    """The `ktv` rulebook loaded and everybody seated.

    The services do it once in a process; into an empty house the rows they left are copied, under a
    word of its own (`people.Revision`), so that nothing kept of another test is believed.
    """
    if User.objects.exists() or Unit.objects.exists() or Entry.objects.exists():
        return _seated()
    kinds = ContentType.objects.order_by("pk").values_list("pk", "app_label", "model")
    state = (clock.now(), get_language(), *kinds)
    if state not in _stored:
        cast = _seated()
        _stored[state] = [(model, rows) for model in _kinds() if (rows := list(_all(model)))]
        return cast
    with transaction.atomic():
        _copy(state)
        revision.renew()
    forget_rules()
    people = {one.username: one for one in User.objects.all()}
    return Cast(**people, anonymous=AnonymousUser(), version=Version.objects.get())


def _copy(state: Any) -> None:
    """Writes what was stored; Django words the statements for it only once."""

    def heard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append((sql, params))
        return execute(sql, params, many, context)

    if state in _copying:
        with connection.cursor() as cursor:
            for sql, params in _copying[state]:
                cursor.execute(sql, params)
        return
    said: list[tuple[str, Any]] = []
    with connection.execute_wrapper(heard):
        for model, rows in _stored[state]:
            _all(model).bulk_create([copy(row) for row in rows])
    _copying[state] = said


def _kinds() -> list[type[models.Model]]:
    """Every kind that an assembly stores rows of, those that others point at first."""
    kinds = apps.get_models(include_auto_created=True)
    own = [one for one in kinds if one not in (ContentType, Permission, Revision)]
    return sorted(own, key=lambda one: one._meta.auto_created is not False)


def _all(model: type[models.Model]) -> models.QuerySet:
    return model._base_manager.all()


def _seated() -> Cast:
    version = load_preset(actor=None, key="ktv", effective_on=LOADED_ON)
    units = {unit.key: unit for unit in Unit.objects.all()}
    posts = {post.key: post for post in Post.objects.all()}
    people = {}
    for username, (name, unit, post) in SEATS.items():
        user = User.objects.create(username=username, name=name, search=search_text(name))
        Membership.objects.create(user=user, unit=units[unit], post=posts[post], since=LOADED_ON)
        people[username] = user
    people["deactivated"].status = Status.LEFT
    people["deactivated"].save()
    return Cast(**people, anonymous=AnonymousUser(), version=version)
