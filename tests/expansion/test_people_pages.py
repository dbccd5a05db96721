"""The pages of people: who opens them, what they keep, what they refuse."""

import re
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expansion import access, clock
from expansion.audit.services import write
from expansion.people.models import Mandate, Membership, Token, Unit, User
from expansion.people.services import accounts, passwords, tokens
from expansion.rulebook.selectors import rules_on
from expansion.transfer import keeping
from expansion.transfer.services import exports

WORD = "seven-owls-asleep"


def send(browser, url, **fields):
    return browser.post(url, {"request_id": "k1"} | fields)


def test_every_colleague_reads_staff_list_organisation_and_persons(cast, sign_in):
    for part in ("member", "liaison", "legal", "administrator"):
        browser = sign_in(getattr(cast, part))
        for url in ("/people/", "/people/organisation", f"/people/{cast.leader.pk}"):
            assert browser.get(url).status_code == 200
    assert sign_in(cast.anonymous).get("/people/").status_code == 302
    assert sign_in(cast.deactivated).get("/people/").status_code == 302


def test_the_list_shows_the_department_first_and_narrows_by_unit_role_and_status(cast, sign_in):
    browser = sign_in(cast.member)
    text = browser.get("/people/").content.decode()
    assert text.index("陈立群") < text.index("林嘉") < text.index("方蕾")
    assert "林嘉" not in browser.get("/people/?unit=research").content.decode()
    assert "陈立群" in browser.get("/people/?unit=department&role=manager").content.decode()
    assert "赵一鸣" in browser.get("/people/?view=left").content.decode()
    assert "许晴" in browser.get("/people/?q=xuq").content.decode()


def test_the_list_costs_the_same_for_few_and_many(cast, sign_in):
    browser = sign_in(cast.administrator)
    unit, post = Unit.objects.get(key="research"), cast.member.memberships.get().post

    def cost():
        browser.get("/people/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/people/")
        return len(queries)

    few = cost()
    for number in range(30):
        user = User.objects.create(username=f"more{number}", name="人")
        Membership.objects.create(user=user, unit=unit, post=post, since=date(2026, 1, 1))
    assert cost() == few


def test_a_colleagues_number_is_masked_for_colleagues(cast, sign_in):
    User.objects.filter(pk=cast.leader.pk).update(phone="+8613800138000")
    url = f"/people/{cast.leader.pk}"
    assert "13800138000" not in sign_in(cast.member).get(url).content.decode()
    for part in ("leader", "manager", "hr", "administrator"):
        assert "13800138000" in sign_in(getattr(cast, part)).get(url).content.decode()


def test_when_an_account_was_used_is_for_its_person_and_the_administrator(cast, sign_in):
    """In page, list and file alike; the list is put in no order by it either."""
    url, listed = f"/people/{cast.leader.pk}", "/people/?col=last_login&col=username"
    for part, told in (("administrator", True), ("leader", True), ("manager", False)):
        browser = sign_in(getattr(cast, part))
        assert ("上次登录" in browser.get(url).text) is told, part
    for part, told in (("administrator", True), ("leader", False), ("hr", False)):
        person = getattr(cast, part)
        page = sign_in(person).get(listed)
        assert ("上次登录" in page.text) is told, part
        keys = [column.key for column in page.context["page"].state.columns]
        assert keys == ["username", "last_login"][: 1 + told]
        for query in ("", "col=last_login&col=username"):
            if access.can(person, "export", User):
                assert ("Last login" in heads(person, query)) is told, part


def heads(person: User, query: str) -> list[str]:
    """The heads of the staff list's file."""
    kept = exports.export_list(rules=rules_on(), actor=person, key="people.people", query=query)
    with keeping.open_kept(kept.key) as file:
        sheet = openpyxl.load_workbook(BytesIO(file.read())).active
    return [cell.value for cell in next(iter(sheet.iter_rows()))]


def test_the_administrator_creates_and_edits_an_account(cast, sign_in):
    browser = sign_in(cast.administrator)
    fields = {"username": "xin", "name": "新人", "phone": "138 0013 8000", "password": WORD}
    sent = send(browser, "/people/new", **fields)
    user = User.objects.get(username="xin")
    assert sent.headers["Location"] == user.get_absolute_url()
    assert (user.phone, user.check_password(WORD)) == ("+8613800138000", True)
    assert send(browser, "/people/new", **fields).status_code == 302
    assert User.objects.filter(name="新人").count() == 1
    browser.post(f"/people/{user.pk}/edit", {"request_id": "k2", "version": "1", "name": "新人甲"})
    assert User.objects.get(pk=user.pk).name == "新人甲"


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"name": "", "username": "xin"}, "xin"),
        ({"name": "长" * 61, "username": "xin"}, "xin"),
        ({"name": "新", "username": "有 空格"}, "有 空格"),
        ({"name": "新", "username": "xin", "phone": "１２"}, "１２"),
        ({"name": "新", "username": "xin", "email": "not-an-address"}, "not-an-address"),
        ({"name": "新", "username": "member"}, "member"),
        ({"name": "<b>新</b>", "username": "xin", "password": "short"}, "&lt;b&gt;"),
    ],
)
def test_a_wrong_entry_answers_422_and_keeps_what_was_typed(cast, sign_in, fields, kept):
    page = send(sign_in(cast.administrator), "/people/new", **fields)
    assert page.status_code == 422
    assert kept in page.content.decode()


