"""API login: `Authorization: Bearer <token>`."""

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS

from expansion import clock
from expansion.audit.services import opened_by
from expansion.errors import Forbidden
from expansion.people.models import Token, User
from expansion.people.services.tokens import digest_of


class TokenAuthentication(BaseAuthentication):
    """A person's token stands for the person, with the same gate; one that reads writes nothing."""

    keyword = "Bearer"

    def authenticate(self, request) -> tuple[User, Token] | None:
        scheme, _blank, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = (
            Token.objects.open_on(clock.today())
            .select_related("user")
            .filter(digest=digest_of(secret.strip()))
            .first()
        )
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."))
        if token.scope == Token.Scope.READ and request.method not in SAFE_METHODS:
            raise Forbidden(_("This token only reads. Make one that writes for this program."))
        Token.objects.filter(pk=token.pk).update(last_used_at=clock.now())
        opened_by(f"{token.name} #{token.pk}")
        return token.user, token

    def authenticate_header(self, request) -> str:
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "http", "scheme": "bearer"}
