"""Visits: planned, checked in, recorded, commented (R-crm-08, R-crm-09)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.models.client import Client, Contact
from expansion import access
from expansion.records import Check, Deletable, Owned, Recorded


class Outcome(models.TextChoices):
    """What came of a talk, one touch each on a phone."""

    MET_DECIDER = "met_decider", _("met who decides")
    INTERESTED = "interested", _("interested")
    WANTS_PROPOSAL = "wants_proposal", _("wants a proposal")
    NO_NEED = "no_need", _("no need at present")


class VisitQuerySet(models.QuerySet["Visit"]):
    def live(self) -> "VisitQuerySet":
        return self.filter(deleted_at=None, client__deleted_at=None)

    def planned(self) -> "VisitQuerySet":
        return self.filter(status=Visit.Status.PLANNED)

    def done(self) -> "VisitQuerySet":
        return self.filter(status=Visit.Status.DONE)

    def done_in(self, start, end) -> "VisitQuerySet":
        """Recorded ones that took place from the moment `start` to before `end`."""
        return self.done().filter(took_place_at__gte=start, took_place_at__lt=end)

    def expected(self) -> "VisitQuerySet":
        """Planned visits at which nobody has checked in yet."""
        return self.planned().filter(arrived_at=None)

    def unrecorded(self) -> "VisitQuerySet":
        """Visits that took place, as their check-in says, and wait for their record."""
        return self.planned().exclude(arrived_at=None)

    def overdue(self, moment) -> "VisitQuerySet":
        """Visits that took place and whose record is due since before `moment`."""
        return self.unrecorded().filter(due_at__lt=moment)

    def visible_to(self, person) -> "VisitQuerySet":
        return access.visible_to(person, self)


class Visit(Owned, Recorded, Deletable):
    """One visit to a client by one visitor.

    `owner` and `team` are the client's at the time and stay so. `took_place_at` is the moment of
    arrival, else the one that the record gives; `due_at` is when the record has to be written
    (rulebook `sla.visit_feedback`, A-3.2.4c). The position is read once, when the visitor presses
    check-in, and forgotten after the rulebook's time; `distance` stays.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        MISSED = "missed", _("missed")

    client = models.ForeignKey(Client, models.PROTECT, related_name="visits")
    contacts = models.ManyToManyField(Contact, blank=True, related_name="visits")
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits", verbose_name=_("visitor")
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PLANNED)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    materials = models.CharField(_("materials"), max_length=300, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    planned_at = models.DateTimeField(_("planned for"), null=True, blank=True)
    took_place_at = models.DateTimeField(_("took place"), null=True, blank=True)

    arrived_at = models.DateTimeField(_("checked in"), null=True, editable=False)
    latitude = models.FloatField(null=True, editable=False)
    longitude = models.FloatField(null=True, editable=False)
    accuracy = models.PositiveIntegerField(null=True, editable=False)  # metres
    position_age = models.PositiveIntegerField(null=True, editable=False)  # seconds
    distance = models.PositiveIntegerField(null=True, editable=False)  # metres to the client
    manual_reason = models.CharField(max_length=300, blank=True, editable=False)

    outcomes = models.JSONField(_("outcome"), default=list, blank=True)  # keys of Outcome
    said = models.TextField(_("what was said"), blank=True, max_length=4000)
    needs = models.TextField(_("needs"), blank=True, max_length=2000)
    opinions = models.TextField(_("opinions"), blank=True, max_length=2000)
    concerns = models.TextField(_("concerns"), blank=True, max_length=2000)
    own = models.JSONField(default=dict, blank=True, editable=False)  # texts, crm.own_fields
    next_contact_on = models.DateField(_("next contact"), null=True, blank=True)
    due_at = models.DateTimeField(_("record due"), null=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), null=True, editable=False)
    late = models.BooleanField(_("late"), default=False, editable=False)
    closed_reason = models.CharField(_("reason"), max_length=1000, blank=True, editable=False)
    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["visitor", "status", "planned_at"]),
            models.Index(fields=["visitor", "took_place_at"]),
            models.Index(fields=["client", "-took_place_at"]),
            models.Index(fields=["status", "planned_at"]),
        ]
        constraints = [
            Check(
                condition=~Q(status="done")
                | (Q(took_place_at__isnull=False, recorded_at__isnull=False) & ~Q(said="")),
                name="visit_done_is_recorded",
                field="said",
                sentence=_("One sentence is enough: what was said?"),
            ),
            Check(
                condition=Q(status="done") | Q(planned_at__isnull=False),
                name="visit_is_planned",
                field="planned_at",
                sentence=_("Say for when it is planned."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Visit to %(client)s") % {"client": self.client.name})

    def get_absolute_url(self) -> str:
        return reverse("crm:visit", args=[self.pk])

    @property
    def record_title(self) -> str:
        """What is owed once the visit has taken place."""
        return str(_("Record of the visit to %(client)s") % {"client": self.client.name})

    @property
    def outcome_labels(self) -> list[str]:
        known = dict(Outcome.choices)
        return [str(known[key]) for key in self.outcomes if key in known]


class VisitComment(models.Model):
    """What the manager, the leader or a colleague says to a visit's record."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class VisitReading(models.Model):
    """Who has read a visit's record, and when."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="visit_read_once")]

    def __str__(self) -> str:
        return f"{self.person}"


class PositionConsent(models.Model):
    """A person's leave to have the position read at check-in; withdrawn at any time."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="position_consents"
    )
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(withdrawn_at=None), name="position_consent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}"
