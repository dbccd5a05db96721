"""Who gets a report, when, and who has read it (R-res-07, A-3.1.5b)."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType

from expansion import access, clock
from expansion.approvals.cards import returned as came_back
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.people.models import Unit
from expansion.people.services.shares import share_record
from expansion.rulebook.selectors import rules_on
from research.cards import search_reports, todos
from research.models import Receipt, ResearchReport
from research.selectors import readers
from research.services import distribution, reports
from tests.make import research as make

pytestmark = pytest.mark.django_db

MARK = "绝密样本城西"


def notices(person) -> int:
    return Notice.objects.filter(person=person, kind="research.report_distributed").count()


def addressed(cast) -> ResearchReport:
    report = make.a_report(cast, title=f"{MARK}报告")
    return make.addressed(cast, report, units=["client"], people=[cast.liaison])


def test_before_the_approval_the_list_sees_and_hears_nothing(cast):
    report = addressed(cast)
    reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())
    for person in (cast.liaison, cast.member, cast.leader):
        assert not access.can(person, "view", report)
        assert not list(search_reports(person, MARK, 5))
        assert not list(todos(person))
        assert notices(person) == 0
    assert not Receipt.objects.exists()


def test_the_approval_sends_it_to_the_list_and_tells_each_once(cast):
    report = addressed(cast)
    reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())
    decide(actor=cast.manager, request=latest(report), decision="approve")
    report.refresh_from_db()
    assert report.status == "distributed"
    people = {receipt.person for receipt in Receipt.objects.all()}
    assert people == {cast.member, cast.colleague, cast.leader, cast.liaison}
    for person in people:
        assert access.can(person, "view", report) and notices(person) == 1
        assert [todo.kind for todo in todos(person)] == ["research.unread"]
    for person in (cast.hr, cast.legal, cast.partner_member):
        assert not access.can(person, "view", report) and notices(person) == 0


def test_the_approvers_decide_over_the_list_too(cast):
    report = addressed(cast)
    reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())
    facts = dict(latest(report).snapshot["facts"])
    assert any(cast.liaison.name in value for value in facts.values())
    with pytest.raises(NotNow):
        make.addressed(cast, report, people=[cast.hr])


def test_without_a_list_an_approved_report_stays_inside(cast):
    report = make.approved(cast)
    assert report.status == "approved" and not Receipt.objects.exists()
    make.addressed(cast, report, people=[cast.hr])
    report.refresh_from_db()
    assert report.status == "distributed" and access.can(cast.hr, "view", report)


def test_sending_again_reaches_only_who_has_not_got_it(cast):
    report = make.distributed(cast, to=[cast.liaison])
    make.addressed(cast, report, people=[cast.liaison, cast.hr])
    assert (notices(cast.liaison), notices(cast.hr)) == (1, 1)
    assert Receipt.objects.count() == 2
    # Whom it once reached it has reached: the list is never cut short afterwards.
    make.addressed(cast, report, people=[cast.legal])
    assert access.can(cast.liaison, "view", report)


def test_a_draft_replaces_its_list(cast):
    report = make.addressed(cast, make.a_report(cast), people=[cast.hr, cast.legal])
    make.addressed(cast, report, people=[cast.liaison])
    assert set(readers(report)) == {cast.liaison.pk}
    make.addressed(cast, report)
    assert readers(report) == {}


def test_an_approved_report_needs_a_reader(cast):
    with pytest.raises(Invalid):
        make.addressed(cast, make.approved(cast))


def test_the_author_and_people_who_have_left_are_no_readers(cast):
    report = make.a_report(cast)
    report = make.addressed(
        cast, report, units=["department", "company"], people=[cast.deactivated]
    )
    found = readers(report)
    assert cast.outsider.pk not in found and cast.deactivated.pk not in found
    assert {cast.manager.pk, cast.member.pk, cast.hr.pk} <= set(found)


def test_only_who_works_the_report_distributes_it(cast):
    report = make.distributed(cast, to=[cast.liaison])
    for person in (cast.liaison, cast.member, make.teammate()):
        with pytest.raises(Forbidden):
            distribution.distribute_report(actor=person, record=report, people=[cast.hr])


def test_a_reader_reads_and_does_nothing_else(cast):
    report = make.distributed(cast, to=[cast.liaison])
    for action in ("write", "edit", "submit", "delete", "distribute", "inside", "score"):
        assert not access.can(cast.liaison, action, report)


def test_reading_is_confirmed_once_and_leaves_the_to_do_list(cast):
    report = make.distributed(cast, to=[cast.liaison])
    distribution.mark_read(actor=cast.liaison, record=report)
    first = Receipt.objects.get().read_at
    clock.set_clock(clock.now() + timedelta(hours=2))
    distribution.mark_read(actor=cast.liaison, record=report)
    assert Receipt.objects.get().read_at == first
    assert Entry.objects.filter(verb="research.report.read").count() == 1
    assert not list(todos(cast.liaison))


def test_whom_it_was_not_sent_to_confirms_nothing(cast):
    report = make.distributed(cast, to=[cast.liaison])
    with pytest.raises(Forbidden):
        distribution.mark_read(actor=cast.manager, record=report)


def test_a_delegates_approval_sends_it_just_as_well(cast):
    report = addressed(cast)
    reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())
    make.deputised(cast)
    decide(actor=cast.again(cast.deputy), request=latest(report), decision="approve")
    assert access.can(cast.liaison, "view", report) and notices(cast.liaison) == 1


def test_a_receipt_is_its_readers_and_the_departments_side(cast):
    make.distributed(cast, to=[cast.liaison, cast.hr])
    theirs = access.visible_to(cast.liaison, Receipt.objects.all())
    assert [receipt.person for receipt in theirs] == [cast.liaison]
    assert access.visible_to(cast.outsider, Receipt.objects.all()).count() == 2


def test_the_to_do_centre_names_what_came_back_and_what_lacks_scores(cast):
    returned = make.submitted(cast, title="退回的报告")
    decide(actor=cast.manager, request=returned, decision="return", comment="补样本")
    report = make.approved(cast, title="没有评分的报告")
    assert [todo.title for todo in came_back(cast.outsider)] == ["退回的报告"]
    assert [todo.title for todo in todos(cast.manager)] == [report.title]
    make.scored(cast, report)
    assert not list(todos(cast.manager))


def test_every_row_of_the_trail_points_at_the_report(cast):
    report = make.distributed(cast, to=[cast.liaison])
    kind = ContentType.objects.get_for_model(ResearchReport)
    verbs = set(
        Entry.objects.filter(about_type=kind, about_id=report.pk).values_list("verb", flat=True)
    )
    assert {"research.report.addressed", "research.report.distributed"} <= verbs
    assert Unit.objects.filter(key="client").exists()


def test_a_reader_of_a_report_does_not_open_what_its_approvers_wrote(cast):
    report = make.distributed(cast, to=[cast.liaison])
    request = latest(report)
    assert access.can(cast.liaison, "view", report)
    assert not access.can(cast.liaison, "view", request)
    assert access.can(cast.manager, "view", request)


def test_a_plan_is_named_to_those_alone_who_see_it(cast, sign_in):
    """By what was collected and written under it as little as by itself (law 1)."""
    plan = make.approved_plan(cast)
    report = make.distributed(cast, to=[cast.member], plan=plan)
    finding = make.published(cast, plan=plan)
    api = "/api/v1/research"
    for person, named in ((cast.outsider, True), (cast.manager, True), (cast.member, False)):
        browser = sign_in(person)
        assert (browser.get(f"{api}/plans/{plan.pk}").status_code == 200) is named
        for url in (f"{api}/reports/{report.pk}", f"{api}/findings/{finding.pk}"):
            found, listed = browser.get(url), browser.get(url.rpartition("/")[0] + "/")
            assert found.status_code == 200
            assert (found.json()["plan"] is not None) is named, url
            assert (plan.title in found.text) is named
            assert (plan.title in listed.text) is named
        for record in (report, finding):
            page = browser.get(record.get_absolute_url())
            assert page.status_code == 200
            assert named or plan.title not in page.text


def test_a_plan_that_its_writer_does_not_see_stays_with_the_report(cast, sign_in):
    plan = make.approved_plan(cast)
    report = make.a_report(cast, plan=plan)
    terms = {"reason": "代写", "until": clock.today(), "for_work": True}
    share_record(actor=cast.outsider, record=report, person=cast.member, **terms)
    url, at = (
        f"/api/v1/research/reports/{report.pk}",
        {"headers": {"If-Match": str(report.version)}},
    )
    sent = {"data": {"title": "新题目"}, "content_type": "application/json"}
    changed = sign_in(cast.member).patch(url, **sent, **at)
    assert changed.status_code == 200 and changed.json()["plan"] is None
    report = ResearchReport.objects.get(pk=report.pk)
    assert (report.title, report.plan) == ("新题目", plan)
    at = {"title": report.title, "period": report.period}
    assert reports.save_report(actor=cast.outsider, record=report, plan=None, **at).plan is None
