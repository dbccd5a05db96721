"""What somebody with the password of another part tries, and does not get."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client as Browser

from expansion import access, clock
from expansion.errors import Forbidden
from expansion.people.models import Post, Unit, User
from expansion.people.services import create_mandate, open_membership
from expansion.rulebook.models import Version
from tests.make import crm as make


def test_a_name_in_the_trail_is_text_and_no_markup(cast, sign_in):
    cast.member.name = "<img src=x>许晴"
    cast.member.save()
    make.client(cast.member)
    page = sign_in(cast.administrator).get("/audit/").content
    assert b"&lt;img src=x&gt;" in page
    assert b"<img src=x>" not in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x()"])
def test_a_link_does_not_choose_where_cancel_leads(cast, sign_in, elsewhere):
    page = sign_in(cast.member).get("/crm/clients/new", {"back": elsewhere})
    assert elsewhere not in page.content.decode()


def test_a_link_does_not_choose_the_key_of_a_form(cast, sign_in):
    page = sign_in(cast.member).get("/crm/clients/new", {"request_id": "used-up"})
    assert b'value="used-up"' not in page.content


def test_a_form_key_with_a_nul_is_refused(cast, sign_in):
    sent = sign_in(cast.member).post("/crm/clients/new", {"request_id": "a\x00b", "name": "甲"})
    assert sent.status_code == 422


def test_a_nul_in_a_picker_finds_what_stands_around_it(cast, sign_in):
    make.client(cast.member, "南京海纳酒店管理有限公司")
    found = sign_in(cast.member).get("/crm/clients/pick", {"q": "海\x00纳"})
    assert "南京海纳" in found.content.decode()


def test_an_address_with_a_line_break_makes_no_header(db):
    answer = Browser().get("/transfer/import/%0aX", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login/?next=/transfer/import/%0AX"


def test_the_ways_to_write_one_account_share_one_counter(cast):
    cast.member.email, cast.member.phone = "xu@example.com", "+8613800001111"
    cast.member.save()
    with patch.object(User, "check_password", return_value=False) as heard:
        for typed in ("member", "xu@example.com", "13800001111", cast.member.name):
            for _attempt in range(5):
                Browser().post("/login/", {"login": typed, "password": "wrong"})
    assert heard.call_count == 3


def test_nobody_gives_a_post_to_themselves(cast):
    unit, post = Unit.objects.get(key="client"), Post.objects.get(key="leader")
    with pytest.raises(Forbidden):
        open_membership(
            actor=cast.administrator, user=cast.administrator, unit=unit, post=post,
            since=clock.today(),
        )  # fmt: skip


def test_an_administrator_takes_nobodys_duties(cast):
    with pytest.raises(Forbidden):
        create_mandate(
            actor=cast.administrator, principal=cast.manager, delegate=cast.administrator,
            starts_at=clock.now(), ends_at=clock.now() + timedelta(days=1), reason="leave",
        )  # fmt: skip


def test_the_approval_of_a_rulebook_draft_is_seen_by_whoever_sees_the_draft(cast):
    draft = Version.objects.get()
    Version.objects.update(status=Version.Status.DRAFT)
    rule = access.rule_of(Version)
    seen = [
        Version.objects.filter(rule.granted(cast.again(person))).contains(draft)
        for person in (cast.member, cast.hr, cast.manager)
    ]
    assert seen == [False, False, True]
