"""Pages of notices: always the person's own."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from expansion.notices import selectors, services
from expansion.notices.forms import ChannelsForm
from expansion.notices.models import Notice, Preference
from expansion.ui import frame
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import FormPage, Screen


class NoticeList(Screen):
    """Unread first, grouped by day."""

    gate = SIGNED_IN
    template = "notices/notice_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw(selectors.page(request.user))


class Unread(Screen):
    """The bell's figure, for a page that stays open: nothing is sent while it has not changed."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        count = selectors.unread_count(request.user)
        mark = f'"{count}"'
        same = request.headers.get("If-None-Match", "").removeprefix("W/") == mark
        figure = frame.figure("bell-count", count)
        answer = HttpResponseNotModified() if same else HttpResponse(figure)
        answer.headers["ETag"] = mark
        return answer


class NoticeOpen(Screen):
    """Marks the notice as read and goes where it leads; a POST marks it and stays on the list."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = services.read_notice(actor=request.user, record=self.find(Notice, pk))
        return HttpResponseRedirect(notice.url)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        services.read_notice(actor=request.user, record=self.find(Notice, pk))
        return HttpResponseRedirect(reverse("notices:notice-list"))


class Together(Screen):
    """All that one notice stands for, each with its own way to the record."""

    gate = SIGNED_IN
    template = "notices/together.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = self.find(Notice, pk)
        days = selectors.by_day(list(notice.members.order_by("pk")))
        return self.draw({"record": notice, "days": days})


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
    """When which notices come by e-mail too, and when it is quiet."""

    gate = SIGNED_IN
    form = ChannelsForm
    title = _("Notices by e-mail")
    note = _(
        "In the application every notice stands at once. What concerns your account and its "
        "security always comes by e-mail too."
    )
    done = _("Saved")
    template = "notices/channels.html"

    def initial(self) -> dict[str, Any]:
        kept = selectors.preference_of(self.request.user)
        hours = ("quiet_from", "quiet_to", "quiet_days", "digest_at")
        return kept.wishes | {name: getattr(kept, name) for name in hours}

    def context(self, form: Any) -> dict[str, Any]:
        return super().context(form) | {"no_mail_server": not settings.MAIL_LEAVES}

    def service(self, **values: Any) -> Preference:
        return services.choose_channels(**values)

    def success_url(self, record: Any) -> str:
        return reverse("notices:channels")
