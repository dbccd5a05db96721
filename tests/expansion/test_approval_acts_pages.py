"""Asking another, files of an approval and the page of several, as people meet them."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from expansion import clock
from expansion.approvals.models import Decision, Request
from expansion.approvals.selectors import open_step, own_step
from expansion.approvals.services import decide
from expansion.files.models import Attachment
from expansion.people.models import Membership, Post, Unit
from tests.make import authority
from tests.make import contracts as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(response) -> str:
    return response.content.decode()


def test_a_decider_finds_both_ways_of_asking_another(cast, sign_in):
    request = make.submitted(cast)
    page = body(sign_in(cast.manager).get(f"/approvals/{request.pk}"))
    assert f"/approvals/{request.pk}/add-signer" in page
    assert f"/approvals/{request.pk}/hand-on" in page
    page = body(sign_in(cast.member).get(f"/approvals/{request.pk}"))
    assert "add-signer" not in page and "hand-on" not in page


def test_who_acts_for_somebody_finds_the_signer_and_not_the_passing_on(cast, sign_in):
    request = make.submitted(cast)
    deputy = authority.acting(cast)
    page = body(sign_in(deputy).get(f"/approvals/{request.pk}"))
    assert "add-signer" in page and "hand-on" not in page
    answer = sign_in(deputy).get(f"/approvals/{request.pk}/hand-on")
    assert answer.status_code == 403 and cast.manager.name in body(answer)


def test_what_several_hold_is_not_offered_to_be_passed_on(cast, sign_in):
    put_in_force({"approvals.contract.chain": ["finance"]})
    held = {"unit": Unit.objects.get(key="company"), "post": Post.objects.get(key="finance")}
    Membership.objects.create(user=cast.liaison, since=clock.today(), **held)
    request = make.submitted(cast)
    browser, address = sign_in(cast.finance), f"/approvals/{request.pk}"
    page = body(browser.get(address))
    assert "add-signer" in page and "hand-on" not in page
    assert browser.get(f"{address}/hand-on").status_code == 409
    answer = browser.post(f"{address}/hand-on", key() | {"person": cast.hr.pk, "reason": "忙"})
    assert answer.status_code == 409 and cast.liaison.name in body(answer)


def test_beyond_the_authority_of_others_only_the_same_role_is_offered(cast, sign_in):
    put_in_force(authority.LIMITS | authority.SHORT | {"authority.manager_limit": "1"})
    request = make.submitted(cast)
    for person in (cast.manager, cast.legal):
        request = decide(actor=person, request=request, decision="approve")
    browser, address = sign_in(cast.leadership), f"/approvals/{request.pk}"
    assert "hand-on" not in body(browser.get(address))
    request.steps.filter(role="leadership").update(person=cast.leadership)
    held = {"unit": Unit.objects.get(key="company"), "post": Post.objects.get(key="leadership")}
    Membership.objects.create(user=cast.liaison, since=clock.today(), **held)
    assert "hand-on" in body(browser.get(address))
    form = browser.get(f"{address}/hand-on").context["form"]
    assert list(form.fields["person"].queryset) == [cast.liaison]


def test_after_asking_somebody_before_the_page_is_there_for_legal_too(cast, sign_in):
    request = decide(actor=cast.manager, request=make.submitted(cast), decision="approve")
    sent = key() | {"person": cast.finance.pk, "place": "before", "reason": "预算归他管"}
    browser = sign_in(cast.legal)
    answer = browser.post(f"/approvals/{request.pk}/add-signer", sent)
    assert answer["Location"] == f"/approvals/{request.pk}"
    page = browser.get(answer["Location"])
    assert page.status_code == 200 and 'name="decision"' not in body(page)


def test_where_the_rulebook_says_no_nobody_finds_them(cast, sign_in):
    put_in_force({"deciding.passing_on": False})
    request = make.submitted(cast)
    assert "hand-on" not in body(sign_in(cast.manager).get(f"/approvals/{request.pk}"))


def test_a_signer_is_added_by_the_form(cast, sign_in):
    request = make.submitted(cast)
    sent = key() | {
        "person": cast.finance.pk,
        "place": "before",
        "reason": "预算归他管",
        "version": request.version,
    }
    answer = sign_in(cast.manager).post(f"/approvals/{request.pk}/add-signer", sent)
    assert answer.status_code == 302
    assert open_step(request).person == cast.finance
    page = body(sign_in(cast.member).get(f"/approvals/{request.pk}"))
    assert "预算归他管" in page and cast.finance.name in page


def test_passed_on_the_inbox_is_empty_and_the_other_has_it(cast, sign_in):
    request = make.submitted(cast)
    sent = key() | {"person": cast.finance.pk, "reason": "预算归他管", "version": request.version}
    answer = sign_in(cast.manager).post(f"/approvals/{request.pk}/hand-on", sent)
    assert answer["Location"] == "/approvals/"
    assert make.TEXT["scope"] in body(sign_in(cast.finance).get("/approvals/"))


def test_a_refusal_keeps_what_was_typed(cast, sign_in):
    request = make.submitted(cast)
    sent = key() | {"person": cast.legal.pk, "reason": "预算归他管", "version": request.version}
    answer = sign_in(cast.manager).post(f"/approvals/{request.pk}/hand-on", sent)
    assert answer.status_code == 422 and "预算归他管" in body(answer)
    assert own_step(cast.manager, request)[1] is not None


def test_an_old_page_is_told_so(cast, sign_in):
    request = make.submitted(cast)
    read = request.version
    Request.objects.update(version=read + 1)
    sent = key() | {"person": cast.finance.pk, "reason": "预算归他管", "version": read}
    answer = sign_in(cast.manager).post(f"/approvals/{request.pk}/hand-on", sent)
    assert answer.status_code == 409


def test_files_are_added_while_it_is_decided_and_stay(cast, sign_in):
    request = make.submitted(cast)
    upload = SimpleUploadedFile("核价表.txt", "每场 31,500 元".encode())
    address = f"/files/approvals.request/{request.pk}/add"
    assert sign_in(cast.manager).post(address, {"files": upload}).status_code == 302
    file = Attachment.objects.get()
    assert "核价表.txt" in body(sign_in(cast.member).get(f"/approvals/{request.pk}"))
    decide(actor=cast.manager, request=request, decision="reject", comment="不做")
    assert sign_in(cast.manager).post(f"/files/{file.pk}/remove").status_code == 403
    upload = SimpleUploadedFile("迟到.txt", b"late")
    assert sign_in(cast.member).post(address, {"files": upload}).status_code == 403
    assert Attachment.objects.live().count() == 1


def test_who_only_reads_along_adds_no_file(cast, sign_in):
    request = make.submitted(cast)
    upload = SimpleUploadedFile("核价表.txt", b"31500")
    address = f"/files/approvals.request/{request.pk}/add"
    assert sign_in(cast.leader).post(address, {"files": upload}).status_code == 403
    upload.seek(0)
    assert sign_in(cast.hr).post(address, {"files": upload}).status_code == 404


def two(cast) -> list[Request]:
    names = ("南京锦悦会展有限公司", "苏州青禾文化有限公司")
    return [make.submitted(cast, client=make.a_client(cast.member, name)) for name in names]


def test_several_are_approved_with_one_comment(cast, sign_in):
    chosen = [f"{one.pk}:{one.version}" for one in two(cast)]
    manager = sign_in(cast.manager)
    page = body(manager.get("/approvals/several/"))
    assert all(f'value="{one}"' in page for one in chosen)
    answer = manager.post("/approvals/several/", key() | {"chosen": chosen, "comment": "同意"})
    assert answer["Location"] == "/approvals/"
    assert Decision.objects.filter(comment="同意").count() == 2


def test_what_was_decided_meanwhile_is_named(cast, sign_in):
    requests = two(cast)
    chosen = [f"{one.pk}:{one.version}" for one in requests]
    decide(actor=cast.manager, request=requests[0], decision="reject", comment="不做")
    answer = sign_in(cast.manager).post("/approvals/several/", key() | {"chosen": chosen})
    assert answer.status_code == 200 and requests[0].title in body(answer)
    assert Request.objects.get(pk=requests[1].pk).steps.filter(status="approved").exists()


@pytest.mark.parametrize("chosen", [[], ["x"], ["1:y"], ["9" * 30 + ":1"]])
def test_nothing_usable_chosen_is_said(cast, sign_in, chosen):
    make.submitted(cast)
    answer = sign_in(cast.manager).post("/approvals/several/", key() | {"chosen": chosen})
    assert answer.status_code == 422 and not Decision.objects.exists()


def test_nobody_who_has_nothing_to_decide_sees_anything_there(cast, sign_in):
    make.submitted(cast)
    page = body(sign_in(cast.hr).get("/approvals/several/"))
    assert 'name="chosen"' not in page
