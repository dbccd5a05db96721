"""Whose records a work report counts, and which records a locked figure opens (R-exp-10)."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Visit
from expansion import clock
from expansion.office.models import WorkReport
from expansion.office.selectors import figures
from expansion.office.services import reports as services
from expansion.people.models import Membership, Unit, User
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import crm as make

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 14, tzinfo=clock.zone())


@pytest.fixture
def visited(cast):
    """Three people of two teams, each with a visit at a client of the own, on Wednesday."""
    people = (cast.member, cast.colleague, cast.partner_member)
    found = {one: make.visit(one, make.client(one, name=f"{one.name}的客户")) for one in people}
    clock.set_clock(FRIDAY)
    return found


def opened(person, kind, period="2026-W47", rules=None) -> WorkReport:
    services.open_reports(rules=rules or rules_on(), period=Period.parse(period))
    return WorkReport.objects.get(owner=person, kind=kind, period=period)


def briefing(cast) -> WorkReport:
    """The head's report to the leadership."""
    return opened(cast.manager, "upward_briefing", "2026-11")


def roll_up(cast) -> WorkReport:
    """A team's weekly sheet, owed by the one who leads it."""
    Unit.objects.filter(key="client").update(key="sales")
    return opened(cast.leader, "sales_rollup", rules=preset("market"))


def value(report, name="visits") -> str:
    drawn = figures.table(report.figures, None)
    return next(one["value"] for one in drawn if one["key"] == name)


def submitted(report) -> WorkReport:
    return services.submit_report(actor=report.owner, record=report)


def test_a_persons_own_report_counts_the_own_records(cast, visited):
    report = submitted(opened(cast.member, "weekly_summary"))
    assert value(report) == "1" and report.unit_id is None
    assert cast.colleague.name not in report.texts["done"]
    assert not figures.by_person(report.figures)["rows"]


def test_a_teams_sheet_counts_the_team_with_a_line_for_each_person(cast, visited, sign_in):
    report = submitted(roll_up(cast))
    assert value(report) == "2"
    people = figures.by_person(report.figures)
    told = {row["name"]: row["cells"][0] for row in people["rows"]}
    assert told == {cast.member.name: "1", cast.colleague.name: "1", cast.leader.name: ""}
    lines = report.texts["done"].splitlines()
    assert [line.split("：")[0] for line in lines] == [cast.colleague.name, cast.member.name]
    page = sign_in(cast.manager).get(report.get_absolute_url()).text
    assert report.outline["unit"]["zh"] in page and f">{cast.member.name}</td>" in page


def test_the_heads_report_counts_everybody_below(cast, visited):
    report = submitted(briefing(cast))
    assert value(report) == "3"
    assert (report.unit_id, report.owner) == (Unit.objects.get(key="department").pk, cast.manager)


def test_members_of_a_team_that_nobody_leads_tell_their_own(cast, visited):
    Membership.objects.filter(user=cast.leader).delete()
    report = roll_up_of(cast, cast.member)
    assert value(submitted(report)) == "1" and report.unit_id is None


def roll_up_of(cast, person) -> WorkReport:
    Unit.objects.filter(key="client").update(key="sales")
    return opened(person, "sales_rollup", rules=preset("market"))


def test_what_was_done_in_another_team_does_not_count(cast, visited):
    """The colleague came on Thursday: the visit of Wednesday was another team's."""
    Membership.objects.filter(user=cast.colleague).update(since=date(2026, 11, 19))
    assert value(submitted(roll_up(cast))) == "1"


def test_who_has_left_counts_until_then(cast, visited):
    Membership.objects.filter(user=cast.colleague).update(until=date(2026, 11, 18))
    assert value(submitted(roll_up(cast))) == "2"


