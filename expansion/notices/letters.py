"""What stands in a mail and in a robot's line."""

from collections import defaultdict

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion.notices.events import Group, event_label, group_of
from expansion.notices.models import Mail, Notice
from expansion.people.selectors import house_name

PATIENCE = 20  # seconds for the mail server


def place(path: str) -> str:
    """Where to read on: the whole address, or the way to it where the house has none set."""
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else path


def message(mails: list[Mail]) -> EmailMessage:
    """One mail for one person: one notice, several of one kind, or the day's digest."""
    first, notices = mails[0], [mail.notice for mail in mails if mail.notice is not None]
    with translation.override(first.person.language):
        if first.digest:
            subject, body = _digest(notices)
        elif len(notices) == 1:
            subject, body = notices[0].title, _letter(notices[0])
        else:
            subject, body = _several(notices)
    return EmailMessage(
        subject=f"[{house_name()}] {subject}",
        body=body,
        to=[first.to],
        headers={"Message-ID": first.batch},
        connection=get_connection(timeout=PATIENCE),
    )


def _letter(notice: Notice) -> str:
    return "\n\n".join(part for part in (notice.title, notice.text, _foot(notice.url)) if part)


def _foot(path: str) -> str:
    if settings.SITE_URL:
        return place(path)
    return _("Log in and open %(url)s to read on.") % {"url": path}


def _several(notices: list[Notice]) -> tuple[str, str]:
    return _and_more(notices[0].title, len(notices) - 1), _lines(notices)


def _and_more(title: str, count: int) -> str:
    words = ngettext("%(title)s, and %(count)s more", "%(title)s, and %(count)s more", count)
    return words % {"title": title, "count": count}


def _digest(notices: list[Notice]) -> tuple[str, str]:
    """Group by group, in the order in which people find them among their wishes."""
    by_group: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_group[group_of(notice.kind)].append(notice)
    parts = [f"{group.label}\n\n{_lines(by_group[group])}" for group in Group if group in by_group]
    count = len(notices)
    subject = ngettext("%(count)s notice of the day", "%(count)s notices of the day", count)
    return subject % {"count": count}, "\n\n".join(parts)


def _lines(notices: list[Notice]) -> str:
    return "\n".join(f"- {notice.title}\n  {place(notice.url)}" for notice in notices)


def line(mails: list[Mail]) -> str:
    """What a robot says: the kind of thing, how many, where to read on. No name, no title: the
    record stays behind the gate. The key tells a line that came twice."""
    first, count = mails[0], sum(mail.count for mail in mails)
    places = {mail.url for mail in mails}
    path = first.url if len(places) == 1 else "/notices/"
    with translation.override(first.robot.language if first.robot else None):
        words = _("%(event)s: %(count)s") % {"event": event_label(first.kind), "count": count}
    return f"[{house_name()}] {words}\n{place(path)}\n#{first.batch.strip('<')[:8]}"
