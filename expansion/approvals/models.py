"""Approvals are rows: request, step, decision, note (law 6, R-exp-05)."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.records import About, Check, Recorded

# In whose right a decision was taken: the principal's, or one's own.
HOLDER = Coalesce("for_person", "by")


class RequestQuerySet(models.QuerySet["Request"]):
    def pending(self) -> "RequestQuerySet":
        return self.filter(status=Request.Status.PENDING)

    def visible_to(self, person: access.Person) -> models.QuerySet["Request"]:
        return access.visible_to(person, self)


class Request(About, Recorded):
    """One round of approval of one record, over a frozen copy of it.

    `snapshot` is what the deciders read, whatever becomes of the record; `digest` is the SHA-256 of
    its canonical JSON, `amount` the sum it is about, `level` its secrecy then. A returned record
    that is submitted again gets a new request with the next `round`; earlier ones stay as they
    are. `owner` and `team` are the record's at that moment; `received_by` has it now, where it has
    changed hands before the matter was decided for good. `stuck_since` and `stuck_because` say that
    the record's own app lets the round not end.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("being decided")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(_("kind"), max_length=40, db_index=True)  # a chain of the rulebook
    title = models.CharField(_("title"), max_length=200)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PENDING, db_index=True
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), related_name="+"
    )
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("received by"),
        related_name="+",
    )
    team = models.ForeignKey(
        "people.Unit", models.PROTECT, verbose_name=_("team"), related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("submitted by"), related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted at"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    comment = models.CharField(_("comment"), max_length=2000, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    level = models.CharField(max_length=12, blank=True)
    stuck_since = models.DateTimeField(null=True)
    stuck_because = models.CharField(max_length=500, blank=True)
    snapshot = models.JSONField(encoder=DjangoJSONEncoder)
    digest = models.CharField(max_length=64)
    rules_version = models.ForeignKey("rulebook.Version", models.PROTECT, related_name="+")
    objects = RequestQuerySet.as_manager()

    class Meta(About.Meta):
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["about_type", "about_id"],
                condition=Q(status="pending"),
                name="approval_one_pending",
            ),
            models.UniqueConstraint(
                fields=["about_type", "about_id", "round"], name="approval_round_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("approvals:request", args=[self.pk])

    @property
    def hands(self) -> frozenset[int]:
        """Who submitted it, who owned the record then and who has it now."""
        received = set() if self.received_by_id is None else {self.received_by_id}
        return frozenset({self.submitted_by_id, self.owner_id} | received)

    @property
    def parties(self) -> frozenset[int]:
        """Whose matter it is: in whose hands it was and is, and whom it is about. They never decide
        it."""
        about_people = (one for one in offers.subjects_about_people() if one.kind == self.kind)
        concerned = (one.kept_out(self.about) for one in about_people)
        return self.hands.union(*concerned)


class StepQuerySet(models.QuerySet["Step"]):
    def open(self) -> "StepQuerySet":
        return self.filter(status=Step.Status.OPEN, request__status=Request.Status.PENDING)


class Step(models.Model):
    """One link of a chain: which role decides, or which person where one is named.

    Steps of one `order` are decided together: all of them, or any one (`joint`). `person` is named
    when the role comes down to one person at submission (the superior, or who stands in for a party
    or an empty post), when a decider adds a signer or passes the step on; `because` says why a step
    stands there besides its chain. `limit` is the time the rulebook of that day gave; once it has
    run out, at `late_at`, the rulebook says what follows.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("not yet its turn")
        OPEN = "open", _("open")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        REJECTED = "rejected", _("rejected")
        SKIPPED = "skipped", _("skipped")
        CARRIED = "carried", _("approved in an earlier round")
        PASSED = "passed", _("passed on")

    class Joint(models.TextChoices):
        ALL = "all", _("all together")
        ANY = "any", _("any one of them")

    class Because(models.TextChoices):
        SIZE = "size", _("by size, grade or level")
        AUTHORITY = "authority", _("beyond the authority of those before")
        BEFORE = "before", _("added before")
        AFTER = "after", _("added after")
        PASSED = "passed", _("passed on")

    request = models.ForeignKey(Request, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=80)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    everyone = models.BooleanField(default=False)  # all who may decide must
    joint = models.CharField(max_length=3, choices=Joint, blank=True)
    because = models.CharField(max_length=10, choices=Because, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    added_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    added_why = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    limit = models.CharField(max_length=20)
    remind_before = models.CharField(max_length=20)
    opened_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("due"), null=True, db_index=True)
    late_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    unseated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["request", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "order", "role"],
                condition=Q(status__in=["waiting", "open"]),
                name="approval_step_order",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "role"]),
            models.Index(fields=["late_at"], condition=Q(status="open"), name="approval_step_late"),
        ]

    def __str__(self) -> str:
        return f"{self.request} · {self.role}"

    @property
    def timed_out(self) -> bool:
        """Returned by the clock: nobody did (R-exp-05)."""
        decided = {made.decision for made in self.decisions.all()}
        return self.status == self.Status.RETURNED and Decision.Kind.RETURN not in decided


class Decision(models.Model):
    """What somebody decided on a step, for whom, when and why."""

    class Kind(models.TextChoices):
        APPROVE = "approve", _("approved")
        RETURN = "return", _("returned")
        REJECT = "reject", _("rejected")

    step = models.ForeignKey(Step, models.CASCADE, related_name="decisions")
    decision = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    comment = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint("step", HOLDER, name="approval_decided_once"),
            Check(
                condition=Q(decision="approve") | ~Q(comment=""),
                name="approval_no_without_reason",
                field="comment",
                sentence=_("Say why, so that it can be put right."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.decision}"

    @property
    def by_superior(self) -> bool:
        """Whether it is of whom a late step was escalated to, who decides it alone."""
        return self.step.escalated_to_id == (self.for_person_id or self.by_id)


class Comment(models.Model):
    """What somebody said on a matter while it was being decided, without deciding it."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    text = models.CharField(max_length=2000)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class Note(models.Model):
    """A remark on one section of the document, answered by the submitter and settled in the end."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="notes")
    section = models.CharField(max_length=60)
    text = models.CharField(max_length=2000)
    answer = models.CharField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]
