"""What approvals answer for: decisions in time, and rules that are changed only when approved.

Other rooms ask the same of what they have approved: `decided_in_time`, `rounds`, `chain_line`.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expansion import clock, compliance
from expansion.approvals.models import HOLDER, Decision, Request, Step
from expansion.approvals.wording import step_label
from expansion.compliance import Check, Query, Screen
from expansion.people.models import Membership, Role, Unit
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import LONG

DECIDED = (Step.Status.APPROVED, Step.Status.RETURNED, Step.Status.REJECTED)


def rounds(model: type[Model]) -> QuerySet[Request]:
    """The rounds of approval of each record of an outer query, first to last."""
    kind = ContentType.objects.get_for_model(model)
    return Request.objects.filter(about_type=kind, about_id=OuterRef("pk")).order_by("round")


def was_approved(model: type[Model]) -> Exists:
    """Whether a round of approval of the record was approved; for rows of this model."""
    return Exists(rounds(model).filter(status=Request.Status.APPROVED))


def decided_in_time(kind: str, rules: Rules, clause: str) -> Query:
    """Steps of approval of a kind: kept where decided within the step's limit.

    An open step that names nobody is nobody's alone.
    """
    return _decided(Q(kind=kind))


def manager_decisions(rules: Rules, clause: str) -> Query:
    """Steps that are the manager's: kept where decided within the step's limit (A-2.2.1d)."""
    held = Membership.objects.on(clock.today()).filter(post__role=Role.MANAGER).order_by("pk")
    return _decided(Q(steps__role=Role.MANAGER), Subquery(held.values("user_id")[:1]))


def _decided(asked: Q, *undecided: Subquery) -> Query:
    """Steps with a limit; one that was withdrawn has no case. They are the matter of who decided,
    of whom the step names, else of `undecided`."""
    status = (*DECIDED, Step.Status.OPEN)
    made = Decision.objects.filter(step=OuterRef("steps__pk")).order_by("-at", "-pk")
    decider = Subquery(made.values(holder=HOLDER)[:1])
    return Query(
        Request.objects.filter(
            asked, steps__due_at__isnull=False, steps__status__in=status
        ).annotate(
            step_due=F("steps__due_at"),
            step_closed=F("steps__closed_at"),
            decider=Coalesce(
                decider, F("steps__person_id"), *undecided, output_field=BigIntegerField()
            ),
        ),
        person="decider",
        due="step_due",
        done="step_closed",
        kept=Q(step_closed__lte=F("step_due")),
        open=Q(step_closed=None, step_due__gte=clock.now()),
    )


def chain_line(rules: Rules, kind: str) -> str:
    """Who approves a kind of subject, in order, and how long each may take."""
    rule = rules.approval(kind)
    chain = " → ".join(step_label(step) for step in rule.chain.value)
    if not chain:
        return gettext("%(subject)s: approved by nobody") % {"subject": rule.label()}
    return gettext("%(subject)s: approved by %(chain)s, each within %(limit)s") % {
        "subject": rule.label(),
        "chain": chain,
        "limit": rule.step_limit.value.label,
    }


def amendments(rules: Rules, clause: str) -> Query:
    """Versions that change the rules: kept where a round of approval led to it (E1-22b)."""
    root = Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, parent=None).values("pk")[:1]
    changed = Version.objects.published().exclude(based_on=None).defer(*LONG)
    return Query(
        changed.annotate(unit=Subquery(root), approved=was_approved(Version)),
        person="drafted_by_id",
        team="unit",
        due="published_at",
        done="published_at",
        kept=Q(approved=True),
    )


compliance.add(
    Check(
        "approvals.manager_decisions",
        _("Decisions of the manager in time"),
        manager_decisions,
        clauses=("A-2.2.1d",),
        due=_("decision due"),
        done=_("decided"),
    ),
    Check(
        "approvals.amendments",
        _("New versions approved before they are in force"),
        amendments,
        clauses=("E1-22b",),
        due=_("published"),
        done=_("published"),
        settings=("policy.amendment_chain",),
    ),
    Screen("approvals:request-list", _("Approvals"), clauses=("A-2.2.1d", "E1-22b", "E5-18")),
)
