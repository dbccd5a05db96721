"""The house with a record of every kind, and everybody's session, for the whole module."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client as Browser

from expansion import access, clock
from expansion.people import selectors
from expansion.people.models import Revision, Status, User
from expansion.rulebook.selectors import forget_rules
from tests import cast as company
from tests.architecture import grid, records
from tests.architecture.records import House


@pytest.fixture(autouse=True)
def quietly(quiet) -> None:
    """What is refused here would fill the log."""


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker) -> Iterator[House]:
    """One state for the whole module; each request's changes are undone."""
    forget_rules()
    with django_db_blocker.unblock(), clock.clock_at(company.NOW), transaction.atomic():
        yield records.build(company.assemble())
        transaction.set_rollback(True)
    forget_rules()


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


@pytest.fixture(autouse=True)
def rules_of_this_test_only() -> None:
    """The house stands for the whole module: what was read of its rules stays true."""


@pytest.fixture
def seats_stay(monkeypatch) -> None:
    """Everybody's seats are kept between the requests of a module, as they are at work, although a
    transaction is open. An act that changes them renews the word under which they are kept, and
    is undone with it."""
    outside = SimpleNamespace(in_atomic_block=False)
    monkeypatch.setattr(selectors, "transaction", SimpleNamespace(get_connection=lambda: outside))
    monkeypatch.setattr(access, "_everyone", everyone)


_everybody: dict[str, list[User]] = {}


def everyone() -> list[User]:
    """All active people, read once under one word."""
    word = Revision.objects.get().word
    if word not in _everybody:
        _everybody[word] = selectors.active_people()
    return _everybody[word]