@pytest.mark.parametrize(
    ("username", "fits"),
    [("wang.xiaoce", True), ("W-1_a", True), ("有点", False), ("a b", False), ("a@b", False)],
)
def test_a_user_name_may_have_a_dot(cast, sign_in, username, fits):
    cast.administrator.language = "en"
    cast.administrator.save()
    page = send(sign_in(cast.administrator), "/people/new", username=username, name="新人")
    assert User.objects.filter(username=username).exists() == fits
    assert page.status_code == (201 if fits else 422)  # The one answer with the link.
    if not fits:
        assert "A user name has letters, digits, dots" in page.content.decode()


def test_a_stale_edit_answers_409(cast, sign_in):
    accounts.update_person(actor=cast.administrator, record=cast.member, name="甲")
    url = f"/people/{cast.member.pk}/edit"
    page = send(sign_in(cast.administrator), url, version="1", name="乙")
    assert page.status_code == 409
    assert "乙" in page.content.decode()


@pytest.mark.parametrize("act", ["edit", "password", "lock", "leave", "activate"])
@pytest.mark.parametrize("part", ["member", "leader", "manager", "hr", "leadership"])
def test_who_may_not_edit_accounts_is_told_so(cast, sign_in, part, act):
    page = sign_in(getattr(cast, part)).get(f"/people/{cast.colleague.pk}/{act}")
    assert page.status_code == 403


def test_an_unknown_person_answers_404(cast, sign_in):
    browser = sign_in(cast.administrator)
    for url in ("/people/999999", "/people/999999/edit", "/people/999999999999999999999"):
        assert browser.get(url).status_code == 404


def test_an_account_is_locked_with_a_reason_and_freed(cast, sign_in):
    browser, url = sign_in(cast.administrator), f"/people/{cast.member.pk}"
    assert send(browser, f"{url}/lock").status_code == 422
    assert send(browser, f"{url}/lock", reason="账号外借").status_code == 302
    assert cast.again(cast.member).status == "locked"
    again = browser.post(f"{url}/lock", {"request_id": "k2", "reason": "再一次"})
    assert again.status_code == 409
    browser.post(f"{url}/activate", {"request_id": "k3", "reason": "已归还"})
    assert cast.again(cast.member).is_active


def test_the_administrator_does_not_close_the_own_account(cast, sign_in):
    url = f"/people/{cast.administrator.pk}/leave"
    assert send(sign_in(cast.administrator), url, reason="x").status_code == 403


def test_a_second_manager_is_refused_on_the_page(cast, sign_in):
    unit, post = Unit.objects.get(key="department"), cast.manager.memberships.get().post
    page = send(
        sign_in(cast.manager),
        f"/people/{cast.leader.pk}/seats/new",
        unit=unit.pk,
        post=post.pk,
        since="2026-12-01",
    )
    assert page.status_code == 422
    assert "陈立群" in page.content.decode()


def test_a_post_is_given_and_ended(cast, sign_in):
    browser = sign_in(cast.manager)
    unit, post = Unit.objects.get(key="research"), cast.leader.memberships.get().post
    url = f"/people/{cast.colleague.pk}/seats/new"
    assert send(browser, url, unit=unit.pk, post=post.pk, since="2026-12-01").status_code == 302
    seat = Membership.objects.get(user=cast.colleague, unit=unit)
    ended = browser.post(
        f"/people/seats/{seat.pk}/end", {"request_id": "k2", "until": "2026-12-31"}
    )
    assert ended.headers["Location"] == cast.colleague.get_absolute_url()
    assert Membership.objects.get(pk=seat.pk).until == date(2026, 12, 31)
    for part in ("member", "hr"):
        assert sign_in(getattr(cast, part)).get(url).status_code == 403


