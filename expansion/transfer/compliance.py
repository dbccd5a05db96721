"""What the log of exports answers for: large ones say why and were approved (R-exp-18)."""

from collections.abc import Iterator
from datetime import time

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, compliance, offers
from expansion.approvals.compliance import was_approved
from expansion.compliance import NEVER, Check, Fact, Query, Screen
from expansion.people.compliance import unit_of
from expansion.rulebook.schema import Rules
from expansion.transfer.models import Export

PERMISSION = ("A-4.4.2", "B-7.3.2")
SECRECY = (*PERMISSION, "E4-9.3")


def large_exports(rules: Rules, clause: str) -> Query:
    """Exports of lists that ask for a reason or an approval: kept where they have it (A-4.4.2).

    What was refused left the house never and has no case; what waits for approval still runs.
    """
    ours = rules.confidentiality
    explained, approved = ours.reason_from.value, ours.approval_from.value
    needs_reason = Q(count__gte=explained) if explained else NEVER
    needs_approval = Q(count__gte=approved) if approved else NEVER
    rows = Export.objects.exclude(status=Export.Status.REFUSED).filter(
        needs_reason | needs_approval
    )
    tables = [sheet.key for sheet in offers.of(offers.Sheet)]
    waiting = Q(status=Export.Status.WAITING)
    return Query(
        rows.exclude(listing__in=tables).annotate(
            actor_unit=unit_of("actor_id"), approved=was_approved(Export)
        ),
        person="actor_id",
        team="actor_unit",
        due="created_at",
        kept=~waiting & ~(needs_reason & Q(reason="")) & (Q(approved=True) | ~needs_approval),
        open=waiting,
    )


def limits(rules: Rules) -> Iterator[str]:
    """From which size on exports are held, and how much has left the house this month."""
    ours = rules.confidentiality
    yield _rows(_("Exports say why from"), ours.reason_from.value)
    yield _rows(_("Exports are approved from"), ours.approval_from.value)
    yield _rows(_("The manager is told of exports from"), ours.alert_from.value)
    first = clock.moment_on(clock.today().replace(day=1), time())
    month = Export.objects.filter(created_at__gte=first).exclude(status__in=Export.UNWRITTEN)
    logged = month.aggregate(all=Count("pk"), explained=Count("pk", filter=~Q(reason="")))
    yield _("%(all)s exports logged this month, %(explained)s with a reason") % logged


def _rows(name: str, figure: int) -> str:
    if not figure:
        return _("%(name)s: not asked") % {"name": name}
    return _("%(name)s: %(count)s rows") % {"name": name, "count": figure}


compliance.add(
    Check(
        "transfer.large_exports",
        lazy("Large exports explained and approved"),
        large_exports,
        clauses=PERMISSION,
        due=lazy("asked for"),
        settings=("confidentiality.reason_from", "confidentiality.approval_from"),
        reads=("confidentiality.reason_from", "confidentiality.approval_from"),
    ),
    Fact("transfer.limits", limits, SECRECY),
    Screen("transfer:export-list", lazy("Exports"), SECRECY),
)
