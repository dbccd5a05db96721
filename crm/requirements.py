"""What a stage of the client pipeline requires before an opportunity may enter it (R-crm-06).

The rulebook names the requirements per stage; here stands how each one is looked up, for many
clients in one query. A requirement that is no matter of a client is met by an override only.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.models import ContactPoint, Contract, Visit
from expansion.rulebook.schema import Rules

Lookup = Callable[[Iterable[int]], set[int]]


def _with_contact(clients: Iterable[int]) -> set[int]:
    points = ContactPoint.objects.filter(client__in=clients, contact__deleted_at=None)
    return set(points.values_list("client_id", flat=True).distinct())


def _visited(clients: Iterable[int]) -> set[int]:
    visits = Visit.objects.live().done().filter(client__in=clients)
    return set(visits.values_list("client_id", flat=True).distinct())


def _with_contract(clients: Iterable[int]) -> set[int]:
    passed = (Contract.Status.APPROVED, Contract.Status.SIGNED)
    approved = Contract.objects.live().filter(client__in=clients, status__in=passed)
    return set(approved.values_list("client_id", flat=True).distinct())


LOOKUPS: Mapping[str, Lookup] = {
    "contact": _with_contact,
    "visit": _visited,
    "approved_contract": _with_contract,
}


def sentence(key: str) -> str:
    """What is asked for, in words."""
    return {
        "contact": _("a contact person with a number or address"),
        "visit": _("a recorded visit"),
        "approved_contract": _("an approved contract"),
        "plan": _("an approved plan"),
        "scheme": _("an approved scheme"),
        "findings": _("findings"),
        "approved_report": _("an approved report"),
        "evaluation": _("an evaluation"),
    }.get(key, key)


class Requirements:
    """Which clients meet which requirement; each is asked once for all clients given."""

    def __init__(self, rules: Rules, clients: Iterable[int]):
        self.stages = rules.pipeline("client").stages
        self.clients = list(clients)
        self._met: dict[str, set[int]] = {}

    def missing(self, stage: str, client: int) -> list[str]:
        """The keys of what a client still lacks for a stage."""
        required = self.required(stage)
        return [key for key in required if client not in self._who_meets(key)]

    def required(self, stage: str) -> tuple[Any, ...]:
        found = next((one for one in self.stages if one.key == stage), None)
        return found.requires.value if found else ()

    def _who_meets(self, key: str) -> set[int]:
        if key not in self._met:
            lookup = LOOKUPS.get(key)
            self._met[key] = lookup(self.clients) if lookup else set()
        return self._met[key]
