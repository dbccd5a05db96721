"""What a stage of a pipeline requires before an opportunity may enter it (R-crm-06).

The rulebook names the requirements per stage; here stands how each one is looked up, for many
clients in one query. A requirement that is no matter of a client is met by an override only.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.models import Client, ContactPoint, Contract, Visit
from expansion.rulebook.work import Pipeline

OfClient = OuterRef | int  # the id, or where an outer query has it


def _contact(client: OfClient) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(client=client, contact__deleted_at=None)


def _visit(client: OfClient) -> QuerySet[Visit]:
    return Visit.objects.live().done().filter(client=client)


def _contract(client: OfClient) -> QuerySet[Contract]:
    passed = (Contract.Status.APPROVED, Contract.Status.SIGNED)
    return Contract.objects.live().filter(client=client, status__in=passed)


# What meets a requirement: rows that hang on the client.
LOOKUPS: Mapping[str, Callable[[OfClient], QuerySet]] = {
    "contact": _contact,
    "visit": _visit,
    "approved_contract": _contract,
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
    """Which clients meet which requirements, asked in one query for all clients given."""

    def __init__(self, pipeline: Pipeline, clients: Iterable[int]):
        self.stages = pipeline.open_stages
        self._clients = set(clients)

    def missing(self, stage: str, client: int) -> list[str]:
        """The keys of what a client still lacks for a stage."""
        required = self.required(stage)
        met = self.met(client) if LOOKUPS.keys() & set(required) else frozenset()
        return [key for key in required if key not in met]

    def required(self, stage: str) -> tuple[Any, ...]:
        found = next((one for one in self.stages if one.key == stage), None)
        return found.requires.value if found else ()

    def met(self, client: int) -> frozenset[str]:
        """The keys of what a client has."""
        return self._met.get(client, frozenset())

    @cached_property
    def _met(self) -> dict[int, frozenset[str]]:
        wanted = {key for stage in self.stages for key in stage.requires.value} & set(LOOKUPS)
        has = {key: Exists(LOOKUPS[key](OuterRef("pk"))) for key in sorted(wanted)}
        rows = (
            Client.objects.filter(pk__in=self._clients).order_by().values_list("pk", *has.values())
        )
        return {
            pk: frozenset(key for key, one in zip(has, answers, strict=True) if one)
            for pk, *answers in rows
        }
