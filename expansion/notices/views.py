"""Pages of notices: always the person's own."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from expansion.notices import selectors, services
from expansion.notices.forms import ChannelsForm
from expansion.notices.models import Notice, Preference
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import FormPage, Screen


class NoticeList(Screen):
    """Unread first, grouped by day."""

    gate = SIGNED_IN
    template = "notices/notice_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw(selectors.page(request.user))


class NoticeOpen(Screen):
    """Marks the notice as read and goes where it leads; a POST marks it and stays on the list."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = services.read_notice(actor=request.user, record=self.find(Notice, pk))
        return HttpResponseRedirect(notice.url)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        services.read_notice(actor=request.user, record=self.find(Notice, pk))
        return HttpResponseRedirect(reverse("notices:notice-list"))


class ReadAll(Screen):
    """Marks as read what the person had before them, not what came meanwhile."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest) -> HttpResponse:
        services.read_all(actor=request.user, until=moment_of(request.POST.get("until", "")))
        messages.success(request, _("All marked as read"))
        return HttpResponseRedirect(reverse("notices:notice-list"))


def moment_of(text: str) -> datetime | None:
    """The moment a page was drawn; None where the text is no aware moment."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


class Channels(FormPage):
    """Whether notices come by e-mail too."""

    gate = SIGNED_IN
    form = ChannelsForm
    title = _("Notices by e-mail")
    done = _("Saved")
    template = "notices/channels.html"

    def initial(self) -> dict[str, Any]:
        return {"email": selectors.wants_email(self.request.user)}

    def service(self, **values: Any) -> Preference:
        return services.choose_channels(**values)

    def success_url(self, record: Any) -> str:
        return reverse("notices:channels")
