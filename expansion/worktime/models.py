"""The calendar's own rows: what an administrator has imported of a year's notice, or corrected.

They stand in this room because every deadline below people and rulebook is counted by them. The
page that shows them lies in `home`, which also knows whether the rulebook uses them at all.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion.language import in_language
from expansion.ui import formats

LONGEST_NAME = 60
LONGEST_SOURCE = 200


def page_of(year: int) -> str:
    """The address of a year's page."""
    return f"{reverse('home:calendar')}?year={year}"


class SpecialDay(models.Model):
    """A day that differs from the plain week, or has a name; the name may be missing."""

    zh = models.CharField(gettext_lazy("name in Chinese"), max_length=LONGEST_NAME, blank=True)
    en = models.CharField(gettext_lazy("name in English"), max_length=LONGEST_NAME, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """In the reader's language, else in the other one."""
        return in_language(self.zh or self.en, self.en)


class YearNotice(models.Model):
    """The notice that orders the working days of one year; one that was taken back is not in force.

    It is taken over whole: what it does not name follows the plain week, Monday to Friday.
    """

    year = models.PositiveSmallIntegerField(gettext_lazy("year"), unique=True)
    source = models.CharField(gettext_lazy("notice"), max_length=LONGEST_SOURCE)
    in_force = models.BooleanField(gettext_lazy("in force"), default=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["-year"]
        verbose_name = gettext_lazy("calendar of a year")
        verbose_name_plural = gettext_lazy("calendars")

    def __str__(self) -> str:
        return _("Calendar %(year)s") % {"year": self.year}

    def get_absolute_url(self) -> str:
        return page_of(self.year)


class NoticeDay(SpecialDay):
    """One day that a notice names: worked, or not."""

    notice = models.ForeignKey(YearNotice, models.CASCADE, related_name="days")
    day = models.DateField(gettext_lazy("day"))
    works = models.BooleanField(gettext_lazy("worked"))

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "day"], name="notice_names_a_day_once")
        ]

    def __str__(self) -> str:
        return formats.day_as("full", self.day)


class CorrectedDayQuerySet(models.QuerySet["CorrectedDay"]):
    def standing(self) -> CorrectedDayQuerySet:
        """Those that have not been taken back."""
        return self.exclude(works=None)


class CorrectedDay(SpecialDay):
    """The department's own word on one day: it stands above every notice until it is taken back.

    Taken back, `works` is None and the row stays, so that the trail still names it.
    """

    day = models.DateField(gettext_lazy("day"), unique=True)
    works = models.BooleanField(gettext_lazy("worked"), null=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    corrected_at = models.DateTimeField()
    objects = CorrectedDayQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        verbose_name = gettext_lazy("corrected day")
        verbose_name_plural = gettext_lazy("corrected days")

    def __str__(self) -> str:
        return formats.day_as("full", self.day)

    def get_absolute_url(self) -> str:
        return page_of(self.day.year)


class CalendarRevision(models.Model):
    """One row with a word that changes with the calendar's rows; missing while there are none."""

    word = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.word


def as_exceptions(days: models.QuerySet[Any]) -> dict[int, dict[date, bool]]:
    """Which days are worked, by year; `days` are rows with `day` and `works`."""
    found: dict[int, dict[date, bool]] = {}
    for day, works in days.values_list("day", "works"):
        found.setdefault(day.year, {})[day] = works
    return found
