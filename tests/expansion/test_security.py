"""What somebody with the password of another part tries, and does not get."""

import io
import zipfile
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth import hashers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image

from expansion import access, clock
from expansion.errors import Forbidden, Invalid
from expansion.files.kinds import LARGEST_DIRECTORY
from expansion.files.services import attach
from expansion.people.models import Post, Unit, User
from expansion.people.services.mandates import create_mandate
from expansion.people.services.passwords import set_password
from expansion.people.services.posts import open_membership
from expansion.rulebook.models import Version
from expansion.transfer.archive import inspect_workbook
from tests.make import crm as make

WORD = "seven-owls-asleep"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "\t//evil.example",
]


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


# --- the login ----------------------------------------------------------------------------------


@pytest.fixture
def member(cast):
    set_password(actor=cast.administrator, record=cast.member, password=WORD)
    return cast.again(cast.member)


def enter(browser, login="member", password=WORD, **more):
    return browser.post("/login/", {"login": login, "password": password, **more})


@pytest.mark.parametrize("next", ELSEWHERE)
def test_the_login_leads_to_no_other_site(member, next):
    answer = enter(Browser(), next=next)
    assert answer.status_code == 302 and answer.headers["Location"] == "/"


@pytest.mark.parametrize("next", ELSEWHERE)
def test_the_choice_of_language_leads_to_no_other_site(db, next):
    answer = Browser().post("/language/", {"language": "en", "next": next})
    assert answer.headers["Location"] == "/"


def test_a_known_and_an_unknown_name_take_one_hash_each(member):
    """The time tells no more than the words: whatever is typed, one password is hashed."""
    for login in ("member", "nobody", "deactivated", "administrator"):
        with patch.object(
            hashers.MD5PasswordHasher, "encode", autospec=True, side_effect=_encode
        ) as hashed:
            answer = enter(Browser(REMOTE_ADDR="192.0.2.9"), login, "wrong-password")
        assert (hashed.call_count, "姓名或密码不对" in answer.text) == (1, True), login


def _encode(hasher, password, salt):
    return f"md5${salt}$0"


def test_a_login_gets_a_session_of_its_own(member):
    """A key that somebody planted before is worth nothing afterwards (session fixation)."""
    browser = Browser()
    browser.get("/login/")
    browser.session["planted"] = True
    session = browser.session
    session.save()
    browser.cookies["sessionid"] = planted = session.session_key
    enter(browser)
    assert browser.cookies["sessionid"].value != planted
    stranger = Browser()
    stranger.cookies["sessionid"] = planted
    assert stranger.get("/people/tokens/").status_code == 302


@pytest.mark.parametrize("path", ["/login/", "/logout/", "/language/", "/people/password"])
def test_no_form_is_taken_from_another_site(cast, path):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(cast.member)
    assert browser.post(path, {"language": "en", "next": "/"}).status_code == 403
    assert browser.get("/me/").status_code == 200


def test_the_api_takes_no_write_of_a_session_without_its_token(cast):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(cast.member)
    answer = browser.post("/api/v1/crm/clients/", {"name": "x"}, content_type="application/json")
    assert answer.status_code == 403 and answer.json()["detail"]


def test_a_link_does_not_log_out(cast, sign_in):
    browser = sign_in(cast.member)
    browser.get("/logout/")
    assert browser.get("/me/").status_code == 200


def test_a_host_that_is_not_ours_is_refused(cast):
    assert Browser().get("/login/", headers={"Host": "evil.example"}).status_code == 400


# --- headers ------------------------------------------------------------------------------------


def a_picture(size=(40, 30), name="现场.jpg"):
    data = io.BytesIO()
    Image.new("RGB", size).save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue())


@pytest.mark.parametrize("path", ["/", "/me/", "/crm/clients/", "/api/v1/crm/clients/", "/audit/1"])
def test_what_a_person_is_shown_stays_in_no_cache(cast, sign_in, path):
    answer = sign_in(cast.member).get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    policy = answer.headers["Content-Security-Policy"]
    for directive in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert f"{directive} 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", "/login/", "/api/v1/crm/clients/"])
def test_nothing_answers_to_trace(cast, sign_in, path):
    assert sign_in(cast.member).trace(path).status_code in {302, 405}


def test_a_file_is_kept_nowhere_and_a_picture_is_asked_for_each_time(cast, sign_in):
    client = make.client(cast.member)
    file = attach(actor=cast.member, record=client, upload=a_picture())
    browser = sign_in(cast.member)
    original = browser.get(f"/files/{file.pk}")
    assert original.headers["Cache-Control"] == "private, no-store"
    assert original.headers["Content-Disposition"].startswith("attachment")
    shown = browser.get(f"/files/{file.pk}/picture")
    assert shown.headers["Cache-Control"] == "private, no-cache"
    known = {"headers": {"If-None-Match": shown.headers["ETag"]}}
    again = browser.get(f"/files/{file.pk}/picture", **known)
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-cache")
    stranger = sign_in(cast.colleague).get(f"/files/{file.pk}/picture", **known)
    assert stranger.status_code == 404


def test_the_cookies_are_for_the_server_alone(member):
    browser = Browser()
    enter(browser)
    browser.post("/language/", {"language": "en"})
    for name in ("sessionid", "csrftoken", "language"):
        cookie = browser.cookies[name]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.html", b"<!doctype html><script>alert(1)</script>"),
        ("a.pdf.exe", b"MZ\x90"),
        ("a.jpg", b"GIF89a" + b"\x00" * 40),
        ("a.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>"),
    ],
)
def test_what_runs_in_a_browser_is_no_file_of_ours(cast, name, data):
    client = make.client(cast.member)
    with pytest.raises(Invalid):
        attach(actor=cast.member, record=client, upload=SimpleUploadedFile(name, data))


def test_a_picture_of_a_million_by_a_thousand_is_refused_before_it_is_drawn(cast):
    data = io.BytesIO()
    Image.new("1", (60_000, 2_000)).save(data, "PNG")
    bomb = SimpleUploadedFile("a.png", data.getvalue())
    with (
        patch.object(Image.Image, "thumbnail", side_effect=AssertionError),
        pytest.raises(Invalid),
    ):
        attach(actor=cast.member, record=make.client(cast.member), upload=bomb)


def test_an_archive_of_a_million_names_is_not_even_listed(cast):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a", "")
    whole, many = data.getvalue(), (LARGEST_DIRECTORY + 1).to_bytes(8, "little")
    head, last = whole[:-22], whole[-22:]
    record = b"PK\x06\x06" + bytes(36) + many + bytes(8)
    for archive in (
        head + last[:12] + many[:4] + last[16:],
        # Its last record holds the mark of another one.
        head + last[:12] + many[:4] + b"PK\x05\x06" + last[20:],
        # Of 64 bits: what counts stands before the last record.
        head + record + b"PK\x06\x07" + bytes(12) + b"\x01\x00\x00\x00" + last,
    ):
        with patch.object(zipfile, "ZipFile", side_effect=AssertionError):
            with pytest.raises(Invalid):
                inspect_workbook(io.BytesIO(archive))
            with pytest.raises(Invalid):
                upload = SimpleUploadedFile("a.zip", archive)
                attach(actor=cast.member, record=make.client(cast.member), upload=upload)
