"""Fields that several forms of this app share."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.own_fields import LONGEST, Asked
from expansion import clock
from expansion.ui import formats

FRIDAY, WEDNESDAY = 4, 2


def near_days(today: date) -> Iterator[tuple[str, str]]:
    """The days that people choose most for the next contact: tomorrow, Friday, next Wednesday …"""
    tomorrow = today + timedelta(days=1)
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
    friday = monday - timedelta(days=3)
    days = {
        tomorrow: _("Tomorrow"),
        friday if friday > tomorrow else friday + timedelta(weeks=1): "",
        monday + timedelta(days=WEDNESDAY): "",
        today + timedelta(weeks=2): _("In two weeks"),
    }
    for day in sorted(days):
        yield day.isoformat(), days[day] or formats.day(day)


class NearDayField(forms.Field):
    """A day chosen by one touch; what is not offered goes into the date field beside it."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any):
        super().__init__(**{"required": False, **kwargs})

    def offer(self, *, none: str = "") -> None:
        """Offers the near days of today, and none at all where `none` gives the words for it."""
        nothing = [("", none)] if none else []
        self.widget.choices = [*near_days(clock.today()), *nothing]

    def to_python(self, value: Any) -> date | None:
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise forms.ValidationError(_("This is not a date. Choose one of the days.")) from None


class Pictures(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several uploads in one field; they are checked where they are kept."""

    widget = Pictures

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [one for one in (data or []) if one]


class MomentField(forms.DateTimeField):
    """A date and a time of the department's zone, by the browser's own control."""

    def __init__(self, **kwargs: Any):
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M")
        widget.input_type = "datetime-local"
        super().__init__(**{"widget": widget, **kwargs})


def ask(form: forms.Form, asked: Iterable[Asked], record: Any = None, **given: Any) -> None:
    """Puts the rulebook's title on each field that the form has, and a field for each own text."""
    for one in asked:
        if one.name in form.fields:
            form.fields[one.name].label = one.label
        elif not one.column:
            widget = forms.Textarea(attrs={"rows": 2})
            form.fields[one.name] = forms.CharField(
                label=one.label, max_length=LONGEST, required=False, widget=widget, **given
            )
            if record is not None:
                form.initial[one.name] = one.of(record)
                form.fields[one.name].show_hidden_initial = True


NEXT_LABEL = lazy("Next contact")
