"""Forms of the calendar: one day corrected, a year's notice imported; none of them writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.errors import Invalid
from expansion.transfer import cells
from expansion.transfer.sources import open_file
from expansion.ui.forms import ServiceForm
from expansion.worktime.lines import MOST_LINES, Line, read_lines, written
from expansion.worktime.models import LONGEST_NAME, LONGEST_SOURCE
from expansion.worktime.services import FIRST_YEAR

LONGEST_TEXT = 40_000


class CorrectionForm(ServiceForm):
    """One day: worked or not, and what it is called."""

    day = forms.DateField(label=lazy("Day"))
    works = forms.TypedChoiceField(
        label=lazy("The department"),
        choices=[("no", lazy("rests on it")), ("yes", lazy("works on it"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=lazy("Name in Chinese"), max_length=LONGEST_NAME, required=False, strip=True
    )
    name_en = forms.CharField(
        label=lazy("Name in English"), max_length=LONGEST_NAME, required=False, strip=True
    )


class NoticeForm(ServiceForm):
    """A year's notice, from a file or as lines; what a file says becomes lines that can be edited.

    `days` are the lines that were read.
    """

    year = forms.IntegerField(label=lazy("Year"), min_value=FIRST_YEAR, max_value=9998)
    source = forms.CharField(
        label=lazy("Notice"),
        max_length=LONGEST_SOURCE,
        help_text=lazy("Its number or title, so that anybody can look it up."),
    )
    upload = forms.FileField(
        label=lazy("File"),
        required=False,
        help_text=lazy("An .xlsx or .csv file with the columns day, off or work, name."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv"}),
    )
    text = forms.CharField(
        label=lazy("Days that differ from Monday to Friday"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=lazy(
            "One line each: “2027-02-15 off Spring Festival”, “2027-02-20 work”. "
            "A run of days: “2027-10-01 to 2027-10-07 off National Day”."
        ),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            if cleaned.get("upload"):
                self._take_file(cleaned["upload"])
            if not self.errors:
                cleaned["days"] = read_lines(cleaned.get("text", ""), cleaned["year"])
        except Invalid as refusal:
            self.take(refusal)
        return cleaned

    def _take_file(self, upload: Any) -> None:
        """The file's rows stand in the text field from now on, whatever is wrong with them."""
        try:
            text = "\n".join(_lines(upload))
        except Invalid as refusal:
            raise Invalid(fields={"upload": [refusal.message]}) from refusal
        self.data = self.data.copy()
        self.data["text"] = self.cleaned_data["text"] = text

    def show_lines(self) -> None:
        """Writes the lines that were read into the field, as they will be read again."""
        self.data = self.data.copy()
        self.data["text"] = written(self.cleaned_data["days"])

    def values(self) -> dict[str, Any]:
        days: list[Line] = self.cleaned_data["days"]
        return {
            "year": self.cleaned_data["year"],
            "source": self.cleaned_data["source"],
            "days": days,
        }


def _lines(upload: Any) -> Iterator[str]:
    """The rows of the first sheet, their cells with tabs between; empty ones are left out."""
    opened = open_file(upload)
    try:
        for number, row in enumerate(opened.sheets[0].rows() if opened.sheets else ()):
            if number > MOST_LINES:
                raise Invalid(_("These are too many lines for the calendar of a year."))
            line = "\t".join(_cell(one) for one in row).strip()
            if line:
                yield line
    finally:
        opened.close()


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else cells.line(value)
