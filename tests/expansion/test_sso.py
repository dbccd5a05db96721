"""Single sign-on opens accounts that are there, makes none, and is absent where not configured."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from expansion import single_sign_on
from expansion.people.models import Status, User
from expansion.people.sso import meant
from expansion.single_sign_on import DINGTALK, FEISHU

COMPANY = "company"


@pytest.fixture
def person(db):
    return User.objects.create(
        username="xuqing", name="许晴", email="xuqing@example.com", phone="+8613812346217"
    )


@pytest.mark.parametrize(
    ("provider", "said", "match"),
    [
        (COMPANY, {"userinfo": {"email": "XuQing@example.com", "email_verified": True}}, "email"),
        (COMPANY, {"id_token": {"preferred_username": "xuqing"}}, "username"),
        (DINGTALK, {"mobile": "13812346217", "stateCode": "86"}, "email"),
        (FEISHU, {"mobile": "+8613812346217"}, "email"),
        (FEISHU, {"enterprise_email": "xuqing@example.com"}, "email"),
    ],
)
def test_what_a_provider_vouches_for_means_one_account(person, provider, said, match):
    assert meant(provider, said, match) == person
    User.objects.filter(pk=person.pk).update(status=Status.LOCKED)
    assert meant(provider, said, match) is None


@pytest.mark.parametrize(
    ("provider", "said", "match"),
    [
        (COMPANY, {"userinfo": {"email": "xuqing@example.com"}}, "email"),
        (COMPANY, {"userinfo": {"email": "xuqing@example.com", "email_verified": "no"}}, "email"),
        (COMPANY, {"userinfo": {"preferred_username": "xuqing"}}, "email"),
        (
            COMPANY,
            {"userinfo": {"email": "xuqing@example.com", "email_verified": True}},
            "username",
        ),
        (COMPANY, {}, "email"),
        (DINGTALK, {"email": "xuqing@example.com", "nick": "许晴"}, "email"),
        (DINGTALK, {"mobile": "13812346217", "stateCode": "1"}, "email"),
        (FEISHU, {"email": "xuqing@example.com"}, "email"),
        (FEISHU, {"mobile": "", "enterprise_email": None}, "email"),
    ],
)
def test_what_it_does_not_vouch_for_means_nobody(person, provider, said, match):
    User.objects.create(username="empty", name="无名")  # without address and number
    assert meant(provider, said, match) is None


def test_without_settings_there_is_no_way_and_no_address(client, db):
    assert single_sign_on.ways() == []
    with pytest.raises(NoReverseMatch):
        reverse("openid_connect_login", args=["company"])
    assert client.get("/login/with/company/").status_code == 404
    assert "ways-in" not in client.get("/login/").content.decode()


def test_the_environment_names_the_ways(monkeypatch):
    for name in ("DINGTALK", "FEISHU"):
        monkeypatch.setenv(f"SSO_{name}_CLIENT_ID", "id")
        monkeypatch.setenv(f"SSO_{name}_SECRET", "secret")
    monkeypatch.setenv("SSO_OIDC_ISSUER", "https://id.example.com")
    with pytest.raises(ImproperlyConfigured):
        single_sign_on.ways()
    monkeypatch.setenv("SSO_OIDC_CLIENT_ID", "id")
    monkeypatch.setenv("SSO_OIDC_SECRET", "secret")
    assert [str(way.label) for way in single_sign_on.ways()] == ["SSO", "DingTalk", "Feishu"]
    monkeypatch.setenv("SSO_OIDC_MATCH", "shoe size")
    with pytest.raises(ImproperlyConfigured):
        single_sign_on.ways()


class Provider(BaseHTTPRequestHandler):
    """A stand-in for a company's OpenID provider: discovery, token, and who it is."""

    def do_GET(self) -> None:
        if self.path.startswith("/.well-known/"):
            here = f"http://127.0.0.1:{self.server.server_port}"
            self._answer(
                {
                    "issuer": here,
                    "authorization_endpoint": f"{here}/authorize",
                    "token_endpoint": f"{here}/token",
                    "userinfo_endpoint": f"{here}/userinfo",
                    "jwks_uri": f"{here}/keys",
                }
            )
        else:
            email = "xuqing@example.com"
            self._answer({"sub": "u-1", "email": email, "email_verified": True, "name": "许晴"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({"access_token": "a", "token_type": "Bearer", "expires_in": 60})

    def _answer(self, said: dict[str, object]) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.slow
def test_the_companys_sign_on_from_the_login_page_to_the_first_page(provider, tmp_path):
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "DJANGO_SETTINGS_MODULE": "expansion.settings",
        "EXPANSION_MODE": "local",
        "VAR_DIR": str(tmp_path),
        "SSO_OIDC_ISSUER": provider,
        "SSO_OIDC_CLIENT_ID": "expansion",
        "SSO_OIDC_SECRET": "secret",
        "SSO_OIDC_NAME": "公司账号",
    }
    argv = [sys.executable, "-m", "tests.expansion.sso_walk"]
    walked = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120)
    assert walked.returncode == 0, walked.stderr
    found = json.loads(walked.stdout)
    assert found["offered"]
    assert found["first"] == found["again"] == ["/", True, False]
    assert found["links"] == ["xuqing"] and found["kept"] == [{}]
    assert found["forged"][1] is False
    assert found["given up"] < 500
    refused = ["/login/", False, True]
    assert [found[name] for name in ("locked", "locked and new", "unknown")] == [refused] * 3
    assert found["people"] == 1
