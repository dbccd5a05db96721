"""The ledger of contracts and the list of obligations."""

from typing import Any

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.models import Contract, Obligation
from crm.selectors import clients_found
from crm.selectors_contracts import due_soon
from crm.tables import OWNED_BY, colleagues
from crm.wording import PHASE_TONES, phase_label
from expansion import clock
from expansion.ui import formats
from expansion.ui.levels import LEVEL_COLUMN, LEVEL_FILTER, kept_badge
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge, due_badge
from expansion.worktime import Period


def with_next_due(records: QuerySet) -> QuerySet:
    """Contracts with client, owners and the next open due date, in one query."""
    open_ = Obligation.objects.filter(contract=OuterRef("pk"), done_on=None)
    first = open_.order_by().values("contract").annotate(first=Min("due_on")).values("first")
    people = records.select_related("client", "owner", "signed_owner")
    return people.annotate(next_due=Subquery(first))


def phase_badge(contract: Contract) -> SafeString:
    today = clock.today()
    return badge(PHASE_TONES[contract.phase(today)], phase_label(contract, today))


def next_due(contract: Contract) -> SafeString | str:
    """The next due date; it runs from the signature on."""
    day = contract.next_due
    if day is None or contract.status != Contract.Status.SIGNED:
        return formats.NOTHING
    return format_html("{} {}", formats.day(day), due_badge(day))


def obligation_due(duty: Obligation) -> SafeString:
    note = "" if duty.done_on else due_badge(duty.due_on)
    return format_html("{} {}", formats.day(duty.due_on), note)


def with_overdue(records: QuerySet, person: Any) -> QuerySet:
    overdue = Obligation.objects.overdue(clock.today())
    return records.filter(pk__in=overdue.order_by().values("contract"))


def with_due_soon(records: QuerySet, person: Any) -> QuerySet:
    soon = due_soon(Obligation.objects.all())
    return records.filter(pk__in=soon.order_by().values("contract"))


def signed_this_quarter(records: QuerySet, person: Any) -> QuerySet:
    quarter = Period.containing("quarter")
    return records.signed_in(quarter.start, quarter.end)


CONTRACTS = Listing(
    key="crm.contracts",
    model=Contract,
    label=_("Contracts"),
    url=lambda contract: f"/crm/contracts/{contract.pk}",
    columns=[
        Column(
            "status",
            _("Status"),
            lambda c: str(phase_label(c, clock.today())),
            sort="status",
            cell=phase_badge,
        ),
        Column("client", _("Client"), lambda c: c.client.name, sort="client__name", width=28),
        Column("number", _("Number"), lambda c: c.number, sort="number"),
        Column(
            "amount",
            _("Amount"),
            lambda c: c.amount,
            "money",
            sort="amount",
            cell=lambda c: formats.money(c.amount, c.currency),
        ),
        Column("currency", _("Currency"), lambda c: c.currency, shown=False),
        Column("next_due", _("Next due"), lambda c: c.next_due, "date", cell=next_due),
        Column("ends", _("Ends on"), lambda c: c.ends_on, "date", sort="ends_on"),
        Column("owner", _("Owner"), lambda c: c.owner.name, sort="owner__name"),
        Column("kind", _("Kind"), lambda c: c.get_kind_display(), sort="kind", shown=False),
        Column(
            "signed", _("Signed on"), lambda c: c.signed_on, "date", sort="signed_on", shown=False
        ),
        Column(
            "signed_owner",
            _("Owner when signed"),
            lambda c: c.signed_owner.name if c.signed_owner else "",
            sort="signed_owner__name",
            shown=False,
        ),
        LEVEL_COLUMN,
    ],
    badges=kept_badge,
    filters=[
        LEVEL_FILTER,
        Filter(
            "status",
            _("Status"),
            lambda person: Contract.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        Filter(
            "kind",
            _("Kind"),
            lambda person: Contract.Kind.choices,
            lambda records, key: records.filter(kind=key),
        ),
        OWNED_BY,
        Filter(
            "signed_owner",
            _("Owner when signed"),
            colleagues,
            lambda records, key: records.filter(signed_owner_id=key),
            many=True,
        ),
    ],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView(
            "in_approval",
            _("In approval"),
            lambda records, person: records.filter(status=Contract.Status.IN_APPROVAL),
        ),
        SavedView(
            "in_force",
            _("Being performed"),
            lambda records, person: records.in_force(clock.today()),
        ),
        SavedView("quarter", _("Signed this quarter"), signed_this_quarter),
        SavedView("due", _("Due soon"), with_due_soon),
        SavedView("overdue", _("Something overdue"), with_overdue),
    ],
    search=lambda records, text: records.filter(
        Q(number__icontains=text) | Q(title__icontains=text)
    ),
    related={"client": clients_found},
    search_hint=_("Title, number, client"),
    prepare=with_next_due,
)

OBLIGATIONS = Listing(
    key="crm.obligations",
    model=Obligation,
    label=_("Obligations"),
    url=lambda duty: duty.get_absolute_url(),
    title=lambda duty: duty.what,
    columns=[
        Column("due", _("Due on"), lambda o: o.due_on, "date", sort="due_on", cell=obligation_due),
        Column("contract", _("Contract"), lambda o: o.contract.title, sort="contract__title"),
        Column("party", _("Who owes it"), lambda o: o.get_party_display(), sort="party"),
        Column(
            "amount",
            _("Amount"),
            lambda o: o.amount,
            "money",
            sort="amount",
            cell=lambda o: formats.money(o.amount, o.contract.currency),
        ),
        Column("client", _("Client"), lambda o: o.contract.client.name),
        Column("done", _("Done on"), lambda o: o.done_on, "date", sort="done_on"),
        Column("owner", _("Owner"), lambda o: o.contract.owner.name),
    ],
    filters=[
        Filter(
            "party",
            _("Who owes it"),
            lambda person: Obligation.Party.choices,
            lambda records, key: records.filter(party=key),
        )
    ],
    views=[
        SavedView("overdue", _("Overdue"), lambda records, person: records.overdue(clock.today())),
        SavedView("due", _("Due soon"), lambda records, person: due_soon(records)),
        SavedView("open", _("Open"), lambda records, person: records.running()),
        SavedView(
            "mine", _("Mine"), lambda records, person: records.filter(contract__owner=person)
        ),
    ],
    search=lambda records, text: records.filter(
        Q(what__icontains=text) | Q(contract__title__icontains=text)
    ),
    search_hint=_("Duty or contract"),
    order=("due_on", "pk"),
    prepare=lambda records: records.select_related("contract__client", "contract__owner"),
)
