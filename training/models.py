"""Courses, their sessions, and who takes part (R-trn-03, R-trn-04)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.records import Check, Deletable, Owned, Recorded


class Course(Recorded, Deletable):
    """A course of the catalogue; category and topic are keys of the rulebook (A-6.2)."""

    title = models.CharField(_("title"), max_length=120)
    category = models.CharField(_("category"), max_length=40)
    topic = models.CharField(_("subject area"), max_length=40, blank=True)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1)
    content = models.TextField(_("content"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["title", "pk"]
        constraints = [
            Check(
                condition=Q(hours__gt=0),
                name="course_hours",
                field="hours",
                sentence=_("Hours lie between 0.1 and 999.9."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("training:course", args=[self.pk])


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> "SessionQuerySet":
        return self.filter(deleted_at=None)

    def ahead(self, moment: datetime) -> "SessionQuerySet":
        """Planned and enrolling ones that have not begun."""
        return self.filter(status__in=Session.AHEAD, starts_at__gt=moment)

    def visible_to(self, person) -> "SessionQuerySet":
        return access.visible_to(person, self)


class Session(Owned, Recorded, Deletable):
    """One holding of a course; its owner organises it, the trainer marks attendance with them."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ENROLMENT = "enrolment", _("enrolment open")
        HELD = "held", _("has been held")
        CLOSED = "closed", _("concluded")
        CANCELLED = "cancelled", _("cancelled")

    AHEAD = (Status.PLANNED, Status.ENROLMENT)

    course = models.ForeignKey(
        Course, models.PROTECT, verbose_name=_("course"), related_name="sessions"
    )
    title = models.CharField(_("title"), max_length=120)
    mode = models.CharField(_("mode"), max_length=40)  # a key of the rulebook
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    hours = models.DecimalField(_("hours counted"), max_digits=5, decimal_places=1)
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("trainer"),
        null=True,
        blank=True,
        related_name="+",
    )
    outside_trainer = models.CharField(_("trainer from outside"), max_length=60, blank=True)
    capacity = models.PositiveSmallIntegerField(_("seats"), default=20)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PLANNED, editable=False
    )
    closed_reason = models.CharField(_("reason"), max_length=1000, blank=True, editable=False)
    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["status", "starts_at"])]
        constraints = [
            Check(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_times",
                field="ends_at",
                sentence=_("The end lies before the start."),
            ),
            Check(
                condition=Q(capacity__gt=0, hours__gt=0),
                name="session_figures",
                sentence=_("Seats and hours are more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("training:session", args=[self.pk])

    @property
    def trainer_name(self) -> str:
        return self.trainer.name if self.trainer else self.outside_trainer


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def live(self) -> "EnrolmentQuerySet":
        """Those that stand: not withdrawn, of a session that is not deleted."""
        return self.filter(withdrawn_at=None, session__deleted_at=None)

    def attended(self) -> "EnrolmentQuerySet":
        return self.live().filter(attendance=Enrolment.Attendance.ATTENDED)

    def visible_to(self, person) -> "EnrolmentQuerySet":
        return access.visible_to(person, self)


class Enrolment(Owned, Recorded):
    """One person in one session; `owner` is the participant, `team` the team of that day.

    One that is withdrawn stays; enrolling again makes a new one. `hours` are counted when the
    attendance is marked.
    """

    class Attendance(models.TextChoices):
        ATTENDED = "attended", _("attended")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("absent")

    session = models.ForeignKey(Session, models.CASCADE, related_name="enrolments")
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    attendance = models.CharField(
        _("attendance"), max_length=8, choices=Attendance, blank=True, editable=False
    )
    hours = models.DecimalField(
        _("hours"), max_digits=5, decimal_places=1, null=True, editable=False
    )
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    marked_at = models.DateTimeField(null=True, editable=False)
    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["pk"]
        indexes = [models.Index(fields=["owner", "attendance"])]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "owner"],
                condition=Q(withdrawn_at=None),
                name="enrolment_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner} · {self.session}"

    def get_absolute_url(self) -> str:
        return self.session.get_absolute_url()
