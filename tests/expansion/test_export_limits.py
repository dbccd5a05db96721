"""Large exports say why, are approved before they are written, and are told of (R-exp-18)."""

from datetime import timedelta

import pytest

from crm.models import ContactPoint
from crm.services import clients, contacts
from expansion import clock
from expansion.approvals.models import Decision, Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide, withdraw
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.jobs import services as jobs
from expansion.jobs.models import Job
from expansion.notices.models import Notice
from expansion.people.models import Membership
from expansion.rulebook.parameters import changed
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import Source
from expansion.transfer.models import Export
from expansion.transfer.services import exports
from tests.expansion.test_export import rows_of

PHONE = "13812346217"
WHY = "季度回访前核对名单。"


@pytest.fixture
def book(cast):
    """Three clients of the member."""
    for name in ("甲有限公司", "乙有限公司", "丙有限公司"):
        clients.create_client(actor=cast.member, name=name, contact={"phones": PHONE})
    return cast


def limits(**figures: int):
    values = {f"confidentiality.{key}": value for key, value in figures.items()}
    return Rules.model_validate(changed(rules_on(), values, Source.ADMIN))


def exported(actor, *, reason: str = "", query: str = "", **figures: int) -> Export:
    return exports.export_list(
        actor=actor, rules=limits(**figures), key="crm.clients", query=query, reason=reason
    )


def answer(actor, record: Export, decision: str, comment: str = "") -> None:
    decide(actor=actor, request=latest(record), decision=decision, comment=comment)


def told(kind: str) -> list:
    return [notice.person for notice in Notice.objects.filter(kind=kind)]


def test_from_the_figure_of_the_rulebook_on_a_reason_is_asked(book):
    with pytest.raises(Invalid) as refused:
        exported(book.member, reason="  ", reason_from=3)
    assert list(refused.value.fields) == ["reason"]
    assert not Export.objects.exists()
    assert exported(book.member, reason_from=4).status == Export.Status.READY
    record = exported(book.member, reason=WHY, reason_from=3)
    assert (record.status, record.reason) == (Export.Status.READY, WHY)
    entry = Entry.objects.filter(verb="transfer.list.exported").latest("pk")
    assert entry.changes["reason"] == [None, WHY]


def test_zero_asks_nothing(book):
    record = exported(book.member, reason_from=0, approval_from=0, alert_from=0, alert_daily=0)
    assert record.status == Export.Status.READY
    assert not Notice.objects.exists()


def test_a_large_one_is_written_after_its_approval_and_its_owner_told(book):
    record = exported(book.member, reason=WHY, approval_from=3)
    assert (record.status, record.count, record.key) == (Export.Status.WAITING, 3, "")
    request = latest(record)
    assert request.snapshot["sections"][0]["text"] == WHY
    facts = dict(request.snapshot["facts"])
    assert facts["范围"] and "电话" in facts["列"] and facts["电话号码"]
    assert not Job.objects.filter(name="transfer.write_export").exists()
    answer(book.manager, record, Decision.Kind.APPROVE)
    jobs.run(Job.objects.get(name="transfer.write_export"))
    record.refresh_from_db()
    assert (record.status, record.count) == (Export.Status.READY, 3)
    assert len(rows_of(record)) == 4
    assert told("transfer.export_ready") == [book.member]


@pytest.mark.parametrize("decision", [Decision.Kind.RETURN, Decision.Kind.REJECT])
def test_one_that_is_not_approved_is_never_written(book, decision):
    record = exported(book.member, reason=WHY, approval_from=3)
    answer(book.manager, record, decision, "请在系统里查看。")
    record.refresh_from_db()
    assert record.status == Export.Status.REFUSED
    exports.write_export(record=record, rules=rules_on())
    assert Export.objects.get(pk=record.pk).key == ""


def test_one_that_is_withdrawn_is_not_written_either(book):
    record = exported(book.member, reason=WHY, approval_from=3)
    withdraw(actor=book.member, request=latest(record))
    assert Export.objects.get().status == Export.Status.REFUSED
    with pytest.raises(NotNow):
        answer(book.manager, record, Decision.Kind.APPROVE)


