"""The log of major matters (R-exp-06)."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.authority import TRIGGERS
from crm.models import Escalation
from crm.selectors import clients_found
from expansion.approvals.wording import role_label
from expansion.ui import formats
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge

KINDS = (
    ("client", _("client")),
    ("opportunity", _("opportunity")),
    ("contract", _("contract")),
    ("project", _("project")),
)
STATES = (
    ("open", _("to be decided")),
    (Escalation.Outcome.TAKEN_OVER, Escalation.Outcome.TAKEN_OVER.label),
    (Escalation.Outcome.LEFT, Escalation.Outcome.LEFT.label),
    (Escalation.Outcome.GONE, Escalation.Outcome.GONE.label),
)


def state_words(one: Escalation) -> tuple[str, Any]:
    """The tone and the word for what has become of it."""
    if one.is_open:
        return "due", _("to be decided")
    return "done", one.get_outcome_display()


def state_badge(one: Escalation) -> SafeString:
    return badge(*state_words(one))


def why(one: Escalation) -> str:
    """Why the matter is major, in words."""
    return gettext(", ").join(str(TRIGGERS.get(key, key)) for key in one.triggers)


def decided_by(one: Escalation) -> str:
    """Who has decided, and for whom."""
    if one.decided_by is None:
        return ""
    names = {"name": one.decided_by.name, "principal": one.decided_for}
    return gettext("%(name)s for %(principal)s") % names if one.decided_for else one.decided_by.name


def of_kind(records: QuerySet, key: str) -> QuerySet:
    if key == "client":
        return records.filter(opportunity=None, contract=None, about_id=None)
    if key == "project":
        return records.exclude(about_id=None)
    return records.exclude(**{key: None})


def in_state(records: QuerySet, key: str) -> QuerySet:
    return records.open() if key == "open" else records.filter(outcome=key)


def because(records: QuerySet, key: str) -> QuerySet:
    """By a key within the stored list; both databases compare it as the text it is."""
    return records.filter(triggers__icontains=f'"{key}"')


def mine(records: QuerySet, person: Any) -> QuerySet:
    return records.filter(Q(owner=person) | Q(client__owner=person))


ESCALATIONS = Listing(
    key="crm.escalations",
    model=Escalation,
    label=_("Major matters"),
    name=_("Matter"),
    url=lambda one: f"/crm/escalations/{one.pk}",
    columns=[
        Column(
            "state",
            _("Status"),
            lambda one: str(state_words(one)[1]),
            sort="decided_at",
            cell=state_badge,
            phone="beside",
        ),
        Column("kind", _("Kind"), lambda one: one.kind, phone="line"),
        Column("client", _("Client"), lambda one: one.client.name, sort="client__name", width=28),
        Column("why", _("Why it is major"), why, width=28, phone="line"),
        Column(
            "amount",
            _("Amount"),
            lambda one: one.amount,
            "money",
            sort="amount",
            cell=lambda one: formats.money(one.amount, one.currency),
        ),
        Column("currency", _("Currency"), lambda one: one.currency, shown=False),
        Column("owner", _("Worked by"), lambda one: one.owner.name, sort="owner__name"),
        Column("role", _("Decision of"), lambda one: role_label(one.role), shown=False),
        Column("opened", _("Put forward"), lambda one: one.opened_at, "moment", sort="opened_at"),
        Column("decided_by", _("Decided by"), decided_by),
        Column(
            "decided",
            _("Decided"),
            lambda one: one.decided_at,
            "moment",
            sort="decided_at",
            shown=False,
        ),
        Column("reason", _("Reason"), lambda one: one.reason, shown=False, width=40),
    ],
    filters=[
        Filter("state", _("Status"), lambda person: STATES, in_state),
        Filter("kind", _("Kind"), lambda person: KINDS, of_kind),
        Filter("why", _("Why it is major"), lambda person: list(TRIGGERS.items()), because),
    ],
    views=[
        SavedView("open", _("To be decided"), lambda records, person: records.open()),
        SavedView("mine", _("Mine"), mine),
    ],
    related={"client": clients_found},
    search_hint=_("Client's name, pinyin, initials"),
    order=("-opened_at", "-pk"),
    prepare=lambda records: records.select_related(
        "client", "opportunity", "contract", "owner", "decided_by", "decided_for"
    ),
)
