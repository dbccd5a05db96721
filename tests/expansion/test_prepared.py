"""A prepared query says what the query set says, whatever the values, and is built once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from crm.models import Client, Contact
from expansion import clock
from expansion.people.models import Membership, User
from expansion.prepared import prepared
from tests.make import crm
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.both]
built: list[str] = []


@prepared
def clients_of(owner: Any, day: Any, *, most: int) -> QuerySet[Client]:
    built.append("clients_of")
    people = Contact.objects.filter(client=OuterRef("pk"))
    found = Client.objects.filter(owner=owner, next_contact_on__lte=day).select_related("owner")
    return found.annotate(peopled=Exists(people), owned_by=F("owner__name")).order_by("pk")[:most]


@prepared
def names(pk: Any) -> QuerySet[User, str]:
    return User.objects.filter(pk=pk).values_list("name", flat=True)


@prepared
def counted(owner: Any) -> QuerySet[Client, dict[str, int]]:
    mine = Client.objects.filter(owner=owner).order_by().values("owner")
    return mine.annotate(many=Count("pk"))


@prepared
def nobody(pk: Any) -> QuerySet[User]:
    return User.objects.filter(pk__in=[]).filter(pk=pk)


@prepared
def seats(user: Any) -> QuerySet[User]:
    return User.objects.filter(pk=user).prefetch_related("memberships__post")


@pytest.fixture
def some(cast):
    day = clock.today()
    for number, owner in enumerate([cast.member, cast.colleague, cast.member]):
        one = crm.client(owner, f"南京第{number}客", next_contact_on=day + timedelta(days=number))
        if number == 0:
            crm.contact(owner, one)
    return cast


def test_each_call_fills_in_its_own_values(some):
    today = clock.today()
    later = today + timedelta(days=9)
    assert [one.name for one in clients_of(some.member.pk, later, most=5)] == [
        "南京第0客",
        "南京第2客",
    ]
    assert [one.name for one in clients_of(some.member, today, most=5)] == ["南京第0客"]
    assert [one.name for one in clients_of(some.colleague.pk, later, most=5)] == ["南京第1客"]
    assert clients_of(some.leader.pk, later, most=5) == []


def test_rows_come_as_from_the_query_set_with_relations_and_annotations(some):
    with CaptureQueriesContext(connection) as asked:
        one = clients_of.first(some.member.pk, clock.today(), most=5)
        assert (one.owner, one.owned_by) == (some.member, some.member.name)
        assert one.peopled is True
        assert one.created_at == Client.objects.get(pk=one.pk).created_at
    assert len(asked) == 2
    assert names(some.hr.pk) == [some.hr.name]
    assert names(0) == [] and names.first(0) is None


def test_rows_as_dictionaries_keep_their_names(some):
    assert counted(some.member.pk) == [{"owner": some.member.pk, "many": 2}]


def test_what_changes_the_sql_is_kept_apart_and_built_once(some):
    later = clock.today() + timedelta(days=9)
    built.clear()
    counts = [len(clients_of(some.member.pk, later, most=most)) for most in (101, 102, 101, 102)]
    assert counts == [2, 2, 2, 2]
    assert built == ["clients_of", "clients_of"]
    assert len(clients_of(some.member.pk, later, most=1)) == 1


def test_related_rows_are_fetched_ahead(some):
    with CaptureQueriesContext(connection) as asked:
        (person,) = seats(some.leader.pk)
        roles = [held.post.role for held in person.memberships.all()]
    assert roles == list(
        Membership.objects.filter(user=some.leader).values_list("post__role", flat=True)
    )
    assert len(asked) == 3


def test_no_id_beyond_what_a_column_holds_is_sent(some):
    with pytest.raises(OverflowError):
        names(10**30)
    assert names(10**18) == []


def test_one_value_too_few_or_too_many_is_refused(some):
    with pytest.raises(TypeError):
        names()
    with pytest.raises(TypeError):
        names(1, 2)


def test_what_no_row_can_fit_finds_nothing_and_asks_nothing(some):
    with CaptureQueriesContext(connection) as asked:
        assert nobody(some.member.pk) == [] and nobody.first(some.member.pk) is None
    assert len(asked) == 0


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_query_and_not_their_values(django_db_blocker):
    people = [User.objects.create(username=f"u{n}", name=f"人{n}") for n in range(4)]
    found = together([lambda one=one: [names(one.pk) for _time in range(30)] for one in people])
    assert found == [[[one.name]] * 30 for one in people]
