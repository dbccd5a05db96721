"""Links between records of neighbours: both ends are asked."""

import pytest

from expansion.errors import Forbidden, Gone, Invalid
from expansion.relations.models import Relation
from expansion.relations.selectors import ties
from expansion.relations.services import link, unlink
from tests.make import crm
from tests.make import partnerships as make

pytestmark = pytest.mark.django_db


def test_a_tie_is_read_both_ways_and_made_once(cast):
    client, project = crm.client(cast.member), make.project(cast.member)
    for _twice in range(2):
        link(actor=cast.member, source=project, target=client, kind="concerns")
    assert Relation.objects.count() == 1
    assert [(tie.other, tie.forward) for tie in ties(cast.member, project)] == [(client, True)]
    assert [(tie.other, tie.forward) for tie in ties(cast.member, client)] == [(project, False)]


def test_an_end_that_one_does_not_see_is_not_there(cast):
    client, project = crm.client(cast.colleague), make.project(cast.member)
    with pytest.raises(Gone):
        link(actor=cast.member, source=project, target=client, kind="concerns")
    link(actor=cast.manager, source=project, target=client, kind="concerns")
    assert ties(cast.member, project) == []
    assert [tie.other for tie in ties(cast.leader, project)] == [client]


def test_only_who_may_change_the_source_ties_and_unties(cast):
    project = make.project(cast.manager, of=make.partner(cast.member))
    client = project.partner.client
    with pytest.raises(Forbidden):
        link(actor=cast.member, source=project, target=client, kind="cites")
    relation = link(actor=cast.manager, source=project, target=client, kind="cites")
    with pytest.raises(Forbidden):
        unlink(actor=cast.member, relation=relation)
    unlink(actor=cast.manager, relation=relation)
    assert not Relation.objects.exists()


def test_a_record_is_not_tied_to_itself_nor_by_an_unknown_kind(cast):
    project = make.project(cast.member)
    for target, kind in ((project, "cites"), (project.partner.client, "likes")):
        with pytest.raises(Invalid):
            link(actor=cast.member, source=project, target=target, kind=kind)
