"""The control list (R-exp-26): nothing found where all is well, each planted violation counted."""

from datetime import date, timedelta

import pytest

from crm.models import Contract
from expansion import access, clock, offers
from expansion.approvals.models import Decision, Request, Step
from expansion.audit import controls
from expansion.audit.services import write
from expansion.errors import Gone
from expansion.people import throttle
from expansion.people.models import Mandate, Membership, User
from expansion.rulebook.selectors import rules_on
from expansion.transfer.models import Export
from expansion.transfer.services import exports
from tests.expansion.test_export import rows_of
from tests.make import contracts

pytestmark = pytest.mark.django_db
READERS = ("administrator", "leadership", "manager")
TITLE = "海纳酒店年会场地框架"


def counts(person) -> dict[str, int]:
    """How many each check finds, those that find nothing left out."""
    return {check.key: len(rows) for check, rows in controls.found(person) if rows}


def another(cast, title: str) -> Request:
    client = contracts.a_client(cast.member, f"{title}有限公司")
    return contracts.submitted(cast, title=title, client=client)


def plant(request: Request, by: User, for_person: User | None = None) -> Decision:
    """An approval past every service, as a mistake in the code would leave it."""
    step = Step.objects.filter(request=request).first()
    return Decision.objects.create(
        step=step, decision="approve", by=by, for_person=for_person, at=clock.now()
    )


def mandate(cast, starts: int, ends: int, **values) -> Mandate:
    now = clock.now()
    return Mandate.objects.create(
        principal=cast.manager, delegate=cast.deputy, created_by=cast.manager, reason="leave",
        starts_at=now + timedelta(days=starts), ends_at=now + timedelta(days=ends), **values,
    )  # fmt: skip


def test_a_department_that_keeps_its_rules_shows_nothing(cast):
    contracts.signed(cast)
    mandate(cast, -9, -3), mandate(cast, -3, -1), mandate(cast, 1, 5, kinds=["contract"])
    mandate(cast, 1, 5, kinds=["report"])
    assert len(offers.of(offers.ControlCheck)) >= 8
    assert counts(cast.leadership) == {}


def test_a_self_approval_is_counted_whether_submitted_or_owned(cast):
    request = contracts.submitted(cast)
    plant(request, cast.member)
    assert counts(cast.leadership) == {"approvals.self": 1}
    other = another(cast, "第二份")
    Request.objects.filter(pk=other.pk).update(owner=cast.leader)
    plant(other, cast.leader)
    assert counts(cast.leadership) == {"approvals.self": 2}


def test_a_delegate_on_own_matters_is_counted_and_a_delegate_on_others_is_not(cast):
    request = contracts.submitted(cast)
    plant(request, cast.deputy, cast.manager)
    assert counts(cast.leadership) == {}
    plant(another(cast, "第二份"), cast.member, cast.manager)
    plant(another(cast, "第三份"), cast.deputy, cast.member)
    assert counts(cast.leadership) == {"approvals.delegate": 2}


def test_who_wrote_what_they_approved_is_counted(cast):
    request = contracts.submitted(cast)
    write(actor=cast.leader, verb="crm.contract.changed", about=request.about)
    plant(request, cast.manager)
    assert counts(cast.leadership) == {}
    other = another(cast, "第二份")
    write(actor=cast.leader, verb="crm.contract.changed", about=other.about)
    plant(other, cast.leader)
    write(actor=cast.manager, verb="crm.contract.changed", about=request.about)
    assert counts(cast.leadership) == {"approvals.drafter": 2}
    with clock.clock_at(clock.now() + timedelta(hours=1)):
        late = another(cast, "第三份")
        plant(late, cast.manager)
    with clock.clock_at(clock.now() + timedelta(hours=2)):
        write(actor=cast.manager, verb="crm.contract.changed", about=late.about)
    assert counts(cast.leadership) == {"approvals.drafter": 2}  # written after it was approved


def test_a_contract_signed_past_its_approval_is_counted(cast):
    contract = contracts.a_contract(cast)
    Contract.objects.filter(pk=contract.pk).update(
        status="signed", approved_at=clock.now(), signed_on=clock.today(), signed_owner=cast.member
    )
    assert counts(cast.leadership) == {"crm.contracts": 1}
    Contract.objects.filter(pk=contract.pk).update(deleted_at=clock.now())
    assert counts(cast.leadership) == {}


def export(actor, count: int, **values) -> Export:
    return Export.objects.create(
        listing="crm.clients",
        label="客户",
        actor=actor,
        file_format="csv",
        status=Export.Status.READY,
        count=count,
        **values,
    )


def test_large_exports_are_counted(cast):
    export(cast.member, 499)
    export(cast.member, 500, created_at=clock.now() - timedelta(days=91))
    assert counts(cast.leadership) == {}
    export(cast.member, 500)
    assert counts(cast.leadership) == {"transfer.large": 1}


