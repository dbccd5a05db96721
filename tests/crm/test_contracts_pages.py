"""The ledger's pages: list, obligations, contract, forms."""

import uuid

import pytest

from crm.models import Contract, Obligation
from expansion.approvals.services import decide
from tests.make import contracts as make

pytestmark = pytest.mark.django_db


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(response) -> str:
    return response.content.decode()


def form(**more) -> dict[str, str]:
    return (
        key()
        | {
            "title": "年会场地框架",
            "kind": "sale",
            "amount": "126000.00",
            "currency": "CNY",
            "starts_on": "2026-12-01",
            "ends_on": "2027-11-30",
        }
        | make.TEXT
        | more
    )


def test_a_contract_is_drafted_submitted_and_signed_in_the_browser(cast, sign_in):
    client = make.a_client(cast.member)
    browser = sign_in(cast.member)
    assert client.name in body(browser.get("/crm/contracts/new?q=海纳"))
    assert browser.get(f"/crm/contracts/new?client={client.pk}").status_code == 200
    answer = browser.post("/crm/contracts/new", form(client=client.pk))
    contract = Contract.objects.get()
    assert answer.headers["Location"] == f"/crm/contracts/{contract.pk}"
    url = answer.headers["Location"]
    duty = {"party": "them", "what": "首付款", "due_on": "2026-12-01", "amount": "50400"}
    assert browser.post(f"{url}/obligations/new", key() | duty).status_code == 302
    assert f"{url}/submit" in body(browser.get(url))
    assert browser.post(f"{url}/submit", key()).status_code == 302
    request = contract_request()
    for person in (cast.manager, cast.legal, cast.leadership):
        decide(actor=person, request=request, decision="approve")
    signatures = {"signed_on": "2026-11-18", "signed_by_us": "陈", "signed_by_them": "许"}
    assert browser.post(f"{url}/sign", key() | signatures).status_code == 302
    owed = Obligation.objects.get()
    tick = key() | {"done_on": "2026-11-18"}
    assert browser.post(f"/crm/obligations/{owed.pk}/done", tick).status_code == 302
    assert "首付款" in body(browser.get(f"{url}?tab=obligations"))


def contract_request():
    from expansion.approvals.models import Request

    return Request.objects.get()


def test_an_unapproved_contract_takes_no_signing_date(cast, sign_in):
    contract = make.a_contract(cast)
    sent = key() | {"signed_on": "2026-11-18", "signed_by_us": "陈", "signed_by_them": "许"}
    answer = sign_in(cast.member).post(f"/crm/contracts/{contract.pk}/sign", sent)
    assert answer.status_code == 409 and 'value="许"' in body(answer)


@pytest.mark.parametrize("tab", ["text", "obligations", "files", "nonsense"])
def test_every_tab_of_a_contract_opens(cast, sign_in, tab):
    contract = make.signed(cast)
    for person in (cast.member, cast.legal):
        answer = sign_in(person).get(f"/crm/contracts/{contract.pk}?tab={tab}")
        assert answer.status_code == 200


def test_a_locked_contract_has_no_edit_page(cast, sign_in):
    contract = make.submitted(cast).about
    assert sign_in(cast.member).get(f"/crm/contracts/{contract.pk}/edit").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "-5"},
        {"amount": "１２３万"},
        {"amount": "99999999999999999999"},
        {"starts_on": "2026-02-31"},
        {"ends_on": "2026-01-01"},
        {"title": ""},
        {"title": "长" * 121},
        {"scope": "长" * 8001},
        {"kind": "gift"},
        {"currency": "XXX"},
    ],
)
def test_bad_input_is_answered_with_a_sentence_and_kept(cast, sign_in, wrong):
    client = make.a_client(cast.member)
    answer = sign_in(cast.member).post("/crm/contracts/new", form(client=client.pk, **wrong))
    assert answer.status_code == 422 and not Contract.objects.exists()
    assert "我方提供场地" in body(answer)


def test_full_width_digits_in_an_amount_are_read(cast, sign_in):
    client = make.a_client(cast.member)
    sent = form(client=client.pk, amount="１２６０００")
    assert sign_in(cast.member).post("/crm/contracts/new", sent).status_code == 302


def test_a_foreign_client_is_refused(cast, sign_in):
    client = make.a_client(cast.member)
    browser = sign_in(cast.colleague)
    assert browser.get(f"/crm/contracts/new?client={client.pk}").status_code == 404
    assert browser.post("/crm/contracts/new", form(client=client.pk)).status_code == 422
    assert client.name not in body(browser.get("/crm/contracts/new?q=海纳"))


def test_a_stale_form_gets_both_values(cast, sign_in):
    contract = make.a_contract(cast)
    url = f"/crm/contracts/{contract.pk}/edit"
    assert sign_in(cast.leader).post(url, form(version=1, title="甲")).status_code == 302
    answer = sign_in(cast.member).post(url, form(version=1, title="乙"))
    assert answer.status_code == 409 and "甲" in body(answer) and "乙" in body(answer)


def test_foreign_contracts_and_duties_are_not_there(cast, sign_in):
    contract = make.a_contract(cast)
    duty = make.duty(contract, "首付款")
    paths = [
        f"/crm/contracts/{contract.pk}",
        f"/crm/contracts/{contract.pk}/edit",
        f"/crm/contracts/{contract.pk}/submit",
        f"/crm/contracts/{contract.pk}/sign",
        f"/crm/obligations/{duty.pk}/done",
        f"/crm/obligations/{duty.pk}/remove",
    ]
    for path in paths:
        assert sign_in(cast.colleague).get(path).status_code == 404, path
    for path in ("/crm/contracts/", "/crm/obligations/"):
        page = body(sign_in(cast.colleague).get(path))
        assert contract.title not in page and "首付款" not in page


def test_legal_reads_the_contract_from_its_turn_on_and_changes_nothing(cast, sign_in):
    request = make.submitted(cast)
    url = f"/crm/contracts/{request.about_id}"
    assert sign_in(cast.legal).get(url).status_code == 404
    decide(actor=cast.manager, request=request, decision="approve")
    assert sign_in(cast.legal).get(url).status_code == 200
    assert sign_in(cast.legal).get(f"{url}/edit").status_code == 403
    assert request.title in body(sign_in(cast.legal).get("/crm/contracts/"))


@pytest.mark.parametrize("view", ["mine", "in_approval", "in_force", "due", "overdue"])
def test_saved_views_of_the_ledger_open(cast, sign_in, view):
    contract = make.signed(cast)
    page = body(sign_in(cast.member).get(f"/crm/contracts/?view={view}"))
    assert (contract.title in page) == (view in ("mine", "due"))


@pytest.mark.parametrize("view", ["overdue", "due", "open", "mine"])
def test_saved_views_of_obligations_open(cast, sign_in, view):
    make.signed(cast)
    page = body(sign_in(cast.member).get(f"/crm/obligations/?view={view}&party=them"))
    assert ("首付款" in page) == (view != "overdue")
