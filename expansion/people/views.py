"""Pages of people: staff list, own account, mandates, tokens."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from expansion.people.forms import LanguageForm
from expansion.people.middleware import LANGUAGE_COOKIE
from expansion.people.models import User
from expansion.people.services import update_own_account
from expansion.ui.gates import PUBLIC, behind
from expansion.ui.listing import Column, Listing
from expansion.ui.pages import ListPage

PEOPLE = Listing(
    key="people.people",
    model=User,
    label=_("People"),
    url=lambda user: f"/people/#{user.username}",
    columns=[
        Column("username", _("User name"), lambda user: user.username, sort="username"),
        Column("status", _("Status"), lambda user: user.get_status_display(), sort="status"),
    ],
    order=("username",),
)


class PersonList(ListPage):
    listing = PEOPLE


@require_POST
@behind(PUBLIC)
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language with the person, or in a cookie before the login."""
    form = LanguageForm(request.POST)
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponse(status=303, headers={"Location": back})
    if form.is_valid():
        language = form.cleaned_data["language"]
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31536000, samesite="Lax")
        if request.user.is_authenticated:
            update_own_account(actor=request.user, language=language)
    return response


choose_language.gate = PUBLIC  # type: ignore[attr-defined]
