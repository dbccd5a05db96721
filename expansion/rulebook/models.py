"""Versions of the regulation: exactly one is in force per day (R-exp-01)."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from expansion import access
from expansion.people.models import Unit
from expansion.records import Check, Recorded


class Standing(models.TextChoices):
    """What a version is on a day: how far a draft has come, and what a published one is by now."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    IN_FORCE = "in_force", pgettext_lazy("rulebook version", "in force")
    FOLLOWS = "follows", pgettext_lazy("rulebook version", "follows")
    SUPERSEDED = "superseded", pgettext_lazy("rulebook version", "superseded")
    DISCARDED = "discarded", _("given up")
    REJECTED = "rejected", _("rejected")


class VersionQuerySet(models.QuerySet["Version"]):
    def published(self) -> "VersionQuerySet":
        return self.filter(status=Version.Status.PUBLISHED)

    def unpublished(self) -> "VersionQuerySet":
        """Being drafted or decided; at most one (see `services`)."""
        return self.filter(status__in=(Version.Status.DRAFT, Version.Status.SUBMITTED))


class Version(Recorded):
    """One version. A published one is never changed; the next one supersedes it from its date.

    The one in force on a day is the published one with the latest `effective_on` not after that
    day, the higher number where two share it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        PUBLISHED = "published", _("published")
        DISCARDED = "discarded", _("given up")
        REJECTED = "rejected", _("rejected")

    number = models.PositiveIntegerField(_("number"), unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    preset = models.CharField(max_length=20)
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    # A draft's is that of the version before it, or of the file that was read into it.
    content = models.JSONField(encoder=DjangoJSONEncoder)
    # A draft's own values by parameter path; they need not fit together before it is published.
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    # The rulebook named nobody who approves it: the administrator alone published it.
    unapproved = models.BooleanField(default=False)
    # Whoever drafts and does not publish asks the administrator to; a later change takes it back.
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    handed_over_at = models.DateTimeField(null=True)
    # When the posts and teams of the department were made to follow it (`services.following`).
    followed_at = models.DateTimeField(null=True)
    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("rulebook version")
        constraints = [
            # One draft at a time: two editors meet in it instead of overwriting each other later.
            models.UniqueConstraint(
                fields=["preset"], condition=Q(status="draft"), name="rulebook_one_draft"
            ),
            Check(
                condition=~Q(status="published") | Q(effective_on__isnull=False),
                name="rulebook_published_has_date",
                field="effective_on",
                sentence=_("Say from which day it is in force."),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Being drafted or decided: what it holds need not hold together yet."""
        return self.status in (self.Status.DRAFT, self.Status.SUBMITTED)

    def take_request_back(self) -> None:
        """What the administrators were asked to publish is another draft from now on."""
        self.handed_over_by = self.handed_over_at = None

    def is_rested_on(self) -> bool:
        """Whether a later version was made from it, or a record keeps it as the rules it began
        with."""
        relations = [one for one in self._meta.get_fields(include_hidden=True) if one.one_to_many]
        return any(
            one.related_model._base_manager.filter(**{one.field.name: self.pk}).exists()
            for one in relations
        )

    def __str__(self) -> str:
        return f"v{self.number}"

    @classmethod
    def next_number(cls) -> int:
        """The number of the next version to be made; the row's own uniqueness guards it."""
        return (cls.objects.aggregate(last=models.Max("number"))["last"] or 0) + 1

    def get_absolute_url(self) -> str:
        return reverse("rulebook:version", args=[self.pk])

    # What an approval asks of its subject: whose matter it is, and where it is decided.

    @property
    def owner_id(self) -> int | None:
        return self.drafted_by_id

    @property
    def team(self) -> Unit | None:
        return Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, parent=None).first()

    @property
    def team_id(self) -> int | None:
        return self.team.pk if self.team else None


class InterpretationQuerySet(models.QuerySet["Interpretation"]):
    def standing(self) -> "InterpretationQuerySet":
        return self.filter(withdrawn_at=None)

    def visible_to(self, person: Any) -> "InterpretationQuerySet":
        return access.visible_to(person, self)


class Interpretation(models.Model):
    """How a clause is to be understood, published by whom the regulation names for it (E1-3).

    One that is withdrawn stays readable in the trail; the clause itself never changes by it.
    """

    clause = models.CharField(_("clause"), max_length=20)  # an id of the regulation
    text = models.TextField(_("interpretation"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # By whose mandate; None in the own right.
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(_("published"))
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    objects = InterpretationQuerySet.as_manager()

    class Meta:
        verbose_name = _("interpretation")
        verbose_name_plural = _("interpretations")
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["clause"])]

    def __str__(self) -> str:
        return f"{self.clause}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return f"{reverse('rulebook:clauses')}#{self.clause}"
