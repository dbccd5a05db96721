"""Records read for an export are those that Django would have made, in few queries."""

import pytest
from django.db.models import Value

from crm.models import Client, Contact
from crm.services import clients
from expansion.transfer.streaming import streamed

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast):
    for name in ("甲有限公司", "乙有限公司", "丙有限公司"):
        clients.create_client(actor=cast.member, name=name)
    return Client.objects.select_related("owner").annotate(mark=Value("x")).order_by("-pk")


@pytest.mark.both
def test_every_column_and_annotation_comes_in_the_order_asked_for(three):
    found = list(streamed(three, chunk=2))
    assert found == list(three)
    for mine, theirs in zip(found, three, strict=True):
        for field in Client._meta.concrete_fields:
            assert getattr(mine, field.attname) == getattr(theirs, field.attname)
        assert (mine.mark, mine.owner, mine._state.adding) == ("x", theirs.owner, False)


def test_what_many_point_at_is_read_once_per_chunk(three, django_assert_num_queries):
    with django_assert_num_queries(2):
        owners = [one.owner.name for one in streamed(three, chunk=10)]
    assert len(owners) == 3


def test_what_lies_behind_what_they_point_at_comes_too(three, django_assert_num_queries):
    for client in three:
        Contact.objects.create(client=client, name="刘雯")
    Client.objects.filter(pk=three[0].pk).update(deleted_by=three[0].owner)
    with django_assert_num_queries(3):
        contacts = list(streamed(Contact.objects.select_related("client__owner"), chunk=10))
        assert {one.client.owner.name for one in contacts} == {three[0].owner.name}
    with django_assert_num_queries(2):
        found = streamed(Client.objects.select_related("deleted_by").order_by("-pk"), chunk=10)
        assert [one.deleted_by for one in found] == [three[0].owner, None, None]


def test_a_deferred_column_stays_away_until_somebody_reads_it(three, django_assert_num_queries):
    note = Client.objects.order_by("-pk").first().note
    for records in (three.defer("note"), three.only("name", "owner")):
        first = next(iter(streamed(records, chunk=10)))
        assert "note" not in first.__dict__ and first.__dict__["name"]
        with django_assert_num_queries(1):
            assert first.note == note
