"""What the department signs, says and owns: confidentiality agreements, external statements, rights
in ideas, public relations (R-exp-19)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion.records import Check, Deletable, Owned, Recorded


class NdaQuerySet(models.QuerySet["Nda"]):
    def live(self) -> NdaQuerySet:
        return self.filter(deleted_at=None)

    def current(self) -> NdaQuerySet:
        """Each person's last one, valid or run out."""
        return self.live().filter(replaced_at=None)

    def valid_on(self, day: date) -> NdaQuerySet:
        """Signed, not replaced, and not run out."""
        open_ended = Q(until=None) | Q(until__gte=day)
        return self.current().filter(open_ended, signed_on__lte=day)


class Nda(Recorded, Deletable):
    """A person's signed confidentiality agreement (E8-5.1).

    A person's latest one counts: the earlier ones carry since when they are replaced, and stay
    readable.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="+"
    )
    edition = models.CharField(_("version of the text"), max_length=60)
    signed_on = models.DateField(_("signed on"))
    survives_leaving = models.BooleanField(_("goes on after leaving"))
    until = models.DateField(_("valid until"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("recorded by"),
        editable=False,
        related_name="+",
    )
    objects = NdaQuerySet.as_manager()

    class Meta:
        verbose_name = _("confidentiality agreement")
        verbose_name_plural = _("confidentiality agreements")
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(replaced_at=None, deleted_at=None),
                name="nda_one_current",
            ),
            Check(
                condition=Q(until=None) | Q(until__gte=F("signed_on")),
                name="nda_ends_later",
                field="until",
                sentence=_("The end lies before the day of signing."),
            ),
        ]
        indexes = [models.Index(fields=["person", "-signed_on"])]

    def __str__(self) -> str:
        return str(
            _("%(name)s, agreement “%(edition)s”") % {"name": self.person, "edition": self.edition}
        )

    def get_absolute_url(self) -> str:
        return reverse("office:nda", args=[self.pk])

    def has_run_out(self, day: date) -> bool:
        return self.until is not None and self.until < day


class StatementQuerySet(models.QuerySet["Statement"]):
    def underway(self) -> StatementQuerySet:
        """Not released yet, and not given up."""
        return self.filter(status__in=Statement.UNDERWAY)


class Statement(Owned, Recorded):
    """What somebody wants to say outside in the company's name (E8-5.3).

    Written while a draft or returned; locked from submission on; released once approved.
    """

    class Kind(models.TextChoices):
        TALK = "talk", _("talk")
        ARTICLE = "article", _("article")
        INTERVIEW = "interview", _("interview")
        POST = "post", _("post on a channel of ours")
        OTHER = "other", _("something else")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned")
        REJECTED = "rejected", _("rejected")
        APPROVED = "approved", _("approved")
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    UNDERWAY = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.APPROVED)

    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("form"), max_length=10, choices=Kind, default=Kind.TALK)
    audience = models.CharField(_("audience"), max_length=200)
    text = models.TextField(_("text"), max_length=20000, blank=True)
    planned_on = models.DateField(_("planned release"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    released_on = models.DateField(_("released on"), null=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("released by"),
        null=True,
        editable=False,
        related_name="+",
    )
    released_where = models.CharField(_("released where"), max_length=200, blank=True)
    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("external statement")
        verbose_name_plural = _("external statements")
        ordering = ["-planned_on", "-pk"]
        constraints = [
            Check(
                condition=~Q(status="released")
                | Q(
                    approved_at__isnull=False,
                    released_on__isnull=False,
                    released_by__isnull=False,
                ),
                name="statement_released_after_approval",
                field="released_on",
                sentence=_("It is released after its approval, by somebody and on a day."),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "status"]),
            models.Index(fields=["team", "status"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("office:statement", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE


class IpRightQuerySet(models.QuerySet["IpRight"]):
    def live(self) -> IpRightQuerySet:
        return self.filter(deleted_at=None)

    def expiring(self, day: date, horizon: date) -> IpRightQuerySet:
        """Those that end from that day on until the horizon."""
        return self.live().filter(expires_on__gte=day, expires_on__lte=horizon)


class IpRight(Recorded, Deletable):
    """A patent, trademark or copyright that is to be protected (E8-5.2); `kind` is a key of the
    rulebook, `holder` the company or person it belongs to."""

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=120)
    number = models.CharField(_("number"), max_length=60, blank=True)
    holder = models.CharField(_("belongs to"), max_length=120)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("recorded by"),
        editable=False,
        related_name="+",
    )
    objects = IpRightQuerySet.as_manager()

    class Meta:
        verbose_name = _("intellectual property right")
        verbose_name_plural = _("intellectual property rights")
        ordering = ["title", "pk"]
        constraints = [
            Check(
                condition=Q(registered_on=None)
                | Q(expires_on=None)
                | Q(expires_on__gte=F("registered_on")),
                name="ip_right_expires_later",
                field="expires_on",
                sentence=_("The end lies before the registration."),
            ),
        ]
        indexes = [models.Index(fields=["expires_on"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("office:right", args=[self.pk])


class PublicMatterQuerySet(models.QuerySet["PublicMatter"]):
    def live(self) -> PublicMatterQuerySet:
        return self.filter(deleted_at=None)


class PublicMatter(Owned, Recorded, Deletable):
    """One line of the public-relations log (E9-3.1i): `owner` dealt with it."""

    happened_on = models.DateField(_("date"))
    counterpart = models.CharField(_("counterpart"), max_length=120)
    matter = models.CharField(_("matter"), max_length=200)
    done = models.TextField(_("what was done"), max_length=4000, blank=True)
    follow_up_on = models.DateField(_("follow up on"), null=True, blank=True)
    objects = PublicMatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("public-relations matter")
        verbose_name_plural = _("public-relations matters")
        ordering = ["-happened_on", "-pk"]
        constraints = [
            Check(
                condition=Q(follow_up_on=None) | Q(follow_up_on__gte=F("happened_on")),
                name="public_matter_follows_later",
                field="follow_up_on",
                sentence=_("It is followed up after it happened."),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-happened_on"]),
            models.Index(fields=["follow_up_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.counterpart} · {self.matter}"

    def get_absolute_url(self) -> str:
        return reverse("office:matter", args=[self.pk])
