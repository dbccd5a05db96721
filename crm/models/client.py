"""Clients, their roles, their contact persons and how these are reached (R-crm-01)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.records import Deletable, Owned, Recorded


class Rating(models.IntegerChoices):
    """Five steps, as people rate."""

    LOW = 1, _("1 – low")
    MODEST = 2, _("2 – modest")
    MIDDLE = 3, _("3 – middle")
    HIGH = 4, _("4 – high")
    TOP = 5, _("5 – very high")


class ClientQuerySet(models.QuerySet["Client"]):
    def live(self) -> "ClientQuerySet":
        return self.filter(deleted_at=None)

    def visible_to(self, person) -> "ClientQuerySet":
        return access.visible_to(person, self)

    def contact_due(self, day) -> "ClientQuerySet":
        """Those whose next contact falls on `day` or earlier."""
        return self.filter(next_contact_on__lte=day)


class Client(Owned, Recorded, Deletable):
    """Anyone outside the department that it deals with: a firm or a private person.

    Being a prospect, client, partner, merchant or channel is a `ClientRole` on it. `identity` is
    what makes two names the same firm (crm.naming). Access flows from here to all that hangs on it.
    """

    class Kind(models.TextChoices):
        FIRM = "firm", _("firm")
        PERSON = "person", _("private person")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.FIRM)
    category = models.CharField(_("kind of client"), max_length=60, blank=True)  # of the rulebook
    identity = models.CharField(max_length=400, editable=False)  # NFKC may lengthen a name
    search = models.TextField(editable=False)  # crm.searching; its trigram index stands in SQL
    credit_code = models.CharField(_("credit code"), max_length=18, blank=True)
    industry = models.CharField(_("industry"), max_length=60, blank=True)
    size = models.PositiveIntegerField(_("headcount"), null=True, blank=True)
    business_scope = models.CharField(_("business scope"), max_length=300, blank=True)
    preferences = models.CharField(_("needs and preferences"), max_length=500, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)  # a key of the rulebook
    grade = models.CharField(_("grade"), max_length=20, blank=True)  # a key of the rulebook
    major = models.BooleanField(_("major client"), default=False)  # A-2.2.1d
    # What a new client's quality is read from (A-5.2.2a, reading 28): 1 low to 5 high.
    size_rating = models.PositiveSmallIntegerField(
        _("size, rated"), null=True, blank=True, choices=Rating
    )
    spending_rating = models.PositiveSmallIntegerField(
        _("spending potential"), null=True, blank=True, choices=Rating
    )
    stage = models.CharField(_("stage"), max_length=40, blank=True)  # of the leading opportunity
    note = models.TextField(_("note"), blank=True, max_length=4000)
    own = models.JSONField(default=dict, blank=True, editable=False)  # texts, crm.own_fields
    first_contact_on = models.DateField(_("first contact"), null=True, editable=False)
    last_contact_at = models.DateTimeField(_("last contact"), null=True, editable=False)
    last_visit_at = models.DateTimeField(_("last visit"), null=True, editable=False)
    next_contact_on = models.DateField(_("next contact"), null=True, blank=True)
    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["identity"], condition=Q(deleted_at=None, kind="firm"), name="client_firm"
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(deleted_at=None) & ~Q(credit_code=""),
                name="client_credit_code",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "stage"]),
            models.Index(fields=["team", "stage"]),
            models.Index(fields=["owner", "next_contact_on"]),
            models.Index(fields=["owner", "-last_visit_at"]),
            models.Index(fields=["next_contact_on", "-id"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("crm:client", args=[self.pk])


class ClientRole(models.Model):
    """What the client is to the department, and since when."""

    class Role(models.TextChoices):
        PROSPECT = "prospect", _("prospect")
        CLIENT = "client", _("client")
        PARTNER = "partner", _("partner")
        MERCHANT = "merchant", _("merchant")
        CHANNEL = "channel", _("channel")

    client = models.ForeignKey(Client, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=10, choices=Role)
    since = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["client", "role"], name="client_role_once")]

    def __str__(self) -> str:
        return self.get_role_display()


class Contact(Recorded, Deletable):
    """A contact person of one client; a private client is its own contact."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=60, blank=True)
    post = models.CharField(_("post"), max_length=60, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    main = models.BooleanField(_("main contact"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-main", "pk"]

    def __str__(self) -> str:
        return self.name or self.post or str(_("contact"))

    def get_absolute_url(self) -> str:
        return f"{self.client.get_absolute_url()}?tab=contacts"


class ContactPoint(models.Model):
    """One phone number or e-mail address of a contact, normalised; a phone's tail is indexed."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")

    client = models.ForeignKey(Client, models.PROTECT, related_name="points")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="points")
    kind = models.CharField(max_length=5, choices=Kind)
    value = models.CharField(max_length=120, db_index=True)  # E.164, or the address in lower case
    extension = models.CharField(max_length=6, blank=True)
    tail = models.CharField(max_length=4, blank=True, db_index=True)  # a phone's last four digits
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "value"], name="contact_point_once")
        ]

    def __str__(self) -> str:
        return self.value