def test_wrong_passwords_in_a_row_are_counted_by_account_and_by_network(cast):
    for _time in range(3):
        throttle.failed("member", "10.0.0.1")
    assert counts(cast.leadership) == {}
    throttle.failed("member", "10.0.0.1")
    assert counts(cast.leadership) == {"people.failed": 1}
    for _time in range(27):
        throttle.failed("secret-typed-as-a-name", "10.0.0.1")
    check, rows = controls.rows_of(cast.leadership, "people.failed")
    assert sorted(row.who for row in rows) == ["", "", cast.member.name]
    assert "secret" not in str([str(row.finding.what) for row in rows])


def test_a_login_without_a_post_is_counted(cast):
    seat = Membership.objects.get(user=cast.member)
    User.objects.filter(pk=cast.member.pk).update(last_login=clock.now() - timedelta(days=3))
    Membership.objects.filter(pk=seat.pk).update(until=date(2026, 11, 16))
    assert counts(cast.leadership) == {}
    User.objects.filter(pk=cast.member.pk).update(last_login=clock.now())
    assert counts(cast.leadership) == {"people.postless": 1}
    User.objects.create(username="nobody", name="无岗", last_login=clock.now())
    assert counts(cast.leadership) == {"people.postless": 2}


def test_mandates_that_overlap_are_counted_by_pairs(cast):
    mandate(cast, 1, 5)
    mandate(cast, 4, 8, kinds=["contract"])
    revoked = mandate(cast, 2, 6, revoked_at=clock.now())
    assert counts(cast.leadership) == {"people.mandates": 1}
    Mandate.objects.filter(pk=revoked.pk).update(revoked_at=None)
    assert counts(cast.leadership) == {"people.mandates": 3}


@pytest.fixture
def violated(cast) -> Request:
    request = contracts.submitted(cast, title=TITLE)
    plant(request, cast.member)
    return request


def test_each_number_opens_its_rows(violated, cast, sign_in):
    export(cast.member, 900)
    for part in READERS:
        browser = sign_in(getattr(cast, part))
        page = browser.get("/audit/controls/")
        assert page.status_code == 200
        for check, findings in page.context["checks"]:
            opened = browser.get(f"/audit/controls/{check.key}")
            assert len(opened.context["rows"]) == len(findings), check.key
            assert opened.status_code == 200
    assert "许晴" in browser.get("/audit/controls/approvals.self").content.decode()


def test_what_the_record_says_is_for_whoever_may_see_it(violated, cast, sign_in):
    for part, shown in {"administrator": False, "manager": True}.items():
        person = getattr(cast, part)
        text = sign_in(person).get("/audit/controls/approvals.self").content.decode()
        assert (TITLE in text) is shown and "许晴" in text, part
        record = exports.export_sheet(rules=rules_on(), actor=person, key="audit.controls")
        assert (TITLE in str(rows_of(record))) is shown, part
        assert access.can(person, "view", violated) is shown


def test_a_manager_reads_of_the_own_people_only(cast):
    export(cast.hr, 900)
    export(cast.member, 900)
    throttle.failed("nobody-we-know", "10.0.0.9")
    for _time in range(5):
        throttle.failed("nobody-we-know", "10.0.0.9")
    assert counts(cast.manager) == {"transfer.large": 1}
    assert counts(cast.administrator) == {"transfer.large": 2, "people.failed": 1}


def test_the_file_lists_every_check_and_all_rows(violated, cast):
    head, *rows = rows_of(
        exports.export_sheet(rules=rules_on(), actor=cast.leadership, key="audit.controls")
    )
    assert head == ["Check", "Findings", "When", "Who", "What", "Record"]
    assert len(rows) == len(offers.of(offers.ControlCheck))
    (found,) = [row for row in rows if row[1] == "1" or row[1] == 1]
    assert (found[0], found[3]) == ("Self-approvals", cast.member.name)


def test_the_list_is_closed_to_everybody_else(cast, sign_in):
    for part, person in cast.everyone().items():
        if person.is_authenticated and part != "deactivated":
            status = 200 if part in READERS else 403
            assert sign_in(person).get("/audit/controls/").status_code == status, part
            sent = sign_in(person).post("/transfer/sheets/audit.controls")
            assert sent.status_code == status, part


def test_an_unknown_check_is_not_there(cast, sign_in):
    assert sign_in(cast.manager).get("/audit/controls/nothing").status_code == 404
    with pytest.raises(Gone):
        controls.rows_of(cast.manager, "nothing")


def test_a_later_room_adds_its_check(cast, monkeypatch):
    known = {kind: dict(shelf) for kind, shelf in offers._registry.kept.items()}
    monkeypatch.setattr(offers._registry, "kept", known)
    finding = offers.Finding(clock.now(), (cast.member,), "differs", cast.leader)
    offers.add(offers.ControlCheck("x.settlements", "Settlements", 30, lambda person: [finding]))
    assert counts(cast.manager) == {"x.settlements": 1}
