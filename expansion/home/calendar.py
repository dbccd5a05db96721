"""The department's calendar (law 7): a year at a glance for everybody, kept by administrators."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.home.calendar_alarm import years_to_warn_of
from expansion.home.calendar_forms import CorrectionForm, NoticeForm
from expansion.home.calendar_year import KINDS, ORIGINS, year_view
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.working_days import department_calendar
from expansion.transfer.cells import guarded
from expansion.ui.attachments import attachment
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import SIGNED_IN, May
from expansion.ui.pages import UNPROCESSABLE, ActPage, FormPage, Screen
from expansion.worktime import selectors, services
from expansion.worktime.models import CorrectedDay, YearNotice, page_of


def keeps_calendar(person: Any) -> bool:
    """Whether the person may import a year or correct a day."""
    may_import = access.can(person, "import", YearNotice)
    return may_import or access.can(person, "create", CorrectedDay)


class YearScreen(Screen):
    """A year, this one where the address names none that anybody could know."""

    gate = SIGNED_IN

    @property
    def year(self) -> int:
        wanted = self.request.GET.get("year", "")
        if wanted.isascii() and wanted.isdigit() and len(wanted) == 4:
            return min(max(int(wanted), services.FIRST_YEAR), services.last_year())
        return clock.today().year

    def rows(self) -> tuple[YearNotice | None, list[CorrectedDay]]:
        """What was imported and corrected of the year, as far as this person sees it."""
        person = self.request.user
        notices = access.visible_to(person, selectors.notices_of(self.year))
        corrections = access.visible_to(person, selectors.corrections_of(self.year))
        return notices.first(), list(corrections)


class Calendar(YearScreen):
    """Twelve months: rest days, worked rest days, names, and where the year's days come from."""

    template = "home/calendar.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        view = year_view(self.year, department_calendar(), *self.rows())
        tone, word = ORIGINS[view.origin]
        return self.draw(
            {
                "view": view,
                "origin_tone": tone,
                "origin_word": word,
                "legend": KINDS.items(),
                "earlier_url": self._other(self.year - 1),
                "later_url": self._other(self.year + 1),
                "hours": _hours(),
                "zone": clock.zone(),
                "warned": years_to_warn_of(clock.today(), view.calendar),
                **self._acts(),
            }
        )

    def _other(self, year: int) -> str:
        known = services.FIRST_YEAR <= year <= services.last_year()
        return page_of(year) if known else ""

    def _acts(self) -> dict[str, bool]:
        """What this person may do here."""
        person = self.request.user
        return {
            "may_import": access.can(person, "import", YearNotice),
            "may_withdraw": access.can(person, "withdraw", YearNotice),
            "may_correct": access.can(person, "create", CorrectedDay),
            "may_give_back": access.can(person, "withdraw", CorrectedDay),
        }


def _hours() -> Any:
    """The working hours of today's rules; None before any are loaded."""
    try:
        return rules_on().working_time
    except LookupError:
        return None


class CalendarSheet(YearScreen):
    """The days that differ from the plain week or have a name, as a .csv that can be imported."""

    def get(self, request: HttpRequest) -> HttpResponse:
        names = selectors.names_of(self.year, *self.rows())
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([_("Date"), _("Day"), _("Name in Chinese"), _("Name in English")])
        for one in selectors.lines_of(self.year, names):
            word = "work" if one.works else "off"
            writer.writerow([one.day.isoformat(), word, guarded(one.zh), guarded(one.en)])
        name = _("Calendar %(year)s") % {"year": self.year}
        return attachment(f"{name}.csv", text.getvalue().encode("utf-8-sig"), "text/csv")


class CalendarCorrect(FormPage):
    """Sets one day otherwise than its calendar does."""

    model = CorrectedDay
    form = CorrectionForm
    title = lazy("Correct a day")
    note = lazy(
        "It holds from now on, above every notice, until it is taken back. Open approval steps, "
        "reports and steps of an appraisal that still lie ahead are counted anew. Duties and "
        "planned visits stay as they were set."
    )
    done = lazy("The day is corrected")

    def service(self, **values: Any) -> CorrectedDay:
        return services.correct_day(**values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return super().context(form) | {"cancel_url": page_of(_year_in(form.initial.get("day")))}


def _year_in(day: Any) -> int:
    """The year of a day that the address names; this year's where it names none."""
    try:
        return date.fromisoformat(str(day)).year
    except ValueError:
        return clock.today().year


class CorrectionBack(ActPage):
    """The day is again what its calendar says."""

    model = CorrectedDay
    form = ServiceForm
    action = "withdraw"
    title = lazy("Take the correction back")
    verb = lazy("Take it back")
    done = lazy("The correction is taken back")

    def service(self, **values: Any) -> CorrectedDay:
        return services.withdraw_correction(**values)


class CalendarImport(FormPage):
    """Takes a year's notice over. The first button shows what would change, the second does it."""

    gate = May("import", YearNotice)
    model = YearNotice
    form = NoticeForm
    template = "home/calendar_import.html"
    title = lazy("Import a year")
    done = lazy("The calendar is imported")

    def initial(self) -> dict[str, Any]:
        return {"year": clock.today().year + 1, **super().initial()}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "preview" in request.POST:
            return self.preview()
        return super().post(request, **kwargs)

    def preview(self) -> HttpResponse:
        """The days that would become others; nothing is written."""
        form = self.make_form(data=self.request.POST, files=self.request.FILES)
        if not form.is_valid():
            return self.answer(form, status=UNPROCESSABLE)
        form.show_lines()
        values = form.values()
        moves = selectors.moves(values["year"], values["days"])
        return self.answer(form, previewed=True, moves=moves, count=len(values["days"]))

    def service(self, **values: Any) -> YearNotice:
        return services.import_year(**values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return super().context(form) | {"cancel_url": page_of(clock.today().year)}


class CalendarYearBack(ActPage):
    """The published days hold again, or the year is provisional."""

    model = YearNotice
    form = ServiceForm
    action = "withdraw"
    title = lazy("Take the notice back")
    note = lazy("The published days hold again; where none are known, the year is provisional.")
    verb = lazy("Take it back")
    danger = True
    done = lazy("The notice is taken back")

    def service(self, **values: Any) -> YearNotice:
        return services.withdraw_year(**values)
