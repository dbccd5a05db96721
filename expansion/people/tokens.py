"""API login: `Authorization: Bearer <token>`."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from expansion import clock
from expansion.people.models import Token, User
from expansion.people.services import digest_of


class TokenAuthentication(BaseAuthentication):
    """A person's token stands for the person, with the same gate."""

    keyword = "Bearer"

    def authenticate(self, request) -> tuple[User, Token] | None:
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = (
            Token.objects.select_related("user")
            .filter(digest=digest_of(secret.strip()), revoked_at=None)
            .filter(expires_on__gte=clock.today())
            .first()
        )
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        Token.objects.filter(pk=token.pk).update(last_used_at=clock.now())
        return token.user, token

    def authenticate_header(self, request) -> str:
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "http", "scheme": "bearer"}
