"""Major matters and the bottom line of a deal (R-exp-06, A-2.2.1d, E9-3.1e)."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.models.client import Client
from crm.models.contract import Contract
from crm.models.opportunity import CURRENCIES, Opportunity
from expansion import access, worktime
from expansion.records import About, Check, Owned, Recorded, about_key
from expansion.rulebook.models import Version


class BottomLine(Recorded):
    """What a deal must not fall below: known to who negotiates, the manager and leadership.

    `price` is the lowest amount, `term_months` the shortest term, `share` the smallest part that is
    ours. Its values stand nowhere else: no list, file or search of the deal reads them.
    """

    opportunity = models.OneToOneField(
        Opportunity, models.PROTECT, related_name="bottom_line", editable=False
    )
    price = models.DecimalField(
        _("lowest price"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY", choices=CURRENCIES)
    term_months = models.PositiveSmallIntegerField(
        _("shortest term"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("In months."),
    )
    share = models.DecimalField(
        _("our smallest share"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("In percent."),
    )
    note = models.TextField(_("note"), blank=True, max_length=2000)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("set by"),
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("bottom line")
        verbose_name_plural = _("bottom lines")
        ordering = ["-pk"]
        constraints = [
            Check(
                condition=Q(price=None) | Q(price__gte=0),
                name="bottom_line_price",
                field="price",
                sentence=_("An amount is not negative."),
            ),
            Check(
                condition=Q(share=None) | Q(share__range=(0, 100)),
                name="bottom_line_share",
                field="share",
                sentence=_("A share lies between 0 and 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.opportunity)

    def get_absolute_url(self) -> str:
        return reverse("crm:bottom-line", args=[self.pk])

    @property
    def term(self) -> str:
        """The shortest term in words; empty where none is set."""
        if not self.term_months:
            return ""
        return worktime.Limit(self.term_months, worktime.Unit.MONTHS).label


def place_of(record: Any) -> dict[str, Any]:
    """Where a matter says what it is about: a column of its own, or `about` for an upper app."""
    if isinstance(record, (Client, Opportunity, Contract)):
        return {str(record._meta.model_name): record.pk}
    return about_key(record)


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def live(self) -> "EscalationQuerySet":
        """Those whose client, opportunity or contract has not been deleted; one of an upper app is
        closed by whoever deletes its record."""
        gone = Q(opportunity__deleted_at__isnull=False) | Q(contract__deleted_at__isnull=False)
        return self.filter(client__deleted_at=None).exclude(gone)

    def open(self) -> "EscalationQuerySet":
        return self.filter(decided_at=None)

    def of(self, record: Any) -> "EscalationQuerySet":
        """Those of this very record."""
        whole = dict.fromkeys(("opportunity", "contract", "about_id"))
        return self.filter(**(whole | place_of(record)))

    def over(self, record: Any) -> "EscalationQuerySet":
        """Those that hold up this record: its own, and those of its whole client."""
        if isinstance(record, Client):
            return self.of(record)
        whole = Q(client=record.client_id, opportunity=None, contract=None, about_id=None)
        return self.filter(Q(**place_of(record)) | whole)

    def visible_to(self, person) -> "EscalationQuerySet":
        return access.visible_to(person, self)


class Escalation(Owned, About, Recorded):
    """A matter that has become major, until its owner by the rulebook decides who carries it on.

    It is about the client as a whole, about one opportunity or contract, or, by `about`, about what
    an upper app puts forward: a cooperation project. `role` is whose the
    decision is, a word of the rulebook; `decider` where that comes down to one person. `owner` and
    `team` worked the matter when it was opened; `amount` is how large it was.
    """

    class Outcome(models.TextChoices):
        TAKEN_OVER = "taken_over", _("taken over")
        LEFT = "left_with", _("left with its owner")
        GONE = "gone", _("record deleted")

    client = models.ForeignKey(
        Client, models.PROTECT, verbose_name=_("client"), related_name="escalations"
    )
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, null=True, related_name="escalations"
    )
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="escalations")
    triggers = models.JSONField(_("why it is major"), default=list)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    role = models.CharField(_("decided by"), max_length=80)
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    rules_version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("since"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("decided by"),
        null=True,
        related_name="+",
    )
    decided_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = _("major matter")
        verbose_name_plural = _("major matters")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(decided_at=None, opportunity=None, contract=None, about_id=None),
                name="escalation_one_open_of_client",
            ),
            models.UniqueConstraint(
                fields=["opportunity"],
                condition=Q(decided_at=None),
                name="escalation_one_open_of_opportunity",
            ),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(decided_at=None),
                name="escalation_one_open_of_contract",
            ),
            models.UniqueConstraint(
                fields=["about_type", "about_id"],
                condition=Q(decided_at=None),
                name="escalation_one_open_of_record",
            ),
            Check(
                condition=Q(opportunity=None, contract=None)
                | Q(opportunity=None, about_id=None)
                | Q(contract=None, about_id=None),
                name="escalation_of_one_record",
                sentence=_("A major matter is about one record."),
            ),
            Check(
                condition=Q(decided_at=None, decided_by=None, outcome="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(outcome="")),
                name="escalation_decided_whole",
                field="outcome",
                sentence=_("A decision has its outcome, its moment and who took it."),
            ),
        ]
        indexes = [*About.Meta.indexes, models.Index(fields=["decided_at", "-opened_at"])]

    def __str__(self) -> str:
        return self.about_label or str(self.record)

    def get_absolute_url(self) -> str:
        return reverse("crm:escalation", args=[self.pk])

    @property
    def record(self) -> Any:
        """What has become major."""
        return self.about or self.contract or self.opportunity or self.client

    @property
    def kind(self) -> str:
        """What sort of record that is, in words."""
        if self.about_type_id:
            model = ContentType.objects.get_for_id(self.about_type_id).model_class()
            return str(model._meta.verbose_name) if model else ""
        return str(self.record._meta.verbose_name)

    @property
    def is_open(self) -> bool:
        return self.decided_at is None
