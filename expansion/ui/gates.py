"""The permission that every screen declares; one that declares none does not start (law 1)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from expansion import access
from expansion.errors import Forbidden

Answer = Callable[..., HttpResponse]


class Gate:
    """Lets a request pass or refuses it."""

    needs_login = True

    def check(self, request: HttpRequest) -> None:
        """Raises Forbidden where this person has no business on this page."""


@dataclass(frozen=True)
class Public(Gate):
    """Open to anonymous visitors: login, health, guests' one-time pages."""

    needs_login = False


@dataclass(frozen=True)
class SignedIn(Gate):
    """Open to every person of the installation; what they see in it, the records' rules say."""


class Held(Gate):
    """Open to holders of one of these roles."""

    def __init__(self, *roles: str):
        self.roles = roles

    def check(self, request: HttpRequest) -> None:
        if not request.user.holds(*self.roles):
            raise Forbidden(_("This page is not part of your role. Ask the administrator."))


@dataclass(frozen=True)
class May(Gate):
    """Open to people whose role grants the action on at least some record of the model."""

    action: str
    model: type[models.Model]

    def check(self, request: HttpRequest) -> None:
        access.require(request.user, self.action, self.model)


PUBLIC = Public()
SIGNED_IN = SignedIn()


def pass_through(gate: Gate, request: HttpRequest) -> HttpResponse | None:
    """None where the gate is open, the way to the login where it asks for one."""
    if gate.needs_login and not request.user.is_authenticated:
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=401)
            response.headers["HX-Redirect"] = f"/login/?next={quote(request.path)}"
            return response
        return redirect_to_login(request.get_full_path())
    gate.check(request)
    return None


def behind(gate: Gate) -> Callable[[Answer], Answer]:
    """Declares the permission of a function view."""

    def declare(view: Answer) -> Answer:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return pass_through(gate, request) or view(request, *args, **kwargs)

        guarded.gate = gate  # type: ignore[attr-defined]
        return guarded

    return declare
