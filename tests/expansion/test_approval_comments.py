"""A comment on what is being decided, without deciding it (R-exp-05)."""

import io
import uuid
from datetime import timedelta

import pypdfium2
import pytest

from crm.models import Contract
from crm.services.contracts import submit_contract
from expansion import clock
from expansion.approvals.models import Comment, Decision, Request
from expansion.approvals.remarks import comment
from expansion.approvals.selectors import latest, open_step, own_step
from expansion.approvals.services import decide, withdraw
from expansion.approvals.signers import add_signer
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.machine import pdf_missing
from expansion.notices.models import Notice
from expansion.people.models import User
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on
from tests.make import contracts as make

pytestmark = pytest.mark.django_db
TEXT = "请问第三场的日期定了吗？"


def say(person: User, request: Request, text: str = TEXT) -> Comment:
    return comment(actor=person, request=request, text=text)


def approve(person: User, request: Request) -> Request:
    return decide(actor=person, request=request, decision="approve")


def told() -> set[User]:
    return {one.person for one in Notice.objects.filter(kind="approvals.comment")}


def deputy_acts(cast) -> None:
    create_mandate(
        actor=cast.administrator,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=1),
        reason="leave",
    )


def test_a_decider_asks_without_returning_it_and_the_submitter_is_told(cast):
    request = make.submitted(cast)
    made = say(cast.manager, request, f"  {TEXT} ")
    assert (made.by, made.for_person, made.text, made.at) == (
        cast.manager,
        None,
        TEXT,
        clock.now(),
    )
    assert told() == {cast.member}
    notice = Notice.objects.get(kind="approvals.comment")
    assert (notice.text, notice.url) == (TEXT, f"/approvals/{request.pk}")
    assert cast.manager.name in notice.title


def test_it_moves_nothing(cast):
    """Who has read the matter before decides it with the version that was read."""
    request = make.submitted(cast)
    read = request.version
    say(cast.member, request)
    assert own_step(cast.manager, request)[1] is not None and not Decision.objects.exists()
    decide(actor=cast.manager, request=request, decision="approve", version=read)
    request = make.submitted(cast, client=make.a_client(cast.member, "南京锦悦会展有限公司"))
    say(cast.manager, request)
    assert withdraw(actor=cast.member, request=request).status == "withdrawn"


def test_the_trail_says_who_said_what(cast):
    say(cast.manager, make.submitted(cast))
    entry = Entry.objects.get(verb="approvals.request.commented")
    assert (entry.actor, entry.for_person) == (cast.manager, None)
    assert entry.changes == {"comment": [None, TEXT]}
    assert entry.about == Contract.objects.get()


def test_who_has_decided_and_who_decides_now_hear_what_the_submitter_says(cast):
    request = approve(cast.manager, make.submitted(cast))
    say(cast.member, request)
    assert told() == {cast.manager, cast.legal}


def test_who_has_decided_says_more_afterwards(cast):
    request = approve(cast.manager, make.submitted(cast))
    say(cast.manager, request)
    assert told() == {cast.member, cast.legal}


def test_legal_comments_while_its_step_is_open_and_not_before(cast):
    request = make.submitted(cast)
    with pytest.raises(Forbidden):
        say(cast.legal, request)
    say(cast.legal, approve(cast.manager, request))
    assert Comment.objects.get().by == cast.legal


def test_who_waits_for_a_signer_put_before_may_speak(cast):
    request = add_signer(
        actor=cast.manager,
        request=make.submitted(cast),
        person=cast.finance,
        place="before",
        reason="预算归他管",
    )
    say(cast.manager, request)
    assert told() == {cast.member, cast.finance}


@pytest.mark.parametrize(
    "person", ["leader", "colleague", "leadership", "hr", "deputy", "administrator", "liaison"]
)
def test_nobody_else_comments_whoever_reads_it(cast, person):
    with pytest.raises(Forbidden, match=cast.member.name):
        say(getattr(cast, person), make.submitted(cast))
    assert not Comment.objects.exists()


def test_who_acts_for_a_decider_comments_in_that_name(cast):
    deputy_acts(cast)
    made = say(cast.deputy, make.submitted(cast))
    assert (made.by, made.for_person) == (cast.deputy, cast.manager)
    assert Entry.objects.get(verb="approvals.request.commented").for_person == cast.manager
    assert told() == {cast.member, cast.manager}


def test_who_acts_for_a_decider_is_told_too(cast):
    deputy_acts(cast)
    say(cast.member, make.submitted(cast))
    assert told() == {cast.manager, cast.deputy}


def test_a_mandate_that_has_ended_lets_nobody_speak(cast):
    deputy_acts(cast)
    request = make.submitted(cast)
    with clock.clock_at(clock.now() + timedelta(days=2)), pytest.raises(Forbidden):
        say(cast.deputy, request)


def test_who_decided_for_somebody_speaks_in_that_name_while_the_mandate_runs(cast):
    deputy_acts(cast)
    request = approve(cast.deputy, make.submitted(cast))
    made = say(cast.deputy, request)
    assert (made.by, made.for_person) == (cast.deputy, cast.manager)
    assert say(cast.manager, request).for_person is None


def test_who_decided_for_somebody_speaks_no_more_once_the_mandate_has_ended(cast, sign_in):
    deputy_acts(cast)
    request = approve(cast.deputy, make.submitted(cast))
    field = f'action="/approvals/{request.pk}/comment"'
    assert field in body(sign_in(cast.deputy).get(f"/approvals/{request.pk}"))
    with clock.clock_at(clock.now() + timedelta(days=2)):
        with pytest.raises(Forbidden):
            say(cast.again(cast.deputy), request)
        page = body(sign_in(cast.deputy).get(f"/approvals/{request.pk}"))
        assert field not in page
        assert say(cast.manager, request).for_person is None


