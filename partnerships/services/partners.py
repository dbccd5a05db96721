"""Writes over partners (R-par-01)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Client, ClientRole
from crm.services.escalations import escalate
from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from partnerships.models import Partner, Project

FIELDS = ("kind", "source", "status", "capacity", "rating")


@transaction.atomic
def create_partner(
    *, actor: User, rules: Rules, client: Client, kind: str, **values: Any
) -> Partner:
    """Makes a client a partner; it keeps its name, people and owner, and gets the role.

    Raises:
        Gone: the client is not visible to this person.
        Forbidden: it is not this person's to work.
        Invalid: it is a partner already, or the rulebook has no such kind (A-2.2.5a).
    """
    client = lock(access.visible_to(actor, Client.objects.live()), client.pk)
    partner = Partner(client=client, kind=kind, since=clock.today(), **values)
    access.require(actor, "create", partner)
    if Partner.objects.filter(client=client).exists():
        raise Invalid(fields={"client": [_("This client is a partner already.")]})
    _check(partner, rules)
    partner.save()
    ClientRole.objects.get_or_create(
        client=client, role=ClientRole.Role.PARTNER, defaults={"since": partner.since}
    )
    changes = {"kind": [None, kind], "client": [None, client.name]}
    write(actor=actor, verb="partnerships.partner.created", about=partner, changes=changes)
    return partner


@transaction.atomic
def update_partner(
    *, actor: User, record: Partner, rules: Rules, version: int | None = None, **values: Any
) -> Partner:
    """Changes the profile; one that ends keeps the day, one taken up again loses it. Open projects
    of a partner that is of a major kind now are put before who decides over them (R-exp-06).

    Raises:
        Stale: somebody has changed it since `version`.
        Invalid: the rulebook has no such kind or source, or the rating is none.
    """
    access.require(actor, "edit", record)
    lock(Client.objects.all(), record.client_id)
    partner = lock(Partner.objects.live().select_related("client"), record.pk, version=version)
    before = snapshot(partner, FIELDS)
    for name in FIELDS:
        setattr(partner, name, values.get(name, getattr(partner, name)))
    _check(partner, rules, before)
    ended = partner.status == Partner.Status.ENDED
    partner.ended_on = (partner.ended_on or clock.today()) if ended else None
    partner.version += 1
    partner.save()
    changes = differences(before, snapshot(partner, FIELDS))
    write(actor=actor, verb="partnerships.partner.changed", about=partner, changes=changes)
    if "kind" in changes:
        _put_forward(actor, partner, rules)
    return partner


def _put_forward(actor: User, partner: Partner, rules: Rules) -> None:
    projects = Project.objects.live().open().filter(partner=partner).order_by("pk")
    for project in projects.select_related("owner", "team"):
        project.partner = partner
        escalate(actor=actor, record=project, rules=rules)


def _check(partner: Partner, rules: Rules, before: dict[str, Any] | None = None) -> None:
    """Keys stand in the rulebook's lists; one that a later rulebook dropped may stay."""
    lists = {
        "kind": rules.partnerships.partner_types,
        "source": rules.partnerships.opportunity_sources,
    }
    for name, items in lists.items():
        key = getattr(partner, name)
        kept = before is not None and before[name] == key
        known = {item.key for item in offered(items)}
        if (key or name == "kind") and not kept and key not in known:
            raise Invalid(fields={name: [_("Choose one of the list.")]})
    if partner.rating is not None and not 1 <= partner.rating <= 5:
        raise Invalid(fields={"rating": [_("Rate from 1 to 5.")]})