def test_nobody_approves_the_own_export(book):
    record = exported(book.manager, reason=WHY, approval_from=1)
    with pytest.raises(Forbidden):
        answer(book.manager, record, Decision.Kind.APPROVE)
    answer(book.leadership, record, Decision.Kind.APPROVE)
    assert Export.objects.get().status == Export.Status.WRITING


def test_where_nobody_could_approve_nothing_is_kept(book):
    for role in ("manager", "deputy", "leadership"):
        Membership.objects.filter(post__role=role).update(until=clock.today() - timedelta(days=1))
    with pytest.raises(NotNow):
        exported(book.member, reason=WHY, approval_from=3)
    assert not Export.objects.exists() and not Request.objects.exists()


def test_the_manager_is_told_of_a_large_export_and_the_leadership_of_the_managers(book):
    record = exported(book.member, alert_from=3)
    notice = Notice.objects.get(kind="transfer.large_export")
    assert (notice.person, notice.url) == (book.manager, record.get_absolute_url())
    exported(book.manager, alert_from=3)
    assert told("transfer.large_export") == [book.leadership, book.manager]
    exported(book.member, alert_from=4)
    assert len(told("transfer.large_export")) == 2


def test_many_small_exports_of_a_day_are_told_of_once(book):
    exported(book.member, alert_daily=6)
    assert told("transfer.many_exports") == []
    exported(book.member, alert_daily=6)
    exported(book.member, alert_daily=6)
    assert told("transfer.many_exports") == [book.manager]
    clock.set_clock(clock.now() + timedelta(days=1))
    exported(book.member, alert_daily=6)
    assert told("transfer.many_exports") == [book.manager]


def test_many_numbers_shown_in_a_day_are_told_of_once(book):
    points = list(ContactPoint.objects.order_by("pk"))
    for point in (points[0], points[1]):
        contacts.reveal_point(actor=book.member, record=point, rules=limits(alert_reveals=3))
    assert told("transfer.many_reveals") == []
    for _again in range(2):
        contacts.reveal_point(actor=book.member, record=points[2], rules=limits(alert_reveals=3))
    assert told("transfer.many_reveals") == [book.manager]


def test_the_page_keeps_what_was_typed_and_says_what_is_missing(book, sign_in, monkeypatch):
    monkeypatch.setattr("expansion.transfer.views.rules_on", lambda: limits(reason_from=2))
    browser = sign_in(book.member)
    address = "/transfer/export/crm.clients?q=公司"
    assert "2" in browser.get(address).content.decode()
    refused = browser.post(address, {"request_id": "one", "file_format": "csv"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "用途" in page and 'value="csv"' in page
    sent = {"request_id": "two", "file_format": "csv", "reason": WHY}
    answer = browser.post(address, sent)
    assert answer.status_code == 302 and WHY in browser.get(answer.url).content.decode()


def test_the_page_of_a_waiting_one_leads_the_approver_to_the_decision(book, sign_in):
    record = exported(book.member, reason=WHY, approval_from=3)
    page = sign_in(book.manager).get(record.get_absolute_url()).content.decode()
    assert latest(record).get_absolute_url() in page
    assert sign_in(book.member).get(f"{record.get_absolute_url()}/file").status_code == 404
    assert sign_in(book.colleague).get(record.get_absolute_url()).status_code == 404


def test_the_log_is_found_by_person_and_number_and_exported(book, sign_in):
    record, other = exported(book.member), exported(book.manager, query="q=甲")
    browser = sign_in(book.manager)
    for query, found in {
        f"q={record.number}": [record],
        f"actor={book.member.pk}": [record],
        "status=ready": [other, record],
        "q=E999": [],
    }.items():
        page = browser.get(f"/transfer/exports/?{query}")
        assert list(page.context["page"].records) == found, query
    log = exports.export_list(actor=book.leadership, rules=rules_on(), key="transfer.exports")
    assert {row[0] for row in rows_of(log)[1:]} >= {str(record), str(other)}
