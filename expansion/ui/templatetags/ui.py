"""The template vocabulary of the screens: icons, badges and values in the reader's form.

A builtin library (no `{% load %}`). What runs per cell is a plain function returning one string.
"""

import datetime as dt

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion.ui import deadlines, formats, frame, icons
from expansion.ui.markup import safe

register = template.Library()

TONES = frozenset({"done", "info", "due", "late", "neutral"})

register.simple_tag(icons.svg, name="icon")
register.simple_tag(icons.symbols, name="icon_symbols")
register.simple_tag(icons.reference, name="icon_ref")
register.simple_tag(frame.kept, name="kept")
register.simple_tag(deadlines.provisional, name="provisional")

register.filter("day", formats.day)
register.filter("weekday", formats.weekday)
register.filter("clock", formats.clock)
register.filter("moment", formats.moment)
register.filter("deadline", deadlines.moment)
register.filter("number", formats.number)
register.filter("money", formats.money)
register.filter("money_brief", formats.money_brief)
register.filter("count", formats.count)
register.filter("masked_phone", formats.masked_phone)
register.filter("masked_email", formats.masked_email)


@register.filter
def day_short(value) -> str:
    """11-20."""
    return formats.day_as("short", value)


@register.filter
def day_long(value) -> str:
    """11月20日 周五."""
    return formats.day_as("long", value)


@register.filter
def day_full(value) -> str:
    """2026-11-20."""
    return formats.day_as("full", value)


@register.filter
def month(value) -> str:
    """2026 年 11 月."""
    return formats.day_as("month", value)


@register.filter
def percent(value, places: int | None = None) -> str:
    """46.9%: the value is already in hundredths."""
    shown = formats.number(value, places)
    return shown if shown == formats.NOTHING else f"{shown}%"


@register.filter
def initial(name: str) -> str:
    """The letter of a person's disc: the surname's first character."""
    return (name or "?").strip()[:1].upper()


@register.simple_tag
def share(value, maximum) -> str:
    """How much of `maximum` is reached, 0 to 100, for a width in a drawing."""
    if not value or not maximum:
        return "0"
    return f"{max(0, min(100, float(value) / float(maximum) * 100)):.1f}"


@register.filter
def undo_url(message) -> str:
    """The address that takes a message's act back: its extra tag `undo:/path`."""
    address = _tagged(message, "undo:")
    return address if address.startswith("/") else ""


@register.filter
def sent_key(message) -> str:
    """The key of the form that a message answers: its extra tag `sent:key`."""
    return _tagged(message, "sent:")


def _tagged(message: Message, prefix: str) -> str:
    tags = (message.extra_tags or "").split()
    return next((tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix)), "")


@register.simple_tag
def badge(tone: str, label: str) -> SafeString:
    """A dot and a word; `tone` is done, info, due, late or neutral."""
    if tone not in TONES:
        raise ValueError(f"badge tone “{tone}” is not one of {', '.join(sorted(TONES))}")
    return mark_safe(f'<span class="badge badge-{tone}">{safe(label)}</span>')  # noqa: S308


@register.simple_tag
def due_badge(
    value: dt.date | dt.datetime | None, within: int = 7, *, counted: bool = False
) -> SafeString | str:
    """How far a date lies from today, in calendar days; nothing when further off than `within`.

    A deadline that is `counted` is marked while it may still move, where no date stands beside it
    that says so (law 7).
    """
    shown = _distance(value, within)
    return format_html("{}{}", shown, deadlines.provisional(value)) if counted and shown else shown


def _distance(value: dt.date | dt.datetime | None, within: int) -> SafeString | str:
    if value is None:
        return ""
    days = (formats.as_day(value) - formats.today()).days
    if days < 0:
        words = ngettext("%(days)d day overdue", "%(days)d days overdue", -days)
        return badge("late", words % {"days": -days})
    if days == 0:
        return badge("due", _("Today"))
    if days > within:
        return ""
    return badge("due", ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days})


@register.simple_tag
def grade(key: str, label: str = "") -> SafeString:
    """A client's grade as a letter box; A is filled."""
    if not key:
        return SafeString("")
    return format_html(
        '<span class="grade{}">{}</span>',
        " grade-top" if key.upper() == "A" else "",
        label or key,
    )


def source_words(source: str) -> str:
    """Where a rule's value comes from, in the rulebook's own words for it."""
    labels = {
        "stated": _("As written"),
        "placeholder": _("Left blank by the regulation"),
        "proposal": _("Proposed value"),
        "admin": _("Set by administrator"),
        "unset": _("Not set"),
    }
    return labels[source]


@register.simple_tag
def source_chip(source: str) -> SafeString:
    """The same as a mark beside the value."""
    return format_html('<span class="source source-{}">{}</span>', source, source_words(source))


@register.simple_tag
def stamp(deputy: str, principal: str = "") -> SafeString:
    """The mark of acting for someone: 代 and both names, on the act for ever."""
    names = _("%(deputy)s for %(principal)s") % {
        "deputy": deputy,
        "principal": principal,
    }
    return format_html(
        '<span class="stamp"><b>{}</b><span>{}</span></span>',
        _("acting"),
        names if principal else deputy,
    )


@register.simple_tag
def avatar(name: str) -> SafeString:
    """A small disc with the first character of a name; the name itself stands beside it."""
    return format_html('<span class="disc" aria-hidden="true">{}</span>', initial(name))


@register.filter
def kind(record) -> str:
    """The kind of a record as the gate calls it: "crm.client"."""
    return record._meta.label_lower
