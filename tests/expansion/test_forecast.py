"""What the rulebook will let happen by itself in the next fourteen days."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from expansion import clock, offers
from expansion.home.forecast import days
from expansion.jobs import registry
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts
from tests.make import confidence, contracts, crm, partnerships, surveys, training

URL = reverse("home:forecast")


def told() -> list[tuple[date, str, str]]:
    """Day, local time and clause of everything told."""
    zone = clock.zone()
    return [
        (one["day"], f"{row.at.astimezone(zone):%H:%M}", row.clause)
        for one in days()
        for row in one["rows"]
    ]


def test_a_weekly_report_is_told_with_its_reminder_and_its_deadline(cast):
    assert (date(2026, 11, 20), "15:00", "A-4.2.2") in told()
    assert (date(2026, 11, 19), "15:00", "A-4.2.2") in told()
    assert (date(2026, 11, 27), "15:00", "A-4.2.2") in told()
    assert all(date(2026, 11, 18) <= day <= date(2026, 12, 2) for day, _at, _clause in told())


def test_a_cycle_that_opens_is_told(cast):
    with clock.clock_at(datetime(2026, 12, 28, 9, 0)):
        opening = [day for day, _at, clause in told() if clause == "A-5.3b"]
    # The first working day of the year, for the quarter and for the year.
    assert opening == [date(2027, 1, 4), date(2027, 1, 4)]


def test_a_new_version_is_told_on_its_day_and_moves_what_follows(cast):
    draft = drafts.change_draft(
        actor=cast.administrator,
        changes={"sla.visit_feedback": "36 hours"},
        effective_on=date(2026, 11, 24),
        reason="放宽",
    )
    drafts.publish_version(actor=cast.administrator, draft=draft)
    [found] = [one for one in days() if one["version"]]
    assert (found["day"], found["version"].pk) == (date(2026, 11, 24), draft.pk)


def test_a_report_is_told_by_the_rules_of_the_first_day_of_its_period(cast):
    cadence = rules_on().report("weekly_summary").cadence.value.model_dump(mode="json")
    draft = drafts.change_draft(
        actor=cast.administrator,
        changes={
            "reports.weekly_summary.cadence": cadence | {"weekday": "thursday", "at": "11:00"}
        },
        effective_on=date(2026, 11, 24),  # a Tuesday: that week was opened by the rules before
        reason="提前",
    )
    drafts.publish_version(actor=cast.administrator, draft=draft)
    for day in (18, 25):
        with clock.clock_at(datetime(2026, 11, day, 9, 0)):
            found = {(one.day, at) for one, at, clause in told() if clause == "A-4.2.2"}
            assert (27, "15:00") in found and (26, "11:00") not in found
    with clock.clock_at(datetime(2026, 11, 25, 9, 0)):
        assert (date(2026, 12, 3), "11:00", "A-4.2.2") in told()
        assert (date(2026, 12, 4), "15:00", "A-4.2.2") not in told()


def test_nothing_ahead_is_said_in_a_sentence(cast, sign_in, monkeypatch):
    monkeypatch.setattr("expansion.home.forecast.days", list)
    page = sign_in(cast.manager).get(URL).content.decode()
    with translation.override("zh-hans"):
        assert _("Nothing happens by itself") in page


@pytest.mark.parametrize("part", ["manager", "administrator", "hr", "leadership", "deputy"])
def test_those_who_run_the_department_read_it(cast, sign_in, part):
    page = sign_in(getattr(cast, part)).get(URL)
    assert page.status_code == 200 and page.context["days"]


def test_a_day_is_told_in_the_order_of_its_hours(cast):
    with clock.clock_at(datetime(2026, 11, 18, 0, 1)):
        for one in days():
            moments = [row.at for row in one["rows"]]
            assert moments == sorted(moments)
    assert clock.local_date(clock.moment_on(date(2026, 11, 18), time(0, 1))) == date(2026, 11, 18)


def words() -> dict[str, set[date]]:
    """Everything told in English, and on which days."""
    found: dict[str, set[date]] = {}
    with translation.override("en"):
        for one in days():
            for row in one["rows"]:
                found.setdefault(str(row.what), set()).add(one["day"])
    return found


def test_every_room_tells_what_its_records_will_let_happen(cast):
    day, in_a_week = clock.today(), clock.today() + timedelta(days=7)
    contracts.signed(cast, starts_on=day, ends_on=day + timedelta(days=12))
    contracts.submitted(cast, client=crm.client(cast.member))
    partnerships.phase(cast.manager, partnerships.running(cast.partner_member))
    training.session(cast.manager)
    surveys.opened(cast)
    surveys.reported(cast, due_on=in_a_week)
    crm.planned(cast.member, crm.client(cast.member))
    crm.checked_in(cast.member, crm.planned(cast.member, crm.client(cast.member)))
    confidence.matter(cast.manager, follow_up_on=in_a_week)
    create_mandate(
        actor=cast.manager, principal=cast.manager, delegate=cast.deputy, reason="leave",
        starts_at=clock.now() + timedelta(days=2), ends_at=clock.now() + timedelta(days=5),
    )  # fmt: skip
    told = words()
    assert told["Due: end of 1 contract"] == {day + timedelta(days=12)}
    assert told["Due: 1 phase of a project"] == {in_a_week}
    assert told["Begins: 1 training session"] == {day + timedelta(days=2)}
    assert told["Reminder: 1 training session"] == {day + timedelta(days=1)}
    assert told["1 planned visit counts as missed unless it is recorded"] == {date(2026, 11, 19)}
    assert told["Due: 1 record of a visit"] == {date(2026, 11, 19)}
    assert told["Due: 1 matter to follow up"] == {in_a_week}
    assert told["Due: 1 measure after a survey"] == {in_a_week}
    assert told["Reminder: 1 measure after a survey"] == {day + timedelta(days=5)}
    assert told["周敏 begins to act for 陈立群"] == {day + timedelta(days=2)}
    assert told["周敏 stops acting for 陈立群"] == {day + timedelta(days=5)}
    assert any("survey closes" in one for one in told)
    assert any("step of approval" in one for one in told)


def test_the_alarm_of_a_year_without_its_calendar_is_told_ahead(cast):
    with clock.clock_at(datetime(2026, 12, 10, 9, 0)):
        assert words()["The calendar of 2027 is still provisional"] == {date(2026, 12, 15)}


# Its schedules tell nobody anything that was not told before.
SILENT = {"jobs", "files", "transfer", "people", "rulebook"}


def test_a_room_that_reminds_by_itself_says_so_ahead():
    registry.kind("jobs.forget_old_runs")  # every app's own are loaded
    rooms = {one.name.partition(".")[0] for one in registry.schedules()} - SILENT
    assert rooms == {one.key.partition(".")[0] for one in offers.of(offers.Foresight)}
