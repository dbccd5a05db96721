"""Single sign-on from the environment: none, one or several of OpenID Connect, DingTalk, Feishu.

SSO_OIDC_ISSUER, SSO_OIDC_CLIENT_ID and SSO_OIDC_SECRET offer the company's own provider under the
name SSO_OIDC_NAME; SSO_OIDC_MATCH says by what its people are found here, `email` (which it has to
call verified) or `username`. SSO_DINGTALK_CLIENT_ID and SSO_DINGTALK_SECRET, SSO_FEISHU_CLIENT_ID
and SSO_FEISHU_SECRET offer an application of the company's own there.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from expansion import environment as env

OIDC, DINGTALK, FEISHU = "openid_connect", "dingtalk", "feishu"
COMPANY = "company"  # the one provider's part of the address
MATCHES = ("email", "username")


@dataclass(frozen=True)
class Way:
    """One way in beside the password: allauth's provider, its label, and its settings."""

    provider: str
    label: Any
    app: dict[str, Any]


def ways() -> list[Way]:
    """Those that the environment names.

    Raises:
        ImproperlyConfigured: one is named by half.
    """
    found = [_oidc(), _platform(DINGTALK, _("DingTalk")), _platform(FEISHU, _("Feishu"))]
    return [way for way in found if way is not None]


def _oidc() -> Way | None:
    issuer = env.text("SSO_OIDC_ISSUER", "")
    if not issuer:
        return None
    match = env.text("SSO_OIDC_MATCH", "email")
    if match not in MATCHES:
        raise ImproperlyConfigured(f"SSO_OIDC_MATCH is {' or '.join(MATCHES)}, not {match!r}.")
    label = env.text("SSO_OIDC_NAME", "SSO")
    app = _client("SSO_OIDC") | {
        "provider_id": COMPANY,
        "name": label,
        "settings": {"server_url": issuer, "match": match},
    }
    return Way(OIDC, label, app)


def _platform(provider: str, label: Any) -> Way | None:
    prefix = f"SSO_{provider.upper()}"
    if not env.text(f"{prefix}_CLIENT_ID", ""):
        return None
    return Way(provider, label, _client(prefix))


def _client(prefix: str) -> dict[str, str]:
    client, secret = env.text(f"{prefix}_CLIENT_ID", ""), env.text(f"{prefix}_SECRET", "")
    if not client or not secret:
        raise ImproperlyConfigured(f"Set {prefix}_CLIENT_ID and {prefix}_SECRET, or neither.")
    return {"client_id": client, "secret": secret}