def test_a_mandate_for_other_kinds_lets_nobody_speak_for_who_has_decided(cast):
    request = approve(cast.manager, make.submitted(cast))
    create_mandate(
        actor=cast.administrator,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=1),
        reason="leave",
        kinds=["report"],
    )
    with pytest.raises(Forbidden):
        say(cast.again(cast.deputy), request)


def test_what_is_decided_takes_no_more_comments(cast):
    request = decide(
        actor=cast.manager, request=make.submitted(cast), decision="reject", comment="不做"
    )
    for person in (cast.member, cast.manager):
        with pytest.raises(NotNow):
            say(person, request)


@pytest.mark.parametrize("text", ["", "  ", "长" * 2001])
def test_a_comment_says_something_and_not_too_much(cast, text):
    with pytest.raises(Invalid):
        say(cast.manager, make.submitted(cast), text)


def test_who_decided_in_an_earlier_round_speaks_in_the_next_and_hears(cast):
    request = approve(cast.manager, make.submitted(cast))
    say(cast.manager, request)
    decide(actor=cast.legal, request=request, decision="return", comment="写明违约责任")
    Notice.objects.all().delete()
    contract = Contract.objects.get()
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    again = latest(contract)
    say(cast.legal, again)
    assert told() == {cast.member, cast.manager}
    assert [one.request for one in Comment.objects.all()] == [request, again]


# On the page, in the sheet and in the API


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("part", ["member", "manager"])
def test_the_desk_shows_the_comments_and_takes_another(cast, sign_in, part):
    request = make.submitted(cast)
    browser = sign_in(getattr(cast, part))
    address = f"/approvals/{request.pk}"
    assert f'action="{address}/comment"' in body(browser.get(address))
    answer = browser.post(f"{address}/comment", key() | {"text": TEXT})
    assert answer["Location"] == address
    assert TEXT in body(sign_in(cast.member).get(address))
    assert TEXT in body(sign_in(cast.manager).get("/approvals/"))


def test_who_only_reads_along_sees_them_and_has_no_field(cast, sign_in):
    request = make.submitted(cast)
    say(cast.manager, request)
    page = body(sign_in(cast.leader).get(f"/approvals/{request.pk}"))
    assert TEXT in page and f"/approvals/{request.pk}/comment" not in page
    answer = sign_in(cast.leader).post(f"/approvals/{request.pk}/comment", key() | {"text": "我"})
    assert answer.status_code == 403 and cast.member.name in body(answer)
    answer = sign_in(cast.legal).post(f"/approvals/{request.pk}/comment", key() | {"text": "我"})
    assert answer.status_code == 404


def test_a_second_click_says_nothing_twice(cast, sign_in):
    request, sent = make.submitted(cast), key() | {"text": TEXT}
    browser = sign_in(cast.manager)
    for _again in range(2):
        answer = browser.post(f"/approvals/{request.pk}/comment", sent)
        assert answer["Location"] == f"/approvals/{request.pk}"
    assert Comment.objects.count() == Notice.objects.filter(kind="approvals.comment").count() == 1


def test_what_was_decided_meanwhile_keeps_the_text_and_says_why(cast, sign_in):
    request = make.submitted(cast)
    withdraw(actor=cast.member, request=request)
    browser, address = sign_in(cast.member), f"/approvals/{request.pk}"
    assert f"{address}/comment" not in body(browser.get(address))
    answer = browser.post(f"{address}/comment", key() | {"text": TEXT})
    assert answer.status_code == 409 and TEXT in body(answer)


def test_an_empty_comment_is_refused(cast, sign_in):
    request = make.submitted(cast)
    answer = sign_in(cast.manager).post(f"/approvals/{request.pk}/comment", key() | {"text": " "})
    assert answer.status_code == 422 and not Comment.objects.exists()


def test_the_desk_shows_earlier_rounds_and_whose_name_was_used(cast, sign_in):
    deputy_acts(cast)
    request = make.submitted(cast)
    say(cast.deputy, request)
    decide(actor=cast.manager, request=request, decision="return", comment="补充")
    contract = Contract.objects.get()
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    page = sign_in(cast.member).get(latest(contract).get_absolute_url())
    shown = page.context["talk"]
    assert [(one["comment"].text, one["round"]) for one in shown] == [(TEXT, 1)]
    assert cast.manager.name in shown[0]["stamp"] and shown[0]["stamp"] in body(page)


@pytest.mark.skipif(pdf_missing() is not None, reason="This machine cannot make PDF.")
def test_the_sheet_keeps_them(cast, sign_in):
    request = make.submitted(cast)
    say(cast.manager, request)
    answer = sign_in(cast.member).get(f"/approvals/{request.pk}/sheet.pdf")
    document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "第三场" in text and cast.manager.name in text


def test_a_program_comments_once_and_reads_them(cast, sign_in):
    request = approve(cast.manager, make.submitted(cast))
    url = f"/api/v1/approvals/requests/{request.pk}"
    browser = sign_in(cast.legal)
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "k"}}
    for _again in range(2):
        answer = browser.post(f"{url}/comment", {"text": TEXT}, **sent)
        assert answer.status_code == 200
    shown = browser.get(url).json()["comments"]
    assert [(one["text"], one["by"]["id"], one["for_person"]) for one in shown] == [
        (TEXT, cast.legal.pk, None)
    ]
    answer = sign_in(cast.leader).post(f"{url}/comment", {}, content_type="application/json")
    assert answer.status_code == 403
    assert open_step(request).role == "legal"
