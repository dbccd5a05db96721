"""What contracts offer the house: a subject of approval, the client's timeline and tab, search,
a section of work reports."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.authority import size_of
from crm.models import Client, Contract, Obligation
from crm.selectors_contracts import contracts_of
from crm.services import contracts
from crm.tables_contracts import CONTRACTS, OBLIGATIONS
from crm.wording import PHASE_TONES, phase_label
from expansion import access, clock, offers
from expansion.files.selectors import attachments
from expansion.metrics import Evidence, Gathered
from expansion.transfer.registry import add_export
from expansion.ui import formats

ONE, NOUGHT = Decimal(1), Decimal(0)
OFFICE_HOUR = time(9)  # a date on a timeline of moments


def document(contract: Contract) -> dict[str, Any]:
    """The frozen copy that is decided over, with the checksum of every file attached."""
    return {
        "title": contract.title,
        "amount": formats.money(contract.amount, contract.currency),
        "facts": [[label, value] for label, value in _facts(contract) if value],
        "sections": [*_sections(contract), _plan(contract)],
    }


def _facts(contract: Contract) -> Iterator[tuple[str, str]]:
    yield _("Number"), contract.number
    yield _("Client"), contract.client.name
    yield _("Kind"), contract.get_kind_display()
    yield _("Amount"), formats.money(contract.amount, contract.currency)
    yield _("In force from"), formats.day_as("full", contract.starts_on)
    yield _("Ends on"), formats.day_as("full", contract.ends_on)
    yield _("Owner"), contract.owner.name
    for file in attachments(contract):
        yield _("File %(name)s") % {"name": file.name}, f"SHA-256 {file.digest}"


def _sections(contract: Contract) -> Iterator[dict[str, str]]:
    for name in Contract.SECTIONS:
        label = contract._meta.get_field(name).verbose_name
        text = getattr(contract, name)
        if text or name in Contract.REQUIRED_SECTIONS:
            yield {"key": name, "label": label, "text": text}


def _plan(contract: Contract) -> dict[str, str]:
    lines = [_duty(duty, contract.currency) for duty in contract.obligations.all()]
    text = "\n".join(lines) or _("None.")
    return {"key": "obligations", "label": _("Payment plan and duties"), "text": text}


def _duty(duty: Obligation, currency: str) -> str:
    day = formats.day_as("full", duty.due_on)
    amount = formats.money(duty.amount, currency) if duty.amount else ""
    return " · ".join(filter(None, [day, duty.get_party_display(), duty.what, amount]))


def timeline(person: Any, client: Client) -> Iterator[offers.TimelineEntry]:
    """Drafted, approved, signed: of the contracts that the person sees."""
    for contract in contracts_of(person, client):
        title, url = contract.title, contract.get_absolute_url()
        who = contract.owner.name
        yield _entry(contract.created_at, _("Contract drafted: %(title)s"), title, url, who)
        if contract.approved_at:
            yield _entry(contract.approved_at, _("Contract approved: %(title)s"), title, url, "")
        if contract.signed_on:
            at = clock.moment_on(contract.signed_on, OFFICE_HOUR)
            lines = ((_("Amount"), formats.money(contract.amount, contract.currency)),)
            signed_for = contract.signed_owner.name
            yield _entry(at, _("Contract signed: %(title)s"), title, url, signed_for, lines)


def _entry(
    at: datetime, words: str, title: str, url: str, who: str, lines: tuple = ()
) -> offers.TimelineEntry:
    return offers.TimelineEntry(
        at=at,
        icon="file-text",
        title=words % {"title": title},
        who=who,
        url=url,
        kind="contract",
        lines=lines,
    )


def client_tab(person: Any, client: Client) -> dict[str, Any]:
    today = clock.today()
    rows = [
        {"contract": one, "word": phase_label(one, today), "tone": PHASE_TONES[one.phase(today)]}
        for one in contracts_of(person, client)
    ]
    return {"contracts": rows, "client": client}


def search(person: Any, text: str, most: int) -> Iterator[offers.Hit]:
    visible = access.visible_to(person, Contract.objects.live().select_related("client"))
    for contract in CONTRACTS.found(visible, text, person).order_by("-pk")[:most]:
        yield offers.Hit(
            label=contract.title,
            url=contract.get_absolute_url(),
            kind=gettext_lazy("Contract"),
            icon="file-text",
            detail=" · ".join(filter(None, [contract.number, contract.client.name])),
        )


def new_contracts(people: Sequence[Any], start: datetime, end: datetime) -> dict[str, Any]:
    """The contracts that were signed in the period while they were of these people, sums per
    currency."""
    signed = list(
        Contract.objects.live()
        .signed()
        .filter(
            signed_owner__in=people,
            signed_on__gte=clock.local_date(start),
            signed_on__lt=clock.local_date(end),
        )
        .select_related("client")
        .order_by("signed_on", "pk")
    )
    lines = [f"{contract.client.name}：{contract.title}" for contract in signed]
    count = offers.Figure("signed", _("Contracts signed"), _found(signed, lambda one: ONE))
    return {"figures": [count, *_sums(signed)], "lines": lines}


def _sums(signed: Sequence[Contract]) -> Iterator[offers.Figure]:
    for currency in dict.fromkeys(contract.currency for contract in signed):
        alike = [contract for contract in signed if contract.currency == currency]
        found = _found(alike, lambda one: one.amount or NOUGHT)
        yield offers.Figure(f"amount_{currency.lower()}", _("Amount signed"), found, currency)


def _found(signed: Iterable[Contract], value: Callable[[Contract], Decimal]) -> Gathered:
    found: dict[int, list[Evidence]] = defaultdict(list)
    for one in signed:
        shown = Evidence(Contract, one.pk, one.title, one.signed_on, value(one))
        found[one.signed_owner_id].append(shown)
    return found


offers.add(
    offers.Subject(
        kind="contract",
        model=Contract,
        label=gettext_lazy("Contract"),
        url=lambda contract: f"/crm/contracts/{contract.pk}",
        document=document,
        approved=contracts.contract_approved,
        returned=contracts.contract_returned,
        rejected=contracts.contract_rejected,
        withdrawn=contracts.contract_withdrawn,
        size=size_of,
    ),
    offers.TimelineSource("contracts", Client, timeline),
    offers.Tab(
        "contracts",
        Client,
        gettext_lazy("Contracts"),
        30,
        "crm/contract_panel.html",
        client_tab,
        lambda person, client: client.contract_count,
    ),
    offers.SearchSource("contracts", 30, search),
    offers.ReportSection("contracts", gettext_lazy("New contracts"), 40, new_contracts),
)
add_export(CONTRACTS, Contract.objects.live)
add_export(OBLIGATIONS, lambda: Obligation.objects.filter(contract__deleted_at=None))
