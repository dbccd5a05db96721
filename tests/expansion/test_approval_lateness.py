"""What follows when nobody decides in time (R-exp-05, R-exp-11)."""

from datetime import timedelta

import pytest

from crm.models import Contract
from expansion import access
from expansion.approvals.models import Request, Step
from expansion.approvals.reminders import remind
from expansion.approvals.selectors import open_step, own_step
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.notices.models import Notice
from expansion.people.models import User
from tests.make import contracts as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def late(cast, **changes) -> Step:
    put_in_force({f"deciding.{name}": value for name, value in changes.items()})
    return open_step(make.submitted(cast))


def told(kind: str) -> set[User]:
    return {one.person for one in Notice.objects.filter(kind=kind)}


def test_a_late_step_goes_to_the_superior_too_and_once(cast):
    step = late(cast, late="escalated")
    remind(step.late_at - SECOND)
    assert own_step(cast.leadership, step.request)[1] is None
    for _again in range(2):
        remind(step.late_at)
    step.refresh_from_db()
    assert step.escalated_to == cast.leadership
    assert told("approvals.escalated") == {cast.leadership, cast.manager}
    assert Notice.objects.filter(kind="approvals.escalated").count() == 2
    assert Entry.objects.filter(verb="approvals.step.escalated").count() == 1


def test_either_of_the_two_decides_then(cast):
    step = late(cast, late="escalated")
    remind(step.late_at)
    assert own_step(cast.manager, step.request)[1] is not None
    request = decide(actor=cast.leadership, request=step.request, decision="approve")
    assert open_step(request).role == "legal"
    seen = access.visible_to(cast.again(cast.leadership), Request.objects.all())
    assert request in seen


def test_the_superior_decides_for_all_who_were_asked(cast):
    put_in_force({"approvals.contract.decisions": "all", "deciding.late": "escalated"})
    step = open_step(make.submitted(cast))
    remind(step.late_at)
    request = decide(actor=cast.leadership, request=step.request, decision="approve")
    assert Step.objects.get(pk=step.pk).status == "approved"
    assert open_step(request).role == "legal"


def test_no_party_is_escalated_to(cast):
    """The leader's contract is decided by the manager; above the manager stands leadership."""
    client = make.a_client(cast.leader, "南京锦悦会展有限公司")
    put_in_force({"deciding.late": "escalated", "approvals.contract.chain": ["deputy"]})
    request = make.submitted(cast, actor=cast.leader, client=client)
    Request.objects.update(owner=cast.manager)
    step = open_step(request)
    remind(step.late_at)
    step.refresh_from_db()
    assert step.escalated_to == cast.leadership


def test_above_the_top_nobody_is_left_to_ask(cast):
    put_in_force({"deciding.late": "escalated", "approvals.contract.chain": ["leadership"]})
    step = open_step(make.submitted(cast))
    assert remind(step.late_at)["followed_up"] == 0
    assert not Entry.objects.filter(verb="approvals.step.escalated").exists()


def test_a_late_step_is_only_reminded_of_where_the_rulebook_says_so(cast):
    step = late(cast, late="reminded")
    remind(step.late_at + timedelta(days=9))
    assert Step.objects.get(pk=step.pk).escalated_to is None
    assert told("approvals.overdue") == {cast.manager, cast.member}


def test_a_late_step_is_sent_back_where_the_rulebook_says_so(cast):
    step = late(cast, late="sent_back")
    for _again in range(2):
        remind(step.late_at)
    request = Request.objects.get(pk=step.request_id)
    assert request.status == "returned" and Contract.objects.get().status == "returned"
    assert told("approvals.timed_out") == {cast.member}
    assert Entry.objects.filter(verb="approvals.step.timed_out", actor=None).count() == 1


def test_it_is_late_some_time_after_it_was_due_where_the_rulebook_says_so(cast):
    step = late(cast, late="escalated", late_after="2 working days")
    assert step.late_at > step.due_at
    remind(step.due_at + SECOND)
    assert Step.objects.get(pk=step.pk).escalated_to is None
    remind(step.late_at)
    assert Step.objects.get(pk=step.pk).escalated_to == cast.leadership
