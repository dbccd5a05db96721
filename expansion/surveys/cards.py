"""What surveys bring to the to-do centre: the measures after them (D-3.2.4d)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, offers, worktime
from expansion.surveys.models import Measure

AHEAD = timedelta(days=7)


def measure_todos(person: Any) -> Iterator[offers.Todo]:
    """The measures this person answers for that are due within a week, the longest overdue
    first."""
    due = Measure.objects.owed_by(person).filter(due_on__lte=clock.today() + AHEAD)
    for measure in due.select_related("questionnaire").order_by("due_on", "pk")[:50]:
        yield offers.Todo(
            kind="measure",
            title=measure.text,
            url=measure.get_absolute_url(),
            due=worktime.end_of(measure.due_on),
            detail=measure.questionnaire.title,
            act=_("Tick off"),
        )


offers.add(offers.TodoSource("surveys.measures", lazy("Measures after surveys"), 31, measure_todos))
