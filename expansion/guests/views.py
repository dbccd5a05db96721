"""The public page of a one-time link: for people without an account, and for nobody else.

It works without scripts, sets no cookie but that of the form, and names nothing of the house but
what the offering room says.
"""

from typing import Any
from urllib.parse import urlencode

from csp.constants import NONE
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _

from expansion.errors import Gone, Invalid, NotNow, TooEarly
from expansion.guests import services
from expansion.guests.models import Pass
from expansion.offers import GuestPage as Offer
from expansion.people import throttle
from expansion.people.devices import network_of
from expansion.ui import formats
from expansion.ui.gates import PUBLIC
from expansion.ui.pages import UNPROCESSABLE, Screen

SEE_OTHER = 303
GONE, FORBIDDEN = 410, 403


class GuestPage(Screen):
    """Shows a link's page and takes its one submission.

    Guessing links is slowed down per network, together with guessing passwords; a link that is
    sent again and again with what does not hold has to wait as well.
    """

    gate = PUBLIC
    template = "guests/page.html"
    over_template = "guests/over.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.GET.get("lang", "")
        known = chosen in dict(settings.LANGUAGES)
        with translation.override(chosen if known else translation.get_language()):
            return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        one = self.open(secret)
        page = services.page_of(one)
        return self.refusal(one, page) or self.answer(one, page, page.form(one.about))

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        one = self.open(secret)
        page = services.page_of(one)
        if one.state == Pass.State.USED:  # A second click: the page says that it has arrived.
            return self.leave()
        if refusal := self.refusal(one, page):
            return refusal
        if seconds := services.wait(one):
            return self.over(throttle.too_early(seconds), status=TooEarly.status)
        form = page.form(one.about, data=request.POST)
        if not form.is_valid():
            return self.unfit(one, page, form)
        try:
            services.submit_pass(secret=secret, values=form.values())
        except Invalid as refused:
            form.take(refused)
            return self.unfit(one, page, form)
        except NotNow:
            pass  # Another click was faster, or it was closed meanwhile: the page says which.
        return self.leave()

    def open(self, secret: str) -> Pass:
        """
        Raises:
            TooEarly: too many links that nobody made came from this network.
            Gone: nobody made this one.
        """
        network = network_of(self.request)
        if seconds := throttle.wait_of_network(network):
            raise TooEarly(throttle.too_early(seconds), seconds)
        try:
            return services.open_pass(secret)
        except Gone:
            throttle.failed_from_network(network)
            raise

    def refusal(self, one: Pass, page: Offer) -> HttpResponse | None:
        """The page that says why there is no form; None where there is one."""
        if self.request.user.is_authenticated and page.refuses_house:
            heading = _("For those who were asked")
            return self.over(str(page.refuses_house), heading=heading, status=FORBIDDEN)
        if one.state == Pass.State.USED:
            text = _("What was sent by this link arrived on %(day)s. The link works only once.")
            day = formats.day_as("full", one.used_at)
            return self.over(text % {"day": day}, heading=_("Thank you"), icon="circle-check")
        if one.state == Pass.State.EXPIRED:
            text = _("This link was valid until %(day)s. Ask who sent it to you for a new one.")
            day = formats.day_as("full", one.until)
            return self.over(text % {"day": day}, status=GONE)
        if one.state == Pass.State.REVOKED:
            text = _("This link was taken back, or replaced by a newer one.")
            return self.over(text, status=GONE)
        closed = page.closed(one.about)
        return self.over(str(closed), status=GONE) if closed else None

    def unfit(self, one: Pass, page: Offer, form: Any) -> HttpResponse:
        services.count_try(one)
        return self.answer(one, page, form, status=UNPROCESSABLE)

    def answer(self, one: Pass, page: Offer, form: Any, *, status: int = 200) -> HttpResponse:
        """The form with what was typed. Its answer comes back from this very origin, which a
        browser only tells where the address may stay in it: other sites are told nothing."""
        context = {
            **page.show(one.about),
            "form": form,
            "until": one.until,
            "content": page.template,
            "languages": self.languages(),
        }
        return self.sealed(self.draw(context, status=status), referrer="same-origin")

    def over(
        self, text: str, *, heading: str = "", icon: str = "link-off", status: int = 200
    ) -> HttpResponse:
        self.template = self.over_template
        context = {
            "text": text,
            "heading": heading or _("This link opens nothing"),
            "icon": icon,
            "languages": self.languages(),
        }
        return self.sealed(self.draw(context, status=status), referrer="no-referrer")

    def languages(self) -> list[dict[str, Any]]:
        """The page in each language by a plain link: no cookie remembers a guest."""
        return [
            {"code": code, "name": name, "url": f"?{urlencode({'lang': code})}"}
            for code, name in settings.LANGUAGES
        ]

    def leave(self) -> HttpResponse:
        query = self.request.META.get("QUERY_STRING", "")
        address = f"{self.request.path}?{query}" if query else self.request.path
        return self.sealed(HttpResponseRedirect(address), referrer="no-referrer", status=SEE_OTHER)

    @staticmethod
    def sealed(response: HttpResponse, *, referrer: str, status: int = 0) -> HttpResponse:
        """Kept by nobody on the way, found by no search engine, without a script."""
        response.status_code = status or response.status_code
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Content-Language"] = translation.get_language() or ""
        response.headers["Referrer-Policy"] = referrer
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response._csp_replace = {"script-src": [NONE], "connect-src": [NONE]}  # type: ignore[attr-defined]
        return response
