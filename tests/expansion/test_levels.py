"""Levels of confidentiality: who reads what is kept, and what is written down of it (R-exp-18)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.access import ContractAccess
from crm.models import Contract, Obligation
from crm.selectors import client_page
from crm.selectors_contracts import contracts_of
from crm.services.contracts import submit_contract
from crm.tables_contracts import CONTRACTS
from expansion import access, clock
from expansion.access import Scope
from expansion.approvals.models import Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, Stale
from expansion.files.services import attach
from expansion.people.models import Role
from expansion.people.services.levels import classify
from expansion.people.services.rights import change_rights
from expansion.people.services.shares import share_record
from expansion.rulebook.selectors import rules_on
from expansion.transfer.services import export
from research.access import ReportAccess
from research.models import Citation, ResearchReport
from research.services.printing import export_report
from tests.expansion.test_export import rows_of
from tests.make import contracts, research

WHY = "含底价，只限经办人。"


def kept(cast, level: str = "secret", record=None):
    record = record or contracts.a_contract(cast)
    return classify(actor=cast.manager, record=record, level=level, reason=WHY)


def sees(person, record) -> bool:
    return access.can(person, "view", record)


def attached(cast, record):
    upload = SimpleUploadedFile("底价.txt", "底价 180 元/人".encode())
    return attach(actor=cast.member, record=record, upload=upload)


@pytest.mark.both
def test_what_is_secret_is_seen_by_its_owner_and_the_manager_alone(cast):
    secret, plain = kept(cast), contracts.a_contract(cast, client=Contract.objects.get().client)
    for person, seen in {
        cast.member: [plain, secret],
        cast.leader: [plain],
        cast.manager: [plain, secret],
        cast.colleague: [],
        cast.outsider: [],
        cast.administrator: [],
    }.items():
        assert list(Contract.objects.visible_to(person)) == seen, person
        assert sees(person, secret) is (secret in seen), person
        assert contracts_of(person, plain.client) == seen, person
        assert access.can(person, "edit", secret) is (secret in seen), person


@pytest.mark.both
def test_what_is_confidential_is_read_as_far_as_the_right_to_it_reaches(cast):
    record = kept(cast, "confidential")
    assert sees(cast.leader, record)
    cells = {"confidential": {Role.LEADER: Scope.OWN}}
    change_rights(actor=cast.administrator, kind="crm.contract", cells=cells)
    assert not sees(cast.again(cast.leader), record)
    assert sees(cast.again(cast.manager), record)


def test_duties_files_rounds_and_counts_of_it_are_seen_no_further(cast, sign_in):
    draft = contracts.a_contract(cast)
    file = attached(cast, draft)
    submit_contract(actor=cast.member, record=draft, rules=rules_on())
    record = kept(cast, record=draft)
    duty = Obligation.objects.filter(contract=record).first()
    for part, seen in {"member": True, "leader": False, "manager": True}.items():
        person = getattr(cast, part)
        assert sees(person, duty) is seen, part
        assert sees(person, file) is seen, part
        assert access.visible_to(person, Request.objects.all()).exists() is seen, part
        browser = sign_in(person)
        answers = {
            browser.get(address).status_code
            for address in (
                f"/crm/contracts/{record.pk}",
                f"/files/{file.pk}",
                f"/approvals/{latest(record).pk}",
                f"/people/access/crm.contract/{record.pk}",
            )
        }
        assert answers == ({200} if seen else {404}), part
        assert client_page(person, record.client_id).contract_count == int(seen), part
        for address in (f"/crm/clients/{record.client_id}", "/crm/contracts/", "/search/?q=海纳"):
            assert (record.title in browser.get(address).content.decode()) is seen, (part, address)


def test_who_decides_over_it_reads_it_at_every_level(cast):
    record = kept(cast, record=contracts.submitted(cast).about)
    assert not sees(cast.legal, record)
    decide(actor=cast.manager, request=latest(record), decision="approve")
    assert sees(cast.legal, record)


def test_a_share_of_the_client_opens_nothing_kept_and_one_of_itself_does(cast):
    record = contracts.a_contract(cast)
    until = clock.today() + timedelta(days=9)
    share_record(
        actor=cast.member, record=record.client, person=cast.colleague, until=until,
        reason="一起跟", for_work=True,
    )  # fmt: skip
    assert sees(cast.again(cast.colleague), record)
    record = kept(cast, record=record)
    colleague = cast.again(cast.colleague)
    assert not sees(colleague, record) and not access.can(colleague, "edit", record)
    assert not sees(colleague, record.obligations.first())
    share_record(
        actor=cast.member, record=record, person=cast.colleague, until=until, reason="代签",
        for_work=True,
    )  # fmt: skip
    colleague = cast.again(cast.colleague)
    assert sees(colleague, record) and access.can(colleague, "edit", record)
    assert sees(colleague, record.obligations.first())
    assert {str(one.person) for one in access.who_may("view", record)} == {
        cast.member.name,
        cast.colleague.name,
        cast.manager.name,
    }


def test_the_level_is_written_down_and_set_by_those_with_the_right(cast):
    record = contracts.a_contract(cast)
    with pytest.raises(Forbidden):
        classify(actor=cast.member, record=record, level="public", reason=WHY)
    with pytest.raises(Invalid):
        classify(actor=cast.manager, record=record, level="top", reason=WHY)
    with pytest.raises(Invalid):
        classify(actor=cast.manager, record=record, level="internal", reason=WHY)
    with pytest.raises(Gone):
        classify(actor=cast.manager, record=record.client, level="secret", reason=WHY)
    classify(actor=cast.manager, record=record, level="secret", reason=WHY, version=record.version)
    with pytest.raises(Stale):
        classify(
            actor=cast.manager, record=record, level="public", reason=WHY, version=record.version
        )
    entry = Entry.objects.get(verb="crm.contract.classified")
    assert entry.changes == {"level": ["internal", "secret"], "reason": [None, WHY]}


def test_the_files_of_its_approval_are_kept_as_its_own_are(cast, sign_in, monkeypatch):
    """Who decides over it fetches them; who only sees it does not, and both are written down."""
    record = kept(cast, "confidential", contracts.a_contract(cast))
    submit_contract(actor=cast.member, record=record, rules=rules_on())
    request = latest(record)
    file = attached(cast, request)
    decide(actor=cast.manager, request=request, decision="approve")
    grants = {key: value for key, value in ContractAccess.grants.items() if key != "download"}
    monkeypatch.setattr(ContractAccess, "grants", grants)
    address = f"/files/{file.pk}"
    assert sign_in(cast.legal).get(address).status_code == 200
    refused = sign_in(cast.leader).get(address)
    assert refused.status_code == 403
    log = Entry.objects.filter(about_id=request.pk, verb__startswith="files.attachment.")
    assert [(one.actor, one.verb.rpartition(".")[2]) for one in log.order_by("pk")][-2:] == [
        (cast.legal, "fetched"),
        (cast.leader, "kept_back"),
    ]


def test_each_file_of_it_is_written_down_and_so_is_each_refusal(cast, sign_in, monkeypatch):
    record = contracts.a_contract(cast)
    file = attached(cast, record)
    sign_in(cast.member).get(f"/files/{file.pk}")
    assert (
        not Entry.objects.filter(verb__startswith="files.attachment.")
        .exclude(verb="files.attachment.added")
        .exists()
    )
    record = kept(cast, "confidential", record)
    assert sign_in(cast.member).get(f"/files/{file.pk}").status_code == 200
    assert sign_in(cast.colleague).get(f"/files/{file.pk}").status_code == 404
    grants = {key: value for key, value in ContractAccess.grants.items() if key != "download"}
    monkeypatch.setattr(ContractAccess, "grants", grants)
    assert sign_in(cast.leader).get(f"/files/{file.pk}").status_code == 403
    log = Entry.objects.filter(about_id=record.pk, verb__startswith="files.attachment.")
    assert [(one.actor, one.verb.rpartition(".")[2]) for one in log.order_by("pk")][-3:] == [
        (cast.member, "fetched"),
        (cast.colleague, "kept_back"),
        (cast.leader, "kept_back"),
    ]


def test_a_kept_report_is_seen_with_its_parts_and_printed_by_those_with_the_right(
    cast, monkeypatch
):
    report = research.a_report(cast)
    Citation.objects.create(report=report, finding=research.a_finding(cast))
    report = kept(cast, "secret", report)
    for person, seen in {cast.outsider: True, cast.deputy: False, cast.manager: True}.items():
        assert ResearchReport.objects.visible_to(person).exists() is seen, person
        assert access.visible_to(person, Citation.objects.all()).exists() is seen, person
    grants = {key: value for key, value in ReportAccess.grants.items() if key != "download"}
    monkeypatch.setattr(ReportAccess, "grants", grants)
    with pytest.raises(Forbidden):
        export_report(actor=cast.outsider, record=report)


def test_exports_hold_what_their_reader_sees(cast):
    record = kept(cast)
    for person, rows in {cast.leader: 0, cast.manager: 1}.items():
        made = export(
            actor=person, rules=rules_on(), listing=CONTRACTS, records=Contract.objects.live()
        )
        assert made.count == rows
    assert record.title in str(rows_of(made))


def test_the_page_sets_it_and_leads_away_who_loses_sight_of_it(cast, sign_in):
    record = contracts.a_contract(cast)
    address = f"/people/access/crm.contract/{record.pk}/level"
    assert sign_in(cast.member).get(address).status_code == 403
    browser = sign_in(cast.leader)
    page = browser.get(address).content.decode()
    assert 'value="secret"' in page
    sent = {"request_id": "a", "version": record.version, "level": "secret"}
    assert browser.post(address, sent).status_code == 422
    answer = browser.post(address, {**sent, "reason": WHY})
    assert (answer.status_code, answer.url) == (302, "/")
    record.refresh_from_db()
    assert record.level == "secret"
    assert browser.get(address).status_code == 404
    marked = sign_in(cast.member).get(f"/crm/contracts/{record.pk}").content.decode()
    assert "绝密" in marked
    stale = sign_in(cast.manager).post(address, {**sent, "level": "public", "reason": WHY})
    assert stale.status_code == 409


def test_the_api_shows_and_sets_it_by_the_same_service(cast, sign_in):
    record = contracts.a_contract(cast)
    address = f"/api/v1/crm/contracts/{record.pk}"
    browser = sign_in(cast.manager)
    assert browser.get(address).json()["level"] == "internal"
    given = {"content_type": "application/json", "headers": {"If-Match": f'"{record.version}"'}}
    answer = browser.post(f"{address}/classify", {"level": "secret", "reason": WHY}, **given)
    assert answer.status_code == 200 and answer.json()["level"] == "secret"
    assert sign_in(cast.leader).get(address).status_code == 404
    refused = browser.post(f"{address}/classify", {"level": "top", "reason": WHY}, **given)
    assert refused.status_code == 422
