"""Contracts with clients and partners, and what each side owes by them (R-crm-14, R-crm-15)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.models.client import Client
from expansion import access, clock
from expansion.records import Check, Deletable, Graded, Owned, Recorded


class ContractQuerySet(models.QuerySet["Contract"]):
    def in_force_or_to_come(self) -> "ContractQuerySet":
        """Neither rejected nor past its last day: somebody has to look after it."""
        over = Q(status=Contract.Status.REJECTED) | Q(ends_on__lt=clock.today())
        return self.exclude(over)

    def live(self) -> "ContractQuerySet":
        return self.filter(deleted_at=None)

    def visible_to(self, person) -> "ContractQuerySet":
        return access.visible_to(person, self)

    def signed(self) -> "ContractQuerySet":
        return self.filter(status=Contract.Status.SIGNED)

    def signed_in(self, first: date, last: date) -> "ContractQuerySet":
        """Those signed on a day from `first` to `last`, both included."""
        return self.signed().filter(signed_on__range=(first, last))

    def in_force(self, day: date) -> "ContractQuerySet":
        """The signed ones whose term covers `day`; one without an end runs on."""
        return self.signed().filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Contract(Owned, Recorded, Deletable, Graded):
    """One contract with one client: the only ledger, for clients and partners alike (reading 60).

    Its text can be changed while it is a draft or returned, never afterwards; what changes after
    approval needs a contract of its own. `number` is given at the first submission, `digest` is the
    checksum of the document that was approved. `signed_owner` held it when it was signed and gets
    the credit for good, whoever takes it over.
    """

    class Kind(models.TextChoices):
        SALE = "sale", _("services sold")
        COOPERATION = "cooperation", _("cooperation")
        PURCHASE = "purchase", _("purchase")
        LEASE = "lease", _("lease")
        OTHER = "other", _("other")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_APPROVAL = "in_approval", _("in approval")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved, to be signed")
        REJECTED = "rejected", _("rejected")
        SIGNED = "signed", _("signed")

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    SECTIONS = ("scope", "duties", "payment", "special")
    REQUIRED_SECTIONS = ("scope", "duties", "payment")

    client = models.ForeignKey(
        Client, models.PROTECT, verbose_name=_("client"), related_name="contracts"
    )
    number = models.CharField(_("number"), max_length=40, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.SALE)
    amount = models.DecimalField(
        _("amount"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    starts_on = models.DateField(_("in force from"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    scope = models.TextField(_("content of the contract"), max_length=8000, blank=True)
    duties = models.TextField(_("rights and duties"), max_length=8000, blank=True)
    payment = models.TextField(_("payment"), max_length=8000, blank=True)
    special = models.TextField(_("changes to our usual clauses"), max_length=8000, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    signed_on = models.DateField(_("signed on"), null=True, editable=False)
    signed_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("owner when signed"),
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    signed_by_us = models.CharField(_("signed for us by"), max_length=60, blank=True)
    signed_by_them = models.CharField(_("signed for the client by"), max_length=60, blank=True)
    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="contract_number"
            ),
            Check(
                condition=Q(signed_on=None) | Q(status="signed", approved_at__isnull=False),
                name="contract_signed_after_approval",
                field="signed_on",
                sentence=_("A contract is signed after its approval."),
            ),
            Check(
                condition=Q(signed_on=None, signed_owner=None)
                | Q(signed_on__isnull=False, signed_owner__isnull=False),
                name="contract_signed_for_somebody",
                field="signed_owner",
                sentence=_("What is signed counts for whoever held it then."),
            ),
            Check(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="contract_term",
                field="ends_on",
                sentence=_("The end lies before the start."),
            ),
            Check(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="contract_amount",
                field="amount",
                sentence=_("An amount is not negative."),
            ),
        ]
        indexes = [
            models.Index(fields=["client", "status"]),
            models.Index(fields=["owner", "status"]),
            models.Index(fields=["signed_owner", "signed_on"]),
            models.Index(fields=["status", "ends_on"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("crm:contract", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE and self.deleted_at is None

    def phase(self, day: date) -> str:
        """What a signed contract is on that day: `planned`, `in_force` or `ended`."""
        if self.status != self.Status.SIGNED:
            return self.status
        if self.starts_on and day < self.starts_on:
            return "planned"
        return "ended" if self.ends_on and day > self.ends_on else "in_force"


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, person) -> "ObligationQuerySet":
        return access.visible_to(person, self)

    def running(self) -> "ObligationQuerySet":
        """Open ones whose due date runs: those of signed contracts."""
        signed = Contract.objects.live().signed()
        return self.filter(done_on=None, contract__in=signed.order_by().values("pk"))

    def overdue(self, day: date) -> "ObligationQuerySet":
        return self.running().filter(due_on__lt=day)

    def due_between(self, first: date, last: date) -> "ObligationQuerySet":
        return self.running().filter(due_on__range=(first, last))


class Obligation(Recorded):
    """What one side owes by a date: a line of the payment plan where it has an amount."""

    class Party(models.TextChoices):
        US = "us", _("we")
        THEM = "them", _("the client")

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="obligations")
    party = models.CharField(_("who owes it"), max_length=4, choices=Party)
    what = models.CharField(_("what"), max_length=200)
    amount = models.DecimalField(
        _("amount"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["due_on", "pk"]
        constraints = [
            Check(
                condition=Q(amount=None) | Q(amount__gt=0),
                name="obligation_amount",
                field="amount",
                sentence=_("An amount is more than 0, or left empty."),
            )
        ]
        indexes = [models.Index(fields=["done_on", "due_on"])]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return f"{self.contract.get_absolute_url()}?tab=obligations"

    def is_overdue(self, day: date) -> bool:
        return self.done_on is None and self.due_on < day
