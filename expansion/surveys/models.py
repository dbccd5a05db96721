"""Questionnaires, whom they ask, and what came back: who answered is kept apart from the answers
(R-crm-17)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from expansion import clock
from expansion.records import About, Check, Deletable, Owned, Recorded


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def live(self) -> QuestionnaireQuerySet:
        return self.filter(deleted_at=None)

    def over(self) -> QuestionnaireQuerySet:
        """Those that take no answer any more and may be read."""
        return self.live().filter(status__in=Questionnaire.OVER)

    def ended_before(self, day: date) -> QuestionnaireQuerySet:
        """Sent ones whose last day has passed."""
        return self.live().filter(status=Questionnaire.Status.SENT, valid_until__lt=day)


class Questionnaire(Owned, Recorded, Deletable):
    """What is asked, of whom, until when; its owner runs it and reports on it.

    `scale` is the best mark of a scale, `least` the number of answers from which something is read
    of them; both are those of the rules in force when it was written and sent.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("open for answers")
        CLOSED = "closed", pgettext_lazy("survey", "closed")
        REPORTED = "reported", _("reported")

    OVER = (Status.CLOSED, Status.REPORTED)

    title = models.CharField(_("title"), max_length=120)
    audience = models.CharField(_("who is asked"), max_length=60)  # rulebook, or selectors.ASKED
    purpose = models.CharField(_("what the answers are for"), max_length=300)
    intro = models.TextField(_("introduction"), max_length=2000, blank=True)
    valid_until = models.DateField(_("answers until"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    scale = models.PositiveSmallIntegerField(default=5, editable=False)
    least = models.PositiveSmallIntegerField(default=3, editable=False)
    rules_version = models.ForeignKey(
        "rulebook.Version", models.PROTECT, null=True, editable=False, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    reported_at = models.DateTimeField(_("reported at"), null=True, editable=False)
    score = models.DecimalField(  # of all answers, 0 to 100; frozen at closing
        _("score"), max_digits=5, decimal_places=2, null=True, editable=False
    )
    summary = models.TextField(_("findings"), max_length=8000, blank=True, editable=False)
    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["-pk"]
        constraints = [
            Check(
                condition=Q(status="draft") | Q(sent_at__isnull=False),
                name="questionnaire_sent",
                field="sent_at",
                sentence=_("Say when it was sent."),
            ),
            Check(
                condition=~Q(status__in=("closed", "reported")) | Q(closed_at__isnull=False),
                name="questionnaire_closed",
                field="closed_at",
                sentence=_("Say when it was closed."),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "status"]),
            models.Index(fields=["team", "status"]),
            models.Index(fields=["status", "valid_until"]),
            models.Index(fields=["closed_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("surveys:questionnaire", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it takes answers today."""
        return self.status == self.Status.SENT and self.valid_until >= clock.today()

    @property
    def is_over(self) -> bool:
        return self.status in self.OVER


class Question(models.Model):
    """One question; `options` are the lines of a choice, from which one is picked."""

    class Kind(models.TextChoices):
        SCALE = "scale", _("scale")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("one of several")
        TEXT = "text", _("free text")

    COUNTING = (Kind.SCALE, Kind.YES_NO)

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField(pgettext_lazy("order", "place"), default=1)
    text = models.CharField(_("question"), max_length=300)
    kind = models.CharField(_("kind of answer"), max_length=6, choices=Kind, default=Kind.SCALE)
    options = models.TextField(_("choices"), max_length=1000, blank=True)
    required = models.BooleanField(_("has to be answered"), default=True)
    counts = models.BooleanField(_("counts towards the score"), default=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return self.questionnaire.get_absolute_url()

    @property
    def choices(self) -> list[str]:
        return [line.strip() for line in self.options.splitlines() if line.strip()]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def live(self) -> InvitationQuerySet:
        return self.filter(questionnaire__deleted_at=None)

    def unanswered(self) -> InvitationQuerySet:
        return self.filter(answered_on=None)


class Invitation(Owned, About):
    """Somebody asked: `about` is their record, `contact` the person within it (0: the record).

    `owner` and `team` are those of the record on the day it was asked; they do not follow later
    moves. It knows that an answer came, not which.
    """

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="invitations")
    audience = models.CharField(max_length=40)  # the offers.SurveyAudience it was chosen from
    contact = models.BigIntegerField(default=0)
    recipient = models.CharField(_("asked"), max_length=120, blank=True)
    by_mail = models.BooleanField(_("by e-mail"), default=False)
    mailed_at = models.DateTimeField(_("mailed"), null=True, editable=False)
    handed_at = models.DateTimeField(_("link handed over"), null=True, editable=False)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    failed = models.BooleanField(default=False, editable=False)  # the mail was not accepted
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    objects = InvitationQuerySet.as_manager()

    class Meta(About.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "about_type", "about_id", "contact"],
                name="invitation_once",
            )
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.about_label, self.recipient]))

    def get_absolute_url(self) -> str:
        return self.questionnaire.get_absolute_url()


class Response(Owned, About):
    """One filled-in questionnaire, with no word of who filled it in.

    It keeps the record it speaks of, its owner and team, by which scores are gathered. While the
    questionnaire is open it also points at the invitation, so that one who asks to be forgotten
    can be; closing cuts that for good.
    """

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="responses")
    invitation = models.OneToOneField(
        Invitation, models.SET_NULL, null=True, related_name="response"
    )
    score = models.DecimalField(max_digits=9, decimal_places=6, null=True)  # 0 to 100, unrounded

    class Meta(About.Meta):
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return str(_("answer to “%(title)s”") % {"title": self.questionnaire})

    def get_absolute_url(self) -> str:
        return self.questionnaire.get_absolute_url()


class Answer(models.Model):
    """What was answered to one question: a mark, yes (1) or no (0), the place of a choice, or a
    text."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(max_length=2000, blank=True)

    class Meta:
        verbose_name = _("answer to a question")
        verbose_name_plural = _("answers to questions")
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="answer_once")]

    def __str__(self) -> str:
        return self.text or str(self.number)


class MeasureQuerySet(models.QuerySet["Measure"]):
    def live(self) -> MeasureQuerySet:
        return self.filter(questionnaire__deleted_at=None)

    def running(self) -> MeasureQuerySet:
        """Those that are owed: their report is handed in, and they are not carried out."""
        return self.live().filter(questionnaire__status="reported", done_on=None)

    def owed_by(self, person: Any) -> MeasureQuerySet:
        """Those of this person, and of those who have left where the person runs the survey."""
        theirs = Q(responsible=person)
        left = Q(questionnaire__owner=person) & ~Q(responsible__status="active")
        return self.running().filter(theirs | left)


class Measure(models.Model):
    """What is to become better after a survey: what, by whom, until when, and what came of it
    (D-3.2.4d)."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="measures")
    text = models.CharField(_("measure"), max_length=300)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("responsible"), related_name="+"
    )
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    done_note = models.CharField(_("what was done"), max_length=500, blank=True, editable=False)
    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("improvement measure")
        verbose_name_plural = _("improvement measures")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return self.questionnaire.get_absolute_url()

    def is_overdue(self, day: date) -> bool:
        return self.done_on is None and self.due_on < day

    @property
    def came_late(self) -> bool:
        return self.done_on is not None and self.done_on > self.due_on