def test_the_figures_of_a_unit_cost_as_many_queries_for_one_as_for_all(cast, visited):
    report = briefing(cast)
    with CaptureQueriesContext(connection) as of_few:
        figures.draw(report)
    for number in range(6):
        more = User.objects.create(username=f"more{number}", name=f"新人{number}")
        seat = cast.member.memberships.get()
        Membership.objects.create(user=more, unit=seat.unit, post=seat.post, since=seat.since)
        visit = make.visit(cast.member, make.client(cast.member))
        Visit.objects.filter(pk=visit.pk).update(visitor=more)
    clock.set_clock(FRIDAY + timedelta(minutes=1))
    with CaptureQueriesContext(connection) as of_many:
        drawn = figures.draw(report)
    assert len(figures.by_person(drawn)["busy"]) == 9
    assert len(of_many) <= len(of_few)


def records(browser, report, name="visits.visits") -> str:
    return browser.get(f"{report.get_absolute_url()}?figure={name}").text


def link(visit) -> str:
    return f'href="{visit.get_absolute_url()}"'


def test_a_figure_opens_the_records_that_were_counted_for_every_reader(cast, visited, sign_in):
    report = submitted(opened(cast.member, "weekly_summary"))
    clock.set_clock(FRIDAY + timedelta(days=10))
    later = make.visit(cast.member, visited[cast.member].client)
    for reader in (cast.member, cast.leader, cast.manager):
        page = records(sign_in(reader), report)
        assert link(visited[cast.member]) in page
        assert link(later) not in page and link(visited[cast.colleague]) not in page


def test_the_head_opens_those_of_the_unit_with_the_person(cast, visited, sign_in):
    page = records(sign_in(cast.manager), submitted(briefing(cast)))
    for person, visit in visited.items():
        assert link(visit) in page and f">{person.name}</span>" in page


def test_a_reader_is_told_of_counted_records_that_are_not_his_to_see(cast, visited, sign_in):
    report = submitted(briefing(cast))
    page = records(sign_in(cast.leadership), report)
    assert not any(link(visit) in page for visit in visited.values())
    assert "3" in page.split('class="report-records"')[1].split("</p>")[0]


def test_a_lead_stays_among_the_counted_whatever_became_of_it(cast, visited, sign_in):
    lead = make.lead(cast.member, visited[cast.member].client)
    type(lead).objects.filter(pk=lead.pk).update(
        status="effective", effective_on=clock.today(), effective_owner=lead.owner
    )
    clock.set_clock(FRIDAY + timedelta(minutes=30))
    report = submitted(opened(cast.member, "weekly_summary"))
    type(lead).objects.filter(pk=lead.pk).update(status="converted")
    page = records(sign_in(cast.leader), report, "leads.effective_leads")
    assert f'href="{lead.get_absolute_url()}"' in page


def test_a_figure_of_before_that_kept_no_records_has_no_link(cast, visited, sign_in):
    report = submitted(opened(cast.member, "weekly_summary"))
    [first, *others] = report.figures
    first["figures"][0] = first["figures"][0] | {"records": {}, "url": "/crm/visits/?view=mine"}
    report.figures = [first, *others]
    report.save()
    browser = sign_in(cast.leader)
    page = browser.get(report.get_absolute_url()).text
    assert "/crm/visits/?view=mine" not in page and "figure=visits.visits" not in page
    page = records(browser, report)
    assert 'class="report-records"' not in page


def test_a_machine_gets_the_figures_without_the_records(cast, visited):
    report = submitted(opened(cast.member, "weekly_summary"))
    shown = figures.shown(report.figures, "/office/reports/1")[0]["figures"][0]
    assert shown["value"] == "1" and "records" not in shown
    assert shown["url"] == "/office/reports/1?figure=visits.visits"


def test_the_first_page_does_not_count_a_whole_unit(cast, visited, monkeypatch, sign_in):
    report = briefing(cast)
    services.draft_report(actor=None, record=report)
    monkeypatch.setattr(figures, "draw", None)
    page = sign_in(cast.manager).get("/today/side/").text
    assert report.get_absolute_url() in page and "<b>3</b>" in page
