"""The field of a cadence: how often, on which day of what, at what time, and what a holiday does.

All its parts are there; the style sheet leaves out of sight those that cannot matter. What stood
there before and fits no more goes by itself; what was typed anew and does not fit is refused.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.rulebook.chain_fields import Choices
from expansion.rulebook.templatetags.rules import CADENCES, UNITS, WORDS, cadence
from expansion.rulebook.values import WEEKDAYS, Cadence
from expansion.worktime.limits import LARGEST, Unit

WEEKLY = {"week", "two_weeks"}
MONTHLY = {"month", "quarter", "half_year", "year"}
EVENT = {"event"}
# With which of the intervals each part can stand.
FITS = {"weekday": WEEKLY, "day": MONTHLY, "workday": MONTHLY, "within": EVENT}
OF = [("period", lazy("the period")), ("next_period", lazy("the next period"))]
ON_A_HOLIDAY = [
    ("previous", lazy("the workday before")),
    ("next", lazy("the workday after")),
    ("keep", lazy("the same day")),
]
LABELS = {
    "every": lazy("How often"),
    "weekday": lazy("Weekday"),
    "day": lazy("Day of the month"),
    "workday": lazy("or workday of the month"),
    "of": lazy("Month of"),
    "at": lazy("Time of day"),
    "if_holiday": lazy("On a holiday"),
    "within": lazy("Within"),
    "unit": lazy("Unit of time"),
}
PLACES = list(LABELS)
AFTER = "next_period"


def weekdays() -> Choices:
    return [(day, WORDS[day]) for day in WEEKDAYS]


def parts_of(value: Cadence) -> dict[str, Any]:
    """What stands in each part of the form; nothing where the cadence says nothing."""
    limit = value.within
    return {
        "every": value.every,
        "weekday": value.weekday,
        "day": value.day,
        "workday": value.workday,
        "of": value.of,
        "at": value.at,
        "if_holiday": value.if_holiday,
        "within": limit.amount if limit else None,
        "unit": str(limit.unit) if limit else str(Unit.WORKING_DAYS),
    }


class CadenceWidget(forms.MultiWidget):
    """Every part with its name above it, and below them the whole in words."""

    template_name = "rulebook/cadence.html"

    def __init__(self) -> None:
        number = forms.NumberInput
        at = forms.TimeInput(format="%H:%M")
        at.input_type = "time"
        drawn = {
            "every": forms.Select(choices=list(CADENCES.items())),
            "weekday": forms.Select(choices=[("", lazy("no weekday")), *weekdays()]),
            "day": number(attrs={"min": 1, "max": 31, "placeholder": lazy("day")}),
            "workday": number(attrs={"min": 1, "max": 20, "placeholder": lazy("workday")}),
            "of": forms.Select(choices=OF),
            "at": at,
            "if_holiday": forms.Select(choices=ON_A_HOLIDAY),
            "within": number(attrs={"min": 1, "max": LARGEST, "placeholder": lazy("no limit")}),
            "unit": forms.Select(choices=UNITS),
        }
        super().__init__(drawn)
        for name, widget in zip(drawn, self.widgets, strict=True):
            widget.attrs["aria-label"] = LABELS[name]
        self.wrong: set[str] = set()  # the parts that were refused; none where it is the whole
        self.said = ""

    def decompress(self, value: Cadence | None) -> list[Any]:
        if value is None:
            return [None] * len(PLACES)
        self.said = cadence(value)
        return list(parts_of(value).values())

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        drawn = dict(zip(PLACES, context["widget"]["subwidgets"], strict=True))
        for place, part in drawn.items():
            if self.wrong and place not in self.wrong:
                part["attrs"].pop("aria-invalid", None)
            part["label"] = part["attrs"]["aria-label"]
            part["wrong"] = "aria-invalid" in part["attrs"]
        context["widget"] |= {"parts": drawn, "said": self.said}
        return context


class CadenceField(forms.MultiValueField):
    """How often, on which day, at what time; what was not sent keeps its value."""

    widget: CadenceWidget

    def __init__(self, current: Cadence):
        self.current = current
        fields = {
            "every": forms.ChoiceField(choices=list(CADENCES.items())),
            "weekday": forms.ChoiceField(choices=[("", ""), *weekdays()], required=False),
            "day": forms.IntegerField(min_value=1, max_value=31, required=False),
            "workday": forms.IntegerField(min_value=1, max_value=20, required=False),
            "of": forms.ChoiceField(choices=OF, required=False),
            "at": forms.TimeField(required=False),
            "if_holiday": forms.ChoiceField(choices=ON_A_HOLIDAY, required=False),
            "within": forms.IntegerField(min_value=1, max_value=LARGEST, required=False),
            "unit": forms.ChoiceField(choices=UNITS, required=False),
        }
        widget = CadenceWidget()
        super().__init__(
            tuple(fields.values()), widget=widget, required=True, require_all_fields=False
        )

    def clean(self, value: Any) -> Any:
        for place, field, part in zip(PLACES, self.fields, value or (), strict=False):
            try:
                field.clean(part)
            except forms.ValidationError:
                self.widget.wrong.add(place)
        return super().clean(value)

    def compress(self, parts: list[Any]) -> dict[str, Any]:
        stood = parts_of(self.current)
        given = {name: part or None for name, part in zip(PLACES, parts, strict=True)}
        for name in ("of", "at", "if_holiday", "unit"):
            given[name] = given[name] or stood[name]
        found = dict(self._refused(given, stood)) if given != stood else {}
        if found:
            self.widget.wrong |= found.keys()
            raise forms.ValidationError(list(dict.fromkeys(found.values())))
        chosen = given if given == stood else _fitting(given)
        amount, unit = chosen.pop("within"), chosen.pop("unit")
        made = {**chosen, "within": f"{amount} {unit}" if amount else None}
        self.widget.said = cadence(Cadence.model_validate(made))
        return made

    def _refused(
        self, given: Mapping[str, Any], stood: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """The parts that cannot stand together, with a sentence each."""
        sentences = {
            "weekday": _("A weekday stands with weekly and every two weeks only."),
            "day": _("A day of the month stands with months and longer periods only."),
            "workday": _("A workday of the month stands with months and longer periods only."),
            "within": _("A limit stands with “after each occasion” only."),
        }
        for name, fits in FITS.items():
            if given[name] not in (None, stood[name]) and given["every"] not in fits:
                yield name, sentences[name]
        if given["every"] in MONTHLY and given["day"] and given["workday"]:
            both = _("It is due on a day of the month or on a workday of it. Empty one of them.")
            yield from (("day", both), ("workday", both))
        changed = given["of"] != stood["of"] or given["every"] in MONTHLY
        if given["of"] == AFTER and changed and not _has_day(given):
            yield "of", _("In the month after the period it needs a day or a workday of it.")


def _has_day(given: Mapping[str, Any]) -> bool:
    return given["every"] in MONTHLY and bool(given["day"] or given["workday"])


def _fitting(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without what stood there for another interval."""
    gone = {name: None for name, fits in FITS.items() if given["every"] not in fits}
    return {**given, **gone, "of": given["of"] if _has_day(given) else "period"}
