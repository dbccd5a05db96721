"""Information of a closed month under a draft of the rules (A-5.2.1b)."""

from datetime import datetime, timedelta

import pytest

from expansion import clock
from expansion.rulebook.replaying import replay, rules_as_published
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services.drafts import change_draft
from expansion.worktime import Period
from research.models import Finding
from tests.make import research

NOVEMBER = Period.parse("2026-11")


@pytest.mark.parametrize(("limit", "differs"), [("5 hours", False), ("4 hours", True)])
def test_what_was_logged_in_time_is_late_by_a_shorter_limit(cast, limit, differs):
    finding = research.a_finding(cast, collected_on=clock.today() - timedelta(days=1))
    # Collected on a day, it counts from the end of that working day.
    hours = rules_on().working_time.as_calendar()
    closes = clock.moment_on(finding.collected_on, hours.closes)
    Finding.objects.filter(pk=finding.pk).update(
        logged_at=closes + timedelta(hours=5), due_at=closes + timedelta(hours=5)
    )
    clock.set_clock(datetime(2026, 12, 1, 9, 0))
    draft = change_draft(
        actor=cast.administrator, changes={"sla.finding_report": limit}, reason="试行"
    )
    parts = replay(cast.manager, rules_as_published(draft), NOVEMBER)
    [row] = next(one for one in parts if one.offer.key == "research.findings").rows
    assert (row.record, row.differs) == (finding, differs)
