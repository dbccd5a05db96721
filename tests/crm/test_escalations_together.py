"""Two who decide a major matter at the same moment, and one who signs meanwhile."""

import pytest

from crm.models import Client, Escalation
from crm.services.clients import update_client
from crm.services.major import leave_with, mark_major, take_over
from expansion.audit.models import Entry
from expansion.errors import NotNow
from tests.make import authority as make
from tests.make import crm
from tests.together import together

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told_who(cast):
    one, delegate = make.escalation(cast), make.acting(cast)
    results = together(
        [
            lambda: take_over(actor=cast.manager, record=one, reason="我来"),
            lambda: leave_with(actor=delegate, record=one, reason="继续跟"),
        ]
    )
    refusals = [done for done in results if isinstance(done, NotNow)]
    decided = Escalation.objects.get()
    assert len(refusals) == 1 and decided.decided_by.name in refusals[0].message
    assert Entry.objects.filter(verb="crm.escalation.decided").count() == 1
    owner = cast.manager if decided.outcome == "taken_over" else cast.member
    assert Client.objects.get().owner == owner


def test_marked_by_two_at_once_it_is_put_forward_once(cast):
    client = crm.client(cast.member)
    together(
        [
            lambda: mark_major(actor=cast.member, record=client),
            lambda: mark_major(actor=cast.leader, record=client),
            lambda: update_client(actor=cast.member, record=client, region="鼓楼区"),
        ]
    )
    assert Escalation.objects.count() == 1
