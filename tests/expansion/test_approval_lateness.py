"""What follows when nobody decides in time (R-exp-05, R-exp-11)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Contract
from expansion import access, clock
from expansion.approvals.desk import chain
from expansion.approvals.models import Request, Step
from expansion.approvals.reminders import remind
from expansion.approvals.selectors import open_step, own_step, rounds_until
from expansion.approvals.services import decide
from expansion.approvals.sheet import sheet
from expansion.audit.models import Entry
from expansion.errors import NotNow
from expansion.notices.models import Notice
from expansion.people.models import User
from expansion.people.services.mandates import create_mandate
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
    labels = [one["label"] for one in chain([step.request], step, cast.leadership)]
    assert labels[-3] == "You, in place of Department manager, who are late"
    request = decide(actor=cast.leadership, request=step.request, decision="approve")
    assert open_step(request).role == "legal"
    [way] = rounds_until(request)
    labels = [one["label"] for one in chain([way], None)]
    assert "in place of Department manager, who were late · approved" in labels
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
    [way] = rounds_until(request)
    said = "Department manager: nobody decided in time, returned by itself"
    assert said in [one["label"] for one in chain([way], None)]
    assert said in [one["state"] for one in sheet(request, cast.member)["rounds"][0]["steps"]]
    with pytest.raises(NotNow, match="Nobody decided this in time"):
        decide(actor=cast.manager, request=request, decision="approve")
    assert Entry.objects.filter(verb="approvals.step.timed_out", actor=None).count() == 1


def test_it_is_late_some_time_after_it_was_due_where_the_rulebook_says_so(cast):
    step = late(cast, late="escalated", late_after="2 working days")
    assert step.late_at > step.due_at
    remind(step.due_at + SECOND)
    assert Step.objects.get(pk=step.pk).escalated_to is None
    remind(step.late_at)
    assert Step.objects.get(pk=step.pk).escalated_to == cast.leadership


def test_who_is_late_hears_it_a_working_day_before_the_superior_is_asked(cast):
    step = late(cast, late="escalated")
    assert clock.local_date(step.due_at).isoformat() == "2026-11-23"
    assert clock.local_date(step.late_at).isoformat() == "2026-11-24"
    remind(step.due_at)
    assert told("approvals.overdue") == {cast.manager, cast.member}
    assert told("approvals.escalated") == set()
    remind(step.late_at)
    assert told("approvals.escalated") == {cast.manager, cast.leadership}


@pytest.mark.parametrize("days", [0, 9])
def test_nobody_is_told_of_lateness_and_of_what_follows_it_at_once(cast, days):
    """Where the superior is asked at once, or the reminders stood still for days."""
    step = late(cast, late="escalated", late_after="0 days")
    for _again in range(2):
        remind(step.late_at + timedelta(days=days))
    assert step.late_at == step.due_at
    assert told("approvals.escalated") == {cast.manager, cast.leadership}
    assert told("approvals.overdue") == {cast.member}


def test_who_acts_for_the_late_one_hears_of_the_superior_too(cast):
    step = late(cast, late="escalated", late_after="0 days")
    create_mandate(
        actor=cast.administrator,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - SECOND,
        ends_at=step.due_at + timedelta(days=3),
        reason="leave",
    )
    with clock.clock_at(step.late_at):
        remind(clock.now())
    assert told("approvals.escalated") == {cast.manager, cast.deputy, cast.leadership}


def test_what_is_sent_back_at_once_is_overdue_to_nobody(cast):
    step = late(cast, late="sent_back", late_after="0 days")
    remind(step.late_at)
    assert told("approvals.timed_out") == {cast.member} and told("approvals.overdue") == set()


def test_everybodys_posts_are_read_once_for_all_that_is_due(cast):
    request = make.submitted(cast)
    for name in ("南京锦悦会展有限公司", "南京江畔会展有限公司", "南京钟山会展有限公司"):
        make.submitted(cast, client=make.a_client(cast.member, name))
    with CaptureQueriesContext(connection) as queries:
        assert remind(open_step(request).remind_at)["due"] == 4
    posts = [one["sql"] for one in queries if 'FROM "people_membership"' in one["sql"]]
    assert posts and len(posts) == len(set(posts))
