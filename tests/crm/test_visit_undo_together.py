"""A record taken back while the visitor's report is handed in, each on a connection of its own."""

from datetime import timedelta

import pytest

from crm.models import Visit
from crm.services.visit_undo import undo_visit
from expansion import clock
from expansion.office.models import WorkReport
from expansion.office.services.reports import open_reports, submit_report
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import crm as make
from tests.together import halted, together

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]

UNDOING = "crm.services.visit_undo._give_back"
HANDING_IN = "expansion.office.services.reports._save"


@pytest.mark.parametrize(("first", "told"), [(UNDOING, 0), (HANDING_IN, 1)])
def test_a_report_says_of_a_visit_what_became_of_it(cast, monkeypatch, first, told):
    visit = make.visit(cast.member, make.client(cast.member))
    clock.set_clock(clock.now() + timedelta(minutes=1))
    open_reports(rules=rules_on(), period=Period.containing("week"))
    report = WorkReport.objects.get(owner=cast.member, kind="weekly_summary")
    inside = halted(monkeypatch, first)

    def undo():
        assert first == UNDOING or inside.wait(timeout=10)
        return undo_visit(actor=cast.member, rules=rules_on(), record=visit)

    def hand_in():
        assert first == HANDING_IN or inside.wait(timeout=10)
        written = {"texts": {"done": "整理台账。"}, "plan": [], "results": []}
        return submit_report(actor=cast.member, record=report, **written)

    together([undo, hand_in])
    report.refresh_from_db()
    counted = next(one for one in report.figures if one["key"] == "visits")["figures"][0]["value"]
    assert report.submitted_at and int(counted) == told
    assert Visit.objects.live().count() == told
