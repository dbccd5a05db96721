"""What waited in the outbox and must not leave any more: asked again before it is handed over.

Between the telling and the sending lie a night, a digest, a mail server that was away; meanwhile a
person leaves, a record goes out of sight, a robot is switched off (R-exp-11).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from expansion import access
from expansion.notices import bundles
from expansion.notices.models import Mail, Notice
from expansion.people.models import User

Record = tuple[type[models.Model], int]


def reasons(mails: list[Mail]) -> dict[int, str]:
    """Why which of these mails of one receiver must not leave, {id: a sentence}.

    A notice that stands for several stays as long as its person sees one of them; in the mail it
    then speaks of those alone.
    """
    reason = _against_robot(mails[0]) if mails[0].robot_id else _against_person(mails[0])
    if reason:
        return {mail.pk: reason for mail in mails}
    return {} if mails[0].robot_id else _out_of_sight(mails[0].person, mails)


def _against_robot(mail: Mail) -> str:
    return "" if mail.robot.is_active else _("The robot is not in use any more.")


def _against_person(mail: Mail) -> str:
    if not mail.person.is_active:
        return _("The person's account is not in use any more.")
    return "" if mail.person.email else _("The person has no e-mail address any more.")


def _out_of_sight(person: User, mails: list[Mail]) -> dict[int, str]:
    notices = [mail.notice for mail in mails if mail.notice is not None]
    members = _members(notices)
    seen = _seen(person, [*notices, *(one for found in members.values() for one in found)])
    gone = [one for one in notices if not _is_said(one, members[one.pk], person, seen)]
    sentence = _("The person does not see the record any more.")
    return {mail.pk: sentence for mail in mails if mail.notice in gone}


def _is_said(notice: Notice, members: list[Notice], person: User, seen: set[Record]) -> bool:
    """Whether its person may still be told; a bundle gets the words of what is still seen."""
    if not members:
        return _sees(notice, seen)
    left = [one for one in members if _sees(one, seen)]
    if left and len(left) < len(members):
        notice.title, notice.text = bundles.words(left, person.language)
    return bool(left)


def _members(notices: Iterable[Notice]) -> dict[int, list[Notice]]:
    """What each of these notices stands for; most stand for themselves."""
    found: dict[int, list[Notice]] = defaultdict(list)
    heads = [one.pk for one in notices]
    for member in Notice.objects.filter(within__in=heads).order_by("pk"):
        found[member.within_id].append(member)
    return found


def _seen(person: User, notices: Iterable[Notice]) -> set[Record]:
    asked: dict[type[models.Model], set[int]] = defaultdict(set)
    for one in notices:
        if record := _about(one):
            asked[record[0]].add(record[1])
    found = access.seen((person, model, ids) for model, ids in asked.items())
    return {(model, pk) for _person, model, pk in found}


def _sees(notice: Notice, seen: set[Record]) -> bool:
    record = _about(notice)
    return record is None or record in seen


def _about(notice: Notice) -> Record | None:
    """The record that it tells of."""
    if notice.about_type_id is None:
        return None
    kind = ContentType.objects.get_for_id(notice.about_type_id)
    return kind.model_class(), notice.about_id
