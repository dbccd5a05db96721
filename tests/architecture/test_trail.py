"""A changed row leaves an entry (law 3, R-exp-26), and no entry can be changed.

Every function that writes rows has to leave an entry, or to be called only by functions that do.
What is let off stands in `tests/let_off.py` with its reason.
"""

import ast

import pytest
from django.db import transaction
from django.urls import get_resolver

from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.errors import NotNow
from tests import watching
from tests.architecture import grid, writers
from tests.architecture.doors import API, Door, doors
from tests.architecture.writers import Function, Name, functions, named_by
from tests.let_off import LET_OFF, let_off

# Telling somebody, or asking for a job, is no entry about the record that changed.
BESIDES = frozenset({"expansion.notices.services", "expansion.jobs.services"})


def covered(name: Name, above: frozenset[Name] = frozenset()) -> bool:
    """It leaves an entry, or all that call it do."""
    if let_off(".".join(name)) or writers.leaves_entry(name, without=BESIDES):
        return True
    callers = named_by()[name] - above - {name}
    return bool(callers) and all(covered(one, above | {name}) for one in callers)


def past_the_trail() -> list[str]:
    return [
        f"{one.module}.{one.name} ({', '.join(one.rows)})"
        for name, one in functions().items()
        if one.rows and not covered(name)
    ]


def test_no_function_writes_past_the_trail():
    assert past_the_trail() == []


def test_nothing_is_let_off_that_is_not_there():
    places = {".".join(name) for name, one in functions().items()}
    gone = [
        one for one in LET_OFF if not any(f"{place}.".startswith(f"{one}.") for place in places)
    ]
    assert gone == []


ADDED = """
from django.db import transaction
from crm.models import Client
from expansion.audit.services import write
from expansion.notices.services import tell

@transaction.atomic
def grade_client(*, actor, record):
    {body}
    return record
"""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('record.grade = "A"; record.save()', True),
        ('record.grade = "A"; record.save(); tell(people=[actor], kind="x")', True),
        ('Client.objects.filter(pk=record.pk).update(grade="A")', True),
        ('record.contacts.set([]); Client.objects.bulk_create([])', True),
        ('record.delete()', True),
        ('record.save(); write(actor=actor, verb="crm.client.graded", about=record)', False),
        ('seen = {}; seen.update({1: 2})', False),
    ],
)  # fmt: skip
def test_a_service_without_an_entry_is_found(body, found, monkeypatch):
    added = writers.read("crm.services.grades", ast.parse(ADDED.format(body=body)))
    with_it = functions() | added
    monkeypatch.setattr(writers, "functions", lambda: with_it)
    (one,) = [one for name, one in added.items() if name[1] == "grade_client"]
    assert _past(one) is found


def _past(one: Function) -> bool:
    return bool(one.rows) and not covered((one.module, one.name))


VERB = "crm.client.changed"


def service(act, place: str = "crm.services.grades"):
    """The act as if it stood in that module."""
    act.__module__, act.__qualname__ = place, "grade_client"
    return transaction.atomic(act)


@pytest.mark.django_db
def test_a_service_at_work_that_leaves_no_entry_is_found(cast):
    silent = service(lambda: cast.member.save())
    telling = service(lambda: (cast.member.save(), write(actor=None, verb=VERB, about=None)))
    reading = service(lambda: list(Entry.objects.all()))
    within = service(lambda: (silent(), write(actor=None, verb=VERB, about=None)))
    beside = service(lambda: cast.member.save(), "tests.make.grades")
    with watching.watched() as past:
        telling(), reading(), within(), beside()
        assert past == []
        silent()
    assert past == ["crm.services.grades.grade_client wrote people_user and left no entry"]


@pytest.mark.django_db
def test_an_act_without_a_word_is_found(cast):
    with watching.watched() as past:
        service(lambda: write(actor=None, verb="crm.client.frobbed", about=None))()
    assert past == ["crm.services.grades.grade_client: no word for the act 'frobbed'"]


@pytest.mark.django_db
def test_a_service_that_is_refused_has_written_nothing(cast):
    def refused():
        cast.member.save()
        raise NotNow("not now")

    with watching.watched() as past, pytest.raises(NotNow):
        service(refused)()
    assert past == []


# --- no way to alter an entry --------------------------------------------------------------------

CHANGING = ("post", "put", "patch", "delete")
TRAIL = [door for door in doors().values() if door.name.startswith("audit:")]
OPENING = {"expansion.audit.services", "expansion.audit.erasing"}


@pytest.mark.parametrize("method", CHANGING)
@pytest.mark.parametrize("door", TRAIL, ids=lambda door: door.name)
@pytest.mark.django_db
def test_no_address_of_the_trail_takes_a_change(door: Door, method, cast, sign_in):
    entry = write(actor=cast.member, verb="people.person.changed", about=cast.leader)
    before = list(Entry.objects.order_by("pk").values())
    word = grid.kind_of(door).removeprefix("-:")
    address = "/" + door.pattern.replace("<int:pk>", str(entry.pk)).replace("<str:key>", word)
    assert "<" not in address
    for person in (cast.administrator, cast.manager, cast.leadership):
        answer = getattr(sign_in(person), method)(address, {"verb": "x"})
        assert answer.status_code == 405, person
    assert list(Entry.objects.order_by("pk").values()) == before


def test_the_trail_has_addresses():
    assert {door.name for door in TRAIL} >= {"audit:entry-list", "audit:entry", "audit:control"}


def test_no_route_of_the_api_answers_for_entries():
    models = {
        getattr(view.cls, "model", None) or getattr(view.cls, "queryset", None)
        for view in api_views(get_resolver())
    }
    assert models and Entry not in {getattr(one, "model", one) for one in models}
    assert not [door for door in doors().values() if API in door.pattern and "audit" in door.name]


def api_views(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from api_views(pattern)
        elif hasattr(pattern.callback, "cls"):
            yield pattern.callback


def test_no_function_changes_an_entry_but_the_one_that_erases():
    altering = {
        one.module
        for one in functions().values()
        for row in one.rows
        if "Entry.objects" in row or "entry." in row or "entries." in row
    }
    assert altering == OPENING
