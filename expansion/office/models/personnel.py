"""Recruitment and changes of staff: openings, candidates, personnel changes (R-exp-24)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from expansion.records import Check, Owned, Recorded


class Opening(Owned, Recorded):
    """A post that a unit wants to fill, for how many, and what is asked of them (E8-3.1, E7-4.2).

    `team` is the unit that they will work in.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("recruiting")
        FILLED = "filled", _("filled")
        WITHDRAWN = "withdrawn", _("withdrawn")

    post = models.ForeignKey(
        "people.Post",
        models.PROTECT,
        verbose_name=pgettext_lazy("of the department", "post"),
        related_name="+",
    )
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    duties = models.TextField(_("duties of the post"), max_length=2000, blank=True)
    skills = models.TextField(_("skills asked for"), max_length=2000)
    traits = models.TextField(_("traits asked for"), max_length=2000, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    wanted_on = models.DateField(_("wanted by"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)
    opened_at = models.DateTimeField(_("opened at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    closing_reason = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["-pk"]
        constraints = [
            Check(
                condition=Q(places__gte=1),
                name="opening_has_places",
                field="places",
                sentence=_("An opening has one place at least."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.team} · {self.post}"

    def get_absolute_url(self) -> str:
        return reverse("office:opening", args=[self.pk])


class Candidate(Recorded):
    """A private person who applies, rated by the criteria of the rulebook (E3-4.1).

    `ratings` maps a criterion to 1 … 5; `rules_version` is the one that named the criteria. Once
    `forgotten_at` is set, nothing personal is left in the row.
    """

    class Decision(models.TextChoices):
        PENDING = "pending", _("not decided yet")
        INVITED = "invited", _("invited to an interview")
        CHOSEN = "chosen", _("chosen")
        DECLINED = "declined", _("turned down")

    opening = models.ForeignKey(
        Opening, models.PROTECT, verbose_name=_("opening"), related_name="candidates"
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # E.164
    email = models.EmailField(_("e-mail"), blank=True)
    source = models.CharField(_("where from"), max_length=120, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    ratings = models.JSONField(_("ratings"), default=dict, blank=True)
    rules_version = models.ForeignKey(
        "rulebook.Version", models.PROTECT, null=True, editable=False, related_name="+"
    )
    decision = models.CharField(
        _("decision"), max_length=8, choices=Decision, default=Decision.PENDING
    )
    decision_reason = models.CharField(_("reason of the decision"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    forgotten_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name or str(_("forgotten candidate %(number)s") % {"number": self.pk})

    def get_absolute_url(self) -> str:
        return reverse("office:candidate", args=[self.pk])


class PersonnelChange(Owned, Recorded):
    """Somebody is hired, moved or let go: proposed, approved, effective on its day (E5-18).

    `owner` proposed it, `team` is the unit in which it is decided. A hire names the person to be
    (`name`, `username`, `email`, `phone`) until it is effective; then `person` is the account.
    `seats` are the posts that are given up for it. `held_up` says why an approved change could
    not take effect on its day.
    """

    class Kind(models.TextChoices):
        HIRE = "hire", _("hire")
        TRANSFER = "transfer", _("transfer")
        ROTATION = "rotation", _("rotation")
        DEMOTION = "demotion", _("demotion")
        DISMISSAL = "dismissal", _("dismissal")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        RETURNED = "returned", _("returned for revision")
        APPROVED = "approved", _("approved")
        EFFECTIVE = "effective", pgettext_lazy("change of staff", "effective")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # Nobody whom it concerns learns of it before it is approved.
    SETTLED = (Status.APPROVED, Status.EFFECTIVE)
    LIVE = (Status.PROPOSED, Status.RETURNED, *SETTLED)

    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PROPOSED)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        null=True,
        blank=True,
        related_name="+",
    )
    candidate = models.ForeignKey(
        Candidate,
        models.PROTECT,
        verbose_name=_("candidate"),
        null=True,
        blank=True,
        related_name="hires",
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=60, blank=True)
    username = models.CharField(_("user name"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # E.164
    seats = models.ManyToManyField(
        "people.Membership", verbose_name=_("posts given up"), blank=True, related_name="+"
    )
    to_unit = models.ForeignKey(
        "people.Unit",
        models.PROTECT,
        verbose_name=_("new unit"),
        null=True,
        blank=True,
        related_name="+",
    )
    to_post = models.ForeignKey(
        "people.Post",
        models.PROTECT,
        verbose_name=_("new post"),
        null=True,
        blank=True,
        related_name="+",
    )
    effective_on = models.DateField(_("effective on"))
    reason = models.CharField(_("reason"), max_length=500)
    source_case = models.CharField(_("what it follows from"), max_length=200, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    effective_at = models.DateTimeField(_("took effect at"), null=True, editable=False)
    held_up = models.CharField(max_length=500, blank=True, editable=False)
    handover = models.ForeignKey(
        "office.Handover", models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("personnel change")
        verbose_name_plural = _("personnel changes")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["status", "effective_on"])]
        constraints = [
            Check(
                condition=Q(kind="dismissal") | Q(to_unit__isnull=False, to_post__isnull=False),
                name="personnel_change_leads_somewhere",
                field="to_post",
                sentence=_("Say to which unit and post it leads."),
            ),
            Check(
                condition=Q(kind="hire") | Q(person__isnull=False),
                name="personnel_change_of_somebody",
                field="person",
                sentence=_("Say whom it is about."),
            ),
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(status__in=["proposed", "returned", "approved", "effective"]),
                name="personnel_change_hired_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.whom}"

    def get_absolute_url(self) -> str:
        return reverse("office:change", args=[self.pk])

    @property
    def whom(self) -> str:
        """The name of the person concerned, also of one who has no account yet."""
        return self.person.name if self.person else self.name
