"""Pages for addresses that lead nowhere and for forms without their token."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from expansion.ui.gates import PUBLIC, behind


@behind(PUBLIC)
def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    message = _("There is nothing here for you at this address.")
    return render(request, "404.html", {"message": message}, status=404)


@behind(PUBLIC)
def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = _("This form is too old or came from elsewhere. Reload it and send it again.")
    return render(request, "403.html", {"message": message}, status=403)


@behind(PUBLIC)
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if not hasattr(request, "user"):  # A foreign host is refused before anybody is asked who it is.
        request.user = AnonymousUser()
    message = _("The browser sent something that cannot be read. Go back and try again.")
    return render(request, "400.html", {"message": message}, status=400)