class TestMandates:
    def give(self, browser, cast, **given):
        fields = {
            "delegate": cast.deputy.pk,
            "starts_at": "2026-11-18T09:00",
            "ends_at": "2026-11-20T18:00",
            "reason": "leave",
        }
        return send(browser, "/people/mandates/new", **fields | given)

    def test_the_manager_gives_one_in_the_own_name_and_revokes_it(self, cast, sign_in):
        browser = sign_in(cast.manager)
        assert self.give(browser, cast).status_code == 302
        given = Mandate.objects.get()
        assert (given.principal, given.kinds) == (cast.manager, [])
        assert "周敏" in browser.get("/people/mandates/").content.decode()
        browser.post(f"/people/mandates/{given.pk}/revoke", {"request_id": "k2"})
        assert Mandate.objects.get().revoked_at == clock.now()

    def test_the_administrator_names_the_principal(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        assert self.give(browser, cast).status_code == 422
        page = self.give(browser, cast, principal=cast.leader.pk, kinds=["contract"])
        assert page.status_code == 302
        assert Mandate.objects.get().kinds == ["contract"]

    def test_turned_round_and_impossible_dates_answer_422(self, cast, sign_in):
        browser = sign_in(cast.manager)
        for ends in ("2026-11-17T09:00", "2026-02-31T09:00", ""):
            assert self.give(browser, cast, ends_at=ends).status_code == 422

    def test_it_lists_what_was_done_under_it_and_nothing_else(self, cast, sign_in):
        self.give(sign_in(cast.manager), cast)
        given = Mandate.objects.get()
        write(actor=cast.deputy, verb="crm.client.changed", about=cast.member)
        write(
            actor=cast.deputy,
            verb="approvals.step.approved",
            about=cast.leader,
            for_person=cast.manager,
        )
        with clock.clock_at(given.ends_at + timedelta(hours=1)):
            write(
                actor=cast.deputy,
                verb="approvals.step.returned",
                about=cast.leader,
                for_person=cast.manager,
            )
        page = sign_in(cast.deputy).get(given.get_absolute_url())
        assert [act["entry"].verb for act in page.context["acts"]] == ["approvals.step.approved"]

    def test_it_is_seen_by_the_two_and_by_the_administrator(self, cast, sign_in):
        self.give(sign_in(cast.manager), cast)
        url = Mandate.objects.get().get_absolute_url()
        for part, status in [
            ("deputy", 200), ("manager", 200), ("administrator", 200),
            ("member", 404), ("leader", 404), ("legal", 404), ("hr", 404),
        ]:  # fmt: skip
            assert sign_in(getattr(cast, part)).get(url).status_code == status
        assert sign_in(cast.deputy).get(f"{url}/revoke").status_code == 403

    def test_the_delegate_reads_on_every_page_for_whom_he_acts(self, cast, sign_in):
        self.give(sign_in(cast.manager), cast)
        assert 'class="acting"' in sign_in(cast.deputy).get("/people/").content.decode()
        assert 'class="acting"' not in sign_in(cast.leader).get("/people/").content.decode()


class TestTokens:
    def test_the_secret_stands_in_the_one_answer_and_opens_the_interface(self, cast, sign_in):
        browser = sign_in(cast.member)
        fields = {"name": "周报脚本", "scope": "read", "expires_on": "2027-06-30"}
        page = send(browser, "/people/tokens/new", **fields)
        secret = re.search(r'id="secret" value="([^"]+)"', page.content.decode()).group(1)
        assert (page.status_code, page.headers["Cache-Control"]) == (201, "no-store")
        assert tokens.digest_of(secret) == Token.objects.get().digest
        again = send(browser, "/people/tokens/new", **fields)
        assert secret not in again.content.decode()
        assert Token.objects.count() == 1
        assert secret not in browser.get("/people/tokens/").content.decode()

    def test_a_past_day_answers_422(self, cast, sign_in):
        fields = {"name": "x", "scope": "read", "expires_on": "2026-11-18"}
        page = send(sign_in(cast.member), "/people/tokens/new", **fields)
        assert page.status_code == 422

    def test_only_its_owner_finds_it(self, cast, sign_in):
        token, _secret = tokens.create_token(
            actor=cast.member, name="周报脚本", expires_on=date(2027, 1, 1)
        )
        url = f"/people/tokens/{token.pk}/revoke"
        assert send(sign_in(cast.administrator), url).status_code == 404
        assert "周报脚本" not in sign_in(cast.leader).get("/people/tokens/").content.decode()
        assert send(sign_in(cast.member), url).status_code == 302
        assert Token.objects.get().revoked_at is not None


def test_one_changes_the_own_password_and_stays_logged_in(cast, sign_in):
    passwords.set_password(actor=cast.administrator, record=cast.member, password=WORD)
    browser = sign_in(cast.again(cast.member))
    wrong = send(browser, "/people/password", current="wrong", password="eleven-quiet-boats")
    assert wrong.status_code == 422
    sent = send(browser, "/people/password", current=WORD, password="eleven-quiet-boats")
    assert sent.status_code == 302
    assert browser.get("/people/tokens/").status_code == 200


def test_the_language_is_kept_with_the_person_and_leads_nowhere_else(cast, sign_in):
    browser = sign_in(cast.member)
    sent = browser.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert sent.headers["Location"] == "/"
    assert cast.again(cast.member).language == "en"
