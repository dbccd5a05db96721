"""The house with a record of every kind, and everybody's session, for the whole module."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client as Browser

from expansion import access, clock
from expansion.people.models import Status
from tests import cast as company
from tests.architecture import grid, records
from tests.architecture.records import House


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker) -> Iterator[House]:
    """One state for the whole module; each request's changes are undone."""
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), clock.clock_at(company.NOW), transaction.atomic():
        yield records.build(company.assemble())
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def browsers(house) -> dict[str, Browser]:
    """A session for everybody; that of the deactivated was opened before they left."""
    opened = {name: Browser(raise_request_exception=False) for name in house.cast.everyone()}
    for name, person in house.cast.everyone().items():
        if person.is_authenticated:
            status, person.status = person.status, Status.ACTIVE
            opened[name].force_login(person)
            person.status = status
            type(person).objects.filter(pk=person.pk).update(status=status)
    return opened


def seen(house: House, person: access.Person) -> set[str]:
    """The kinds whose record this person may see, and those named on what they may see."""
    kinds = {kind for kind, one in house.records.items() if access.can(person, "view", one)}
    return kinds | {named for kind in kinds for named in grid.NAMED_ON.get(kind, ())}


@pytest.fixture(scope="module")
def readable(house, browsers) -> dict[str, set[str]]:
    return {name: seen(house, person) for name, person in house.cast.everyone().items()}
