"""Clients: who may write what, and what the book refuses."""

import pytest

from crm.models import Client
from crm.services import clients
from expansion import access
from expansion.errors import Forbidden, Invalid, Stale


def test_a_new_client_is_the_writers_own_with_contact_and_trail(cast):
    client = clients.create_client(
        actor=cast.member,
        name="南京海纳酒店管理有限公司",
        contact={"name": "刘雯", "phones": "13812346217"},
    )
    assert (client.owner, client.team.key) == (cast.member, "client")
    assert client.points.get().value == "+8613812346217"
    assert client.roles.get().role == "prospect"


def test_the_same_firm_is_refused_and_its_team_named(cast):
    clients.create_client(actor=cast.member, name="南京海纳酒店管理有限公司")
    with pytest.raises(Invalid) as refusal:
        clients.create_client(actor=cast.colleague, name="南京海纳酒店管理有限责任公司")
    assert "客户开发小组" in refusal.value.message


def test_a_firm_may_be_called_like_a_private_client(cast):
    for kind in (Client.Kind.PERSON, Client.Kind.FIRM):
        clients.create_client(actor=cast.member, name="陈伟", kind=kind)
    with pytest.raises(Invalid):
        clients.create_client(actor=cast.member, name="陈伟", kind=Client.Kind.FIRM)


def test_a_colleague_does_not_see_and_the_leader_does(cast):
    client = clients.create_client(actor=cast.member, name="无锡远航旅行社有限公司")
    assert not access.can(cast.colleague, "view", client)
    assert access.can(cast.leader, "view", client)
    with pytest.raises(Forbidden):
        clients.update_client(actor=cast.hr, record=client, name="别的名字")


def test_a_stale_change_is_refused_and_nothing_overwritten(cast):
    client = clients.create_client(actor=cast.member, name="苏州博雅餐饮管理有限公司")
    clients.update_client(actor=cast.leader, record=client, version=1, region="苏州")
    with pytest.raises(Stale):
        clients.update_client(actor=cast.member, record=client, version=1, region="无锡")
    assert Client.objects.get().region == "苏州"
