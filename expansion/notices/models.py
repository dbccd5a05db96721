"""Notices in the application, each person's wishes, and the outbox of what leaves (R-exp-11)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.notices.events import GREETING, event_label
from expansion.records import About, Check, Recorded


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def listed(self) -> NoticeQuerySet:
        """Without those that one notice stands for."""
        return self.filter(within=None)


class Notice(About):
    """Something a person is told: in the application always, exactly once per `key`.

    `kind` is the event, such as `office.report_due`; `url` a path of this installation, `text` one
    sentence more. The words are those of the person's language at that moment. Many of one kind
    told at once stay rows of their own, read and `within` the one that stands for them.

    From `read_at` it waits no longer: its person has read it, or it is `settled`, as what it asked
    for was done or fell away before anybody did.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=160, blank=True)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=1000, blank=True)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    settled = models.BooleanField(default=False)
    within = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="members", db_index=False
    )
    objects = NoticeQuerySet.as_manager()

    class Meta(About.Meta):
        ordering = ["-at", "-pk"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            *About.Meta.indexes,
            models.Index(fields=["person", "-at"]),
            models.Index(
                fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"
            ),
            # Most are within none: an index of these would tempt SQLite away from the next two.
            models.Index(
                fields=["within"], condition=Q(within__isnull=False), name="notice_within"
            ),
            models.Index(
                fields=["-at", "-id"], condition=Q(within__isnull=True), name="notice_listed"
            ),
            models.Index(
                fields=["kind", "-at", "-id"],
                condition=Q(within__isnull=True),
                name="notice_listed_kind",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"], condition=~Q(key=""), name="notice_once"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notices:notice", args=[self.pk])


class Told(Notice):
    """A notice as the log has it: that somebody was told something of a kind, and read it when;
    never what it said."""

    class Meta:
        proxy = True
        verbose_name = _("notice in the application")
        verbose_name_plural = _("notices in the application")


class Wish(models.TextChoices):
    AT_ONCE = "at_once", _("at once")
    DIGEST = "digest", _("in the daily digest")
    NEVER = "never", _("not by e-mail")


class Preference(models.Model):
    """How notices reach a person by e-mail besides the application; without a row, not at all.

    `wishes` says per group of events when a mail leaves; what is not in it does not. In the quiet
    hours, and with `quiet_days` on days off, mails wait. The digest leaves at `digest_at`, else
    when the working day opens.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preference"
    )
    wishes = models.JSONField(default=dict)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    quiet_days = models.BooleanField(_("quiet on days off"), default=False)
    digest_at = models.TimeField(_("daily digest at"), null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person)

    def wish(self, group: str) -> Wish:
        return Wish(self.wishes.get(group, Wish.NEVER))


class Robot(Recorded):
    """A group's robot in WeCom, DingTalk or Feishu; `variable` names where its address lies.

    The address is a secret and stands in the environment alone. The robot says what kind of thing
    happened to how many people of its team, and where to read on; never who or what.
    """

    class Kind(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("platform"), max_length=10, choices=Kind)
    variable = models.CharField(_("variable of the environment"), max_length=60)
    groups = models.JSONField(_("events"), default=list)
    team = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, verbose_name=_("team"), related_name="+"
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("robot")
        verbose_name_plural = _("robots")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("notices:robot-edit", args=[self.pk])


class Wording(Recorded):
    """An administrator's own words for one kind of event in one language."""

    kind = models.CharField(max_length=80)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=200)
    text = models.CharField(_("text"), max_length=1000, blank=True)

    class Meta:
        ordering = ["kind", "language"]
        verbose_name = _("wording of a notice")
        verbose_name_plural = _("wordings of notices")
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="wording_once")]

    def __str__(self) -> str:
        return f"{event_label(self.kind)} · {self.get_language_display()}"

    def get_absolute_url(self) -> str:
        return reverse("notices:wording-edit", args=[self.kind, self.language])


class MailQuerySet(models.QuerySet["Mail"]):
    def ready(self, moment: datetime) -> MailQuerySet:
        return self.filter(state=Mail.State.WAITING, ready_at__lte=moment).order_by("pk")

    def at_any_hour(self) -> MailQuerySet:
        """Without what robots say in the working hours only."""
        return self.filter(Q(robot=None) | Q(kind=GREETING))

    def resendable(self) -> MailQuerySet:
        """What was given up or met no mail server, and has an address to go to now."""
        ended = self.filter(state__in=Mail.RESENDABLE)
        return ended.filter(Q(person=None) | ~Q(person__email=""))

    def failed_since(self, moment: datetime) -> MailQuerySet:
        return self.filter(state=Mail.State.FAILED, ready_at__gt=moment)

    def interrupted(self, before: datetime) -> MailQuerySet:
        """Those whose sender died between handing them over and marking them."""
        return self.filter(state=Mail.State.SENDING, claimed_at__lt=before)

    def alongside(self, mail: Mail, moment: datetime) -> MailQuerySet:
        """The others that wait to leave in one message with `mail`.

        Whatever was in it at the first attempt, and nothing else, is in it at the next ones.
        """
        waiting = self.filter(state=Mail.State.WAITING).exclude(pk=mail.pk)
        if mail.batch:
            return waiting.filter(batch=mail.batch)
        fresh = waiting.filter(batch="", ready_at__lte=moment)
        if mail.robot_id:
            return fresh.filter(robot=mail.robot_id, kind=mail.kind)
        same = fresh.filter(person=mail.person_id, digest=mail.digest)
        return same if mail.digest else same.filter(kind=mail.kind)


class Mail(models.Model):
    """The outbox: an e-mail of one notice, or a line for one robot, stored with what it tells of.

    `message_id` is fixed at birth. What leaves in one message has the first one's as its `batch`,
    so that a message sent twice is recognised as one. `to` is the person's address at the time.
    `count` and `url` are a robot's line. What must not leave any more, when its moment comes, is
    dropped, with the reason as its `error`; without a mail server an e-mail ends unsent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("in the queue")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNSENT = "unsent", _("no mail server")
        DROPPED = "dropped", _("dropped")

    RESENDABLE = (State.FAILED, State.UNSENT)

    notice = models.OneToOneField(Notice, models.CASCADE, null=True, related_name="mail")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    robot = models.ForeignKey(Robot, models.PROTECT, null=True, related_name="lines")
    kind = models.CharField(max_length=80)
    to = models.EmailField(blank=True)
    digest = models.BooleanField(default=False)
    count = models.PositiveIntegerField(default=1)
    url = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    batch = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(default=clock.now)
    ready_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("sent notice")
        verbose_name_plural = _("sent notices")
        indexes = [
            models.Index(fields=["state", "ready_at"]),
            models.Index(fields=["person", "kind", "-ready_at"]),
        ]
        constraints = [
            Check(
                condition=Q(notice__isnull=False, robot=None) | Q(notice=None, robot__isnull=False),
                name="mail_to_person_or_robot",
                sentence=_("A message goes either to a person or to a robot."),
            )
        ]

    def __str__(self) -> str:
        return f"{event_label(self.kind)} · {self.receiver}"

    def get_absolute_url(self) -> str:
        return reverse("notices:sent", args=[self.pk])

    @property
    def is_at_any_hour(self) -> bool:
        """Whether it may leave at night too."""
        return self.robot_id is None or self.kind == GREETING

    @property
    def may_be_resent(self) -> bool:
        return self.state in Mail.RESENDABLE

    @property
    def receiver(self) -> str:
        """Whom it goes to: a person's name, or the robot's."""
        return str(self.robot) if self.robot_id else self.person.name
