"""What administrators do with robots, with the words of notices, and with what was not sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Gone, Invalid, NotNow
from expansion.jobs.services import enqueue
from expansion.notices.events import EVENTS, FOR_ROBOTS, GREETING
from expansion.notices.models import Mail, Robot, Wording
from expansion.notices.platforms import VARIABLE, fault_of, is_set
from expansion.notices.posting import SEND, message_id
from expansion.notices.words import wrong_with
from expansion.people.models import Unit, User
from expansion.records import differences, lock, snapshot

FIELDS = ("name", "kind", "variable", "groups", "team", "language", "is_active")


@transaction.atomic
def create_robot(*, actor: User, **values: Any) -> Robot:
    """A robot that tells a group's chat of some events, from now on.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: the variable or the events cannot be a robot's.
    """
    access.require(actor, "create", Robot)
    robot = _with(Robot(), values)
    robot.save()
    changes = differences({}, snapshot(robot, FIELDS))
    write(actor=actor, verb="notices.robot.created", about=robot, changes=changes)
    return robot


@transaction.atomic
def update_robot(*, actor: User, record: Robot, version: int | None = None, **values: Any) -> Robot:
    """Changes a robot; one that is not in use any more says nothing.

    Raises:
        Stale: somebody has changed it since `version`.
        Invalid: the variable or the events cannot be a robot's.
    """
    access.require(actor, "edit", record)
    robot = lock(Robot.objects.all(), record.pk, version=version)
    before = snapshot(robot, FIELDS)
    _with(robot, values)
    robot.version += 1
    robot.save()
    changes = differences(before, snapshot(robot, FIELDS))
    write(actor=actor, verb="notices.robot.changed", about=robot, changes=changes)
    return robot


def _with(robot: Robot, values: dict[str, Any]) -> Robot:
    for name in FIELDS:
        if name in values:
            setattr(robot, name, values[name])
    robot.name = robot.name.strip()
    robot.groups = [group.value for group in FOR_ROBOTS if group in set(robot.groups)]
    wrong = _wrong_with(robot)
    if wrong:
        raise Invalid(fields={name: [sentence] for name, sentence in wrong.items()})
    return robot


def _wrong_with(robot: Robot) -> dict[str, str]:
    """What cannot be: an address that does not fit is refused, one not set yet is waited for."""
    wrong = {}
    if not robot.name:
        wrong["name"] = _("Give the robot a name.")
    if not robot.groups:
        wrong["groups"] = _("Choose at least one kind of event.")
    if robot.team is not None and robot.team.kind == Unit.Kind.OUTSIDE:
        wrong["team"] = _("Choose the department or one of its teams.")
    if not VARIABLE.fullmatch(robot.variable):
        wrong["variable"] = _("Name a variable such as ROBOT_SALES: capitals, figures and _.")
    elif is_set(robot.variable) and (fault := fault_of(robot.kind, robot.variable)):
        wrong["variable"] = fault
    return wrong


@transaction.atomic
def greet_robot(*, actor: User, record: Robot) -> Robot:
    """Puts a trial message for the robot into the outbox.

    Raises:
        NotNow: the robot is not in use, or its address is missing.
    """
    access.require(actor, "edit", record)
    robot = lock(Robot.objects.all(), record.pk)
    if not robot.is_active:
        raise NotNow(_("This robot is not in use. Put it to use first."))
    if fault := fault_of(robot.kind, robot.variable):
        raise NotNow(fault)
    Mail.objects.create(
        robot=robot,
        kind=GREETING,
        url=reverse("notices:notice-list"),
        message_id=message_id(),
        ready_at=clock.now(),
    )
    write(actor=actor, verb="notices.robot.greeted", about=robot)
    enqueue(SEND, key="outbox")
    return robot


@transaction.atomic
def resend_mail(*, actor: User, record: Mail) -> Mail:
    """Puts a message that was given up, or met no mail server, back in the queue, with all that was
    in it, to the address that its person has now.

    Raises:
        NotNow: it has not failed, or its person has no address.
    """
    access.require(actor, "resend", record)
    mail = lock(Mail.objects.select_related("person"), record.pk)
    if not mail.may_be_resent:
        raise NotNow(_("Only a message that has failed is sent again."))
    if mail.person is not None and not mail.person.email:
        raise NotNow(_("%(name)s has no e-mail address any more.") % {"name": mail.person.name})
    to = mail.person.email if mail.person is not None else ""
    same = Mail.objects.filter(batch=mail.batch, state=mail.state)
    same.update(state=Mail.State.WAITING, attempts=0, ready_at=clock.now(), to=to)
    write(actor=actor, verb="notices.mail.resent", about=mail)
    enqueue(SEND, key="outbox")
    mail.refresh_from_db()
    return mail


def resendable() -> dict[str, int]:
    """How many messages could be sent again, by how they have ended; none is left out."""
    counted = Mail.objects.resendable().order_by().values_list("state").annotate(Count("pk"))
    return dict(counted)


@transaction.atomic
def resend_all(*, actor: User, state: str) -> Mail:
    """Puts every message that has ended so back in the queue, each to the address that its person
    has now; returns the newest. Whose person has no address stays.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: messages that have ended so are not sent again.
        NotNow: there is none, or there is no mail server still.
    """
    access.require(actor, "resend", Mail)
    if state not in Mail.RESENDABLE:
        raise Invalid(fields={"state": [_("Only a message that has failed is sent again.")]})
    if state == Mail.State.UNSENT and not settings.MAIL_LEAVES:
        raise NotNow(_("No mail server is set up: nothing leaves by e-mail until there is one."))
    ended = Mail.objects.resendable().filter(state=state)
    these = list(ended.select_for_update(of=("self",)).values_list("pk", flat=True))
    if not these:
        raise NotNow(_("Nothing is left that has ended so."))
    address = User.objects.filter(pk=OuterRef("person")).values("email")
    mails = Mail.objects.filter(pk__in=these)
    mails.update(
        state=Mail.State.WAITING,
        attempts=0,
        ready_at=clock.now(),
        to=Coalesce(Subquery(address), Value("")),
    )
    changes = {"state": [state, Mail.State.WAITING], "count": [None, len(these)]}
    write(actor=actor, verb="notices.mail.resent", about=None, changes=changes)
    enqueue(SEND, key="outbox")
    return Mail.objects.get(pk=max(these))


@transaction.atomic
def reword(
    *, actor: User, kind: str, language: str, title: str, text: str = "", version: int | None = None
) -> Wording:
    """Gives one kind of event other words in one language, for what is told from now on.

    Raises:
        Gone: there is no such event.
        Stale: somebody has changed them since `version`; 0 stands for words as they come.
        Invalid: a placeholder is not known, or the title is empty.
    """
    access.require(actor, "edit", Wording)
    if kind not in EVENTS:
        raise Gone(_("There is nothing here for you at this address."))
    title, text = title.strip(), text.strip()
    wrong = _faults(kind, title=title, text=text)
    if not title:
        wrong["title"] = [_("Give the notice a title.")]
    if wrong:
        raise Invalid(fields=wrong)
    row, _new = Wording.objects.get_or_create(
        kind=kind, language=language, defaults={"title": "", "version": 0}
    )
    return _written(actor, row, version, "changed", title, text)


def _faults(kind: str, **words: str) -> dict[str, list[str]]:
    found = {name: wrong_with(kind, said) for name, said in words.items()}
    return {name: [sentence] for name, sentence in found.items() if sentence}


@transaction.atomic
def restore_wording(*, actor: User, record: Wording) -> Wording:
    """Takes an administrator's words away: the event has its own again.

    Raises:
        NotNow: it has them already.
    """
    access.require(actor, "edit", record)
    if not lock(Wording.objects.all(), record.pk).title:
        raise NotNow(_("These are the words as they come."))
    return _written(actor, record, None, "restored", "", "")


def _written(
    actor: User, row: Wording, version: int | None, act: str, title: str, text: str
) -> Wording:
    wording = lock(Wording.objects.all(), row.pk, version=version)
    before = snapshot(wording, ("title", "text"))
    wording.title, wording.text = title, text
    wording.version += 1
    wording.save()
    changes = differences(before, {"title": title, "text": text})
    write(actor=actor, verb=f"notices.wording.{act}", about=wording, changes=changes)
    return wording
