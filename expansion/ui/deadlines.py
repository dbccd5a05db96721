"""The mark of a deadline that may still move, because its year's calendar is not out (law 7)."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from expansion.ui import formats


def _never(day: date) -> bool:
    return False


_may_move: Callable[[date], bool] = _never


def judged_by(source: Callable[[date], bool]) -> None:
    """Names who says of a day whether it may still move; a room above calls this once."""
    global _may_move
    _may_move = source


def may_move(value: date | datetime | None) -> bool:
    """Whether the deadline lies in a year that is still provisional."""
    return value is not None and _may_move(formats.as_day(value))


def provisional(value: date | datetime | None) -> SafeString:
    """The mark beside such a deadline; nothing beside any other."""
    if not may_move(value):
        return SafeString("")
    year = formats.as_day(value).year  # type: ignore[arg-type]
    reason = _("The calendar of %(year)s is not out: the date may still move.") % {"year": year}
    return format_html(
        ' <span class="source source-proposal" title="{}">{}</span>', reason, _("provisional")
    )


def mark() -> str:
    """The mark as text, for where nothing is drawn: mails, paper, files."""
    return _(" (provisional)")


def in_words(value: date | datetime | None) -> str:
    """The text behind such a deadline; nothing behind any other."""
    return mark() if may_move(value) else ""


def moment(value: datetime | None) -> str:
    """A deadline in a sentence: 11-20 周五 15:00, 2027-01-15 15:00（暂定）."""
    return f"{formats.moment(value)}{in_words(value)}"


def day(value: date | datetime | None) -> str:
    """The same without its hour."""
    return f"{formats.day(value)}{in_words(value)}"


def deadline(value: datetime | None) -> SafeString:
    """A deadline as a list's cell shows it: 11-20 周五 15:00, and the mark where it may move."""
    return format_html("{}{}", formats.moment(value), provisional(value))
