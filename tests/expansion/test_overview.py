"""The overview of those who lead: who sees what of whom, its arithmetic, reminders, the sheet."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from appraisal.insights import targets
from crm.insights import ending, funnel
from crm.models import Client, Contract, Visit
from expansion import access, clock
from expansion.access import Scope
from expansion.audit.models import Entry
from expansion.errors import Forbidden
from expansion.home import late, services, teams
from expansion.notices.models import Notice
from expansion.office.models import WorkReport
from expansion.office.services.reports import open_reports
from expansion.people.models import Mandate, Role, User
from expansion.people.purview import purview_of
from expansion.people.services.rights import change_rights
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.cast import NOW
from tests.make import appraisal, contracts, crm
from tests.make.appraisal import metrics_saying

pytestmark = pytest.mark.django_db
ADDRESS = "/overview/"
OVERSEERS = {"manager", "leadership", "leader", "deputy"}
CLIENT_TEAM = {"member", "colleague", "leader"}


@pytest.fixture(autouse=True)
def english(cast):
    User.objects.update(language="en")


@pytest.fixture
def reports(cast) -> None:
    """Last week's reports of everybody, none handed in; they were due last Friday."""
    open_reports(rules=rules_on(), period=Period.parse("2026-W46"))


def page(sign_in, person, query: str = "") -> str:
    return sign_in(person).get(ADDRESS + query).content.decode()


def late_people(cast, person) -> set[str]:
    purview, _teams = purview_of(cast.again(person))
    rows = late.behind(cast.again(person), purview)
    return {row.late.person.username for row in rows}


def stand_in(cast) -> None:
    Mandate.objects.create(
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(days=1),
        created_by=cast.manager,
    )


def overdue_visit(cast, visitor, name: str) -> Visit:
    visit = crm.planned(visitor, crm.client(visitor, name))
    moments = {"arrived_at": NOW - timedelta(days=3), "due_at": NOW - timedelta(days=2)}
    Visit.objects.filter(pk=visit.pk).update(**moments)
    return visit


def table_of(cast, person, opened=()) -> dict:
    purview, found = purview_of(cast.again(person))
    return teams.table(cast.again(person), purview, found, opened)


def cell(line, key: str) -> list[str]:
    return next(one.texts for one in line.cells if one.column.key == key)


# Who opens it


def test_it_opens_to_those_who_lead_and_tells_the_others_for_whom_it_is(cast, sign_in):
    for part, person in cast.everyone().items():
        if not person.is_authenticated or not person.is_active:
            continue
        answer = sign_in(person).get(ADDRESS)
        assert answer.status_code == (200 if part in OVERSEERS else 403), part
        if part not in OVERSEERS:
            assert "for those who lead a team or the department" in answer.content.decode(), part
    assert sign_in(cast.anonymous).get(ADDRESS).status_code == 302


def test_the_first_page_offers_it_to_them_and_stays_the_first_page(cast, sign_in):
    for part in ("manager", "leader", "leadership", "member", "hr", "administrator"):
        first = sign_in(getattr(cast, part)).get("/").content.decode()
        assert ('href="/overview/"' in first) == (part in OVERSEERS), part


def test_its_name_is_that_of_what_is_overseen(cast, sign_in):
    assert "<h1>Team overview</h1>" in page(sign_in, cast.leader)
    assert "<h1>Overview</h1>" in page(sign_in, cast.manager)
    assert "<h1>Overview</h1>" in page(sign_in, cast.leadership)


@pytest.mark.parametrize("address", ["/overview/remind", "/overview/teams.xlsx"])
def test_its_acts_are_refused_to_the_others(address, cast, sign_in):
    for person in (cast.member, cast.hr, cast.administrator):
        assert sign_in(person).post(address).status_code == 403


def test_its_services_refuse_the_others_too(cast):
    for act in (services.remind, services.export_teams):
        with pytest.raises(Forbidden):
            act(actor=cast.member)
    assert (
        not Notice.objects.exists() and not Entry.objects.filter(verb__startswith="home").exists()
    )


def test_each_oversees_the_own_units_and_the_deputy_the_department_while_acting(cast):
    def people(person) -> set[str]:
        purview, _teams = purview_of(cast.again(person))
        return {one.username for one in purview.people}

    everybody = {
        "member", "colleague", "leader", "outsider", "partner_member", "deputy", "manager",
        "consolidator",
    }  # fmt: skip
    assert people(cast.leader) == CLIENT_TEAM
    assert people(cast.deputy) == {"outsider"}
    assert people(cast.manager) == people(cast.leadership) == everybody
    stand_in(cast)
    assert people(cast.deputy) == everybody


# Who is behind


def test_late_reports_are_shown_of_the_own_people_only(reports, cast):
    assert late_people(cast, cast.leader) == {"member", "colleague"}
    assert late_people(cast, cast.manager) == {
        "member", "colleague", "leader", "outsider", "partner_member", "deputy", "consolidator",
    }  # fmt: skip


def test_late_visit_records_are_shown_of_the_own_team_only(cast, sign_in):
    overdue_visit(cast, cast.member, "苏州MARKER客户")
    overdue_visit(cast, cast.outsider, "无锡OTHER客户")
    seen = page(sign_in, cast.leader)
    assert "苏州MARKER客户" in seen and "无锡OTHER客户" not in seen and "2 days late" in seen
    other = page(sign_in, cast.deputy)
    assert "苏州MARKER客户" not in other and "无锡OTHER客户" in other
    both = page(sign_in, cast.manager)
    assert "苏州MARKER客户" in both and "无锡OTHER客户" in both


def test_late_forms_are_shown_to_superiors_and_to_whoever_fixes_the_score(cast):
    """The member's self-review is in, the leader's evaluation of it is not; the colleague's
    self-review is not, and the manager's own is the leadership's to see."""
    cycle = appraisal.frozen(appraisal.opened(cast.version), {})
    own = appraisal.self_reviewed(appraisal.of(cycle, cast.member))
    clock.set_clock(cycle.evaluation_due_at + timedelta(days=1))
    assert "leader" in late_people(cast, cast.manager)
    assert {"colleague", "outsider", "leader"} <= late_people(cast, cast.manager)
    assert late_people(cast, cast.leader) == {"colleague"}
    assert late_people(cast, cast.leadership) == {"manager"}
    services.remind(actor=cast.again(cast.manager), row=f"appraisal.forms:{own.pk}")
    notice = Notice.objects.get(kind="home.reminded")
    assert notice.person == cast.leader and notice.url == f"/appraisal/scores/{own.pk}/evaluation"


def test_what_is_not_yet_due_or_done_is_not_late(reports, cast, sign_in):
    WorkReport.objects.update(due_at=NOW + timedelta(hours=1))
    assert "Nobody is behind." in page(sign_in, cast.manager)


def test_whoever_sees_one_kind_is_told_that_nobody_is_behind_with_it(reports, cast, sign_in):
    assert [one.key for one in late.sources_of(cast.leadership)] == ["appraisal.forms"]
    seen = page(sign_in, cast.leadership)
    assert "Nobody is behind with self-reviews and evaluations." in seen
    assert "Nobody is behind." not in seen and "Remind all" not in seen


def test_whoever_sees_no_kind_is_told_nothing(cast, sign_in, monkeypatch):
    monkeypatch.setattr(late, "sources_of", lambda person: [])
    assert "Who is behind" not in page(sign_in, cast.leadership)


def late_visits(visitor, many: int) -> None:
    """So many visits without a record, the first the longest overdue."""
    client = crm.client(visitor)
    due = [NOW - timedelta(days=2, minutes=many - number) for number in range(many)]
    Visit.objects.bulk_create(
        Visit(client=client, owner=visitor, team_id=client.team_id, visitor=visitor,
              planned_at=moment, arrived_at=moment, due_at=moment)
        for moment in due
    )  # fmt: skip


def test_up_to_a_hundred_are_counted_and_more_are_said_to_be_more(cast, sign_in):
    late_visits(cast.member, 100)
    seen = page(sign_in, cast.leader)
    assert "100 items, 1 people" in seen and "94 more" in seen
    late_visits(cast.colleague, 1)
    seen = page(sign_in, cast.leader)
    assert "100+ items, 1+ people" in seen and "See the 100 longest overdue" in seen
    whole = page(sign_in, cast.leader, "?late=all")
    assert whole.count("insight-row-late") == 100 and "These are the 100 longest" in whole


def test_what_the_viewer_owes_takes_no_place_among_the_hundred(cast):
    late_visits(cast.leader, 60)
    late_visits(cast.member, 60)
    purview, _teams = purview_of(cast.leader)
    assert late.panel(cast.leader, purview)["total"] == "60"


# Reminders


def test_a_reminder_is_told_once_a_day_and_leaves_one_entry(reports, cast, sign_in):
    report = WorkReport.objects.get(owner=cast.member)
    browser, row = sign_in(cast.leader), {"row": f"office.reports:{report.pk}"}
    told = browser.post("/overview/remind", row, follow=True).content.decode()
    assert f"Reminded: {cast.member.name}" in told
    notice = Notice.objects.get(kind="home.reminded")
    assert notice.person == cast.member and notice.url == report.get_absolute_url()
    assert cast.leader.name in notice.title and "not handed in" in notice.title
    again = browser.post("/overview/remind", row, follow=True).content.decode()
    assert "reminded today already" in again
    assert Notice.objects.filter(kind="home.reminded").count() == 1
    entry = Entry.objects.get(verb="home.late.nudged")
    assert (entry.actor, entry.about, entry.for_person) == (cast.leader, report, None)
    with clock.clock_at(NOW + timedelta(days=1)):
        services.remind(actor=cast.again(cast.leader), row=row["row"])
    assert Notice.objects.filter(kind="home.reminded").count() == 2


def test_all_are_reminded_at_once_each_of_the_own(reports, cast):
    overdue_visit(cast, cast.member, "苏州客户")
    done = services.remind(actor=cast.leader)
    assert {one.username for one in done.now} == {"member", "colleague"} and not done.before
    assert Notice.objects.filter(kind="home.reminded", person=cast.member).count() == 2
    assert Entry.objects.filter(verb="home.late.nudged").count() == 3
    assert services.remind(actor=cast.leader).now == ()


def test_all_are_reminded_of_more_than_a_hundred(cast):
    late_visits(cast.member, 103)
    services.remind(actor=cast.leader)
    told = Notice.objects.filter(kind="home.reminded")
    assert told.exclude(within=None).count() == 103
    assert told.listed().get().title.endswith("and 102 more")


def test_reminding_all_costs_the_same_for_many_rows_and_people(cast):
    def queries(day: int) -> int:
        with clock.clock_at(NOW + timedelta(days=day)), CaptureQueriesContext(connection) as asked:
            services.remind(actor=cast.again(cast.manager))
        return len(asked)

    late_visits(cast.member, 4)
    queries(0)  # The first one fills the memories.
    few = queries(1)
    for visitor in (cast.member, cast.colleague, cast.outsider, cast.leader):
        late_visits(visitor, 15)  # what SQLite takes in one statement
    assert queries(2) == few
    told = Notice.objects.filter(kind="home.reminded")
    assert told.exclude(within=None).count() == 4 + 4 + 64


def test_nobody_is_reminded_of_what_the_actor_may_not_see(reports, cast):
    other = WorkReport.objects.get(owner=cast.outsider)
    own = WorkReport.objects.get(owner=cast.leader)
    for row in (other, own):
        done = services.remind(actor=cast.leader, row=f"office.reports:{row.pk}")
        assert done == services.Reminded((), ())
    assert not Notice.objects.filter(kind="home.reminded").exists()


@pytest.mark.parametrize("row", ["office.reports:0", "nothing", "office.reports:x", "\x00"])
def test_a_row_that_is_not_there_reminds_nobody(row, reports, cast, sign_in):
    answer = sign_in(cast.manager).post("/overview/remind", {"row": row}, follow=True)
    assert answer.status_code == 200
    expected = row == "\x00"  # Nothing is left of it: everybody.
    assert Notice.objects.filter(kind="home.reminded").exists() == expected


def test_a_reminder_for_a_principal_says_so(reports, cast):
    stand_in(cast)
    report = WorkReport.objects.get(owner=cast.member)
    services.remind(actor=cast.again(cast.deputy), row=f"office.reports:{report.pk}")
    assert Entry.objects.get(verb="home.late.nudged").for_person == cast.manager


# Targets against the pace of time


def test_targets_are_summed_over_the_own_people_and_set_against_the_pace(cast):
    """Three people owe 12 new clients each. 31 of 62 working days are over, so 18 are due."""
    counted = {cast.member: 8, cast.colleague: 5, cast.leader: 4, cast.outsider: 99}
    values = {one.pk: {"crm.new_clients": Decimal(many)} for one, many in counted.items()}
    with metrics_saying(values):
        found = targets(cast.leader, purview_of(cast.leader)[0])
        values[cast.member.pk]["crm.new_clients"] = Decimal(12)
        ahead = targets(cast.leader, purview_of(cast.leader)[0])
        values[cast.member.pk]["crm.new_clients"] = Decimal(9)
        on_pace = targets(cast.leader, purview_of(cast.leader)[0])
    assert found["pace"] == 50
    (row,) = [one for one in found["rows"] if one.metric.key == "crm.new_clients"]
    assert (row.value, row.target, row.ahead) == (17, 36, -1)
    assert row.said == "17 / 36" and row.against_pace == "1 behind"
    assert next(iter(ahead["rows"])).against_pace == "3 ahead"
    assert next(iter(on_pace["rows"])).against_pace == "on pace"


def test_other_teams_targets_are_no_part_of_a_leaders_overview(cast):
    keys = [one.metric.key for one in targets(cast.leader, purview_of(cast.leader)[0])["rows"]]
    assert keys == ["crm.new_clients"]
    whole = targets(cast.manager, purview_of(cast.manager)[0])["rows"]
    assert {"crm.new_clients", "research.findings"} <= {one.metric.key for one in whole}


# Funnel and contracts


def test_the_funnel_counts_the_own_units_and_never_mixes_currencies(cast, sign_in):
    own, other = crm.client(cast.member), crm.client(cast.outsider)
    crm.opportunity(cast.member, own, amount=Decimal(1000))
    crm.opportunity(cast.member, own, amount=Decimal(500), currency="USD")
    crm.opportunity(cast.member, own)
    crm.opportunity(cast.outsider, other, amount=Decimal(70_000))
    found = funnel(cast.leader, purview_of(cast.leader)[0])
    assert (found["count"], found["amounts"]) == (3, "¥1,000.00 · US$500.00")
    [group] = found["groups"]
    assert [row["count"] for row in group["rows"] if row["count"]] == [3]
    assert funnel(cast.manager, purview_of(cast.manager)[0])["count"] == 4
    assert funnel(cast.leadership, purview_of(cast.leadership)[0]) is None
    assert "70,000" not in page(sign_in, cast.leader)


def signed(cast, name: str, ends_on: date, **values) -> Contract:
    client = values.pop("client", None) or contracts.a_client(cast.member, name)
    made = contracts.a_contract(cast, client=client, starts_on=date(2026, 1, 1), ends_on=ends_on)
    values = {"status": "signed", "signed_on": date(2026, 11, 2), "approved_at": NOW} | values
    Contract.objects.filter(pk=made.pk).update(signed_owner=made.owner, **values)
    return made


def test_contracts_that_end_within_45_days_say_what_becomes_of_them(cast):
    first = signed(cast, "甲", date(2026, 11, 18))
    second = signed(cast, "乙", date(2027, 1, 2))
    signed(cast, "丙", date(2027, 1, 3))
    signed(cast, "丁", date(2026, 11, 17))
    third = signed(cast, "戊", date(2026, 12, 5))
    first.obligations.update(due_on=date(2026, 11, 1))
    contracts.submitted(cast, client=second.client)
    found = ending(cast.leader, purview_of(cast.leader)[0])
    said = {row["contract"].pk: str(row["state"][1]) for row in found["rows"]}
    assert said == {
        first.pk: "2 obligations overdue",
        third.pk: "renewal not begun",
        second.pk: "renewal in approval",
    }
    assert ending(cast.deputy, purview_of(cast.deputy)[0])["rows"] == []


# Approvals


def test_the_inbox_shows_the_five_most_urgent_and_how_many_there_are(cast, sign_in):
    for number in range(6):
        client = crm.client(cast.member)
        contracts.submitted(cast, client=client, title=f"合同 {number}")
    seen = page(sign_in, cast.manager)
    assert seen.count('class="insight-row"') == 5 and "合同 5" not in seen and "Decide 6" in seen
    assert "Nothing waits for your decision." in page(sign_in, cast.leader)


# Teams and people


def test_the_table_adds_up_the_numbers_of_the_people(reports, cast):
    own, other = crm.client(cast.member), crm.client(cast.outsider)
    first, second = (
        crm.visit(cast.member, own),
        crm.visit(cast.colleague, crm.client(cast.colleague)),
    )
    crm.visit(cast.outsider, other)
    Visit.objects.filter(pk=second.pk).update(late=True)
    signed(cast, "甲", date(2027, 5, 1))
    WorkReport.objects.filter(owner=cast.member).update(status=WorkReport.Status.SUBMITTED)
    (team,) = table_of(cast, cast.leader)["lines"]
    assert cell(team, "crm.visits") == ["2"] and cell(team, "crm.records") == ["1 / 2"]
    assert cell(team, "crm.signed") == ["¥126,000.00"] and cell(team, "crm.new_clients") == ["1"]
    assert cell(team, "office.weekly") == ["1 / 3"]
    one = next(line for line in team.lines if line.person == cast.member)
    assert cell(one, "crm.visits") == ["1"] and cell(one, "office.weekly") == ["1 / 1"]
    whole = table_of(cast, cast.manager)
    assert cell(whole["total"], "crm.visits") == ["3"] and whole["people"] == 8
    assert Visit.objects.filter(pk=first.pk, late=False).exists()


def test_what_lies_before_the_quarter_does_not_count(cast):
    visit = crm.visit(cast.member, crm.client(cast.member))
    Visit.objects.filter(pk=visit.pk).update(took_place_at=Period.parse("2026-Q3").begins_at)
    (team,) = table_of(cast, cast.leader)["lines"]
    assert cell(team, "crm.visits") == ["—"]
    nothing = [one for line in team.lines for one in line.cells if one.texts == ["—"]]
    assert nothing and not any(one.url for one in nothing)


def test_money_of_several_currencies_stands_in_several_lines(cast):
    signed(cast, "甲", date(2027, 5, 1))
    signed(cast, "乙", date(2027, 5, 1), currency="USD")
    (team,) = table_of(cast, cast.leader)["lines"]
    assert cell(team, "crm.signed") == ["¥126,000.00", "US$126,000.00"]


def test_teams_fold_open_by_a_plain_link_and_by_a_fragment(cast, sign_in):
    unit = cast.member.memberships.get().unit
    closed = page(sign_in, cast.manager)
    assert f'href="?open={unit.pk}#teams"' in closed and cast.colleague.name not in closed
    assert cast.colleague.name in page(sign_in, cast.manager, f"?open={unit.pk}")
    part = sign_in(cast.manager).get(f"{ADDRESS}?open={unit.pk}", headers={"HX-Request": "true"})
    part = part.content.decode()
    assert cast.colleague.name in part and "<html" not in part
    for odd in ("x", "0", "-1", "9" * 30):
        assert sign_in(cast.manager).get(ADDRESS, {"open": odd}).status_code == 200


def test_a_persons_number_opens_the_list_that_explains_it(cast, sign_in):
    crm.visit(cast.member, crm.client(cast.member, "苏州MARKER客户"))
    crm.visit(cast.colleague, crm.client(cast.colleague, "无锡OTHER客户"))
    address = f"/crm/visits/?view=quarter&visitor={cast.member.pk}"
    assert address.replace("&", "&amp;") in page(sign_in, cast.leader)
    listed = sign_in(cast.leader).get(address).content.decode()
    assert "苏州MARKER客户" in listed and "无锡OTHER客户" not in listed
    assert "/crm/visits/?" not in page(sign_in, cast.leadership, "?open=1&open=2&open=3")


def test_the_sheet_holds_the_own_people_and_is_logged(cast, sign_in):
    crm.visit(cast.member, crm.client(cast.member))
    signed(cast, "甲", date(2027, 5, 1))
    assert 'action="/overview/teams.xlsx" data-download' in page(sign_in, cast.leader)
    assert sign_in(cast.leader).get("/overview/teams.xlsx").status_code == 405
    assert not Entry.objects.filter(verb="home.overview.exported").exists()
    answer = sign_in(cast.leader).post("/overview/teams.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    heads = rows[0]
    people = {row[0]: dict(zip(heads, row, strict=True)) for row in rows[1:]}
    assert set(people) == {cast.member.name, cast.colleague.name, cast.leader.name}
    assert people[cast.member.name]["Visits"] == 1
    assert people[cast.member.name]["Amount signed CNY"] == 126_000
    entry = Entry.objects.get(verb="home.overview.exported")
    assert entry.actor == cast.leader and entry.changes["rows"] == [None, 3]


def test_units_without_anybody_are_said_to_be_empty(cast, sign_in):
    cast.outsider.memberships.update(until=date(2026, 11, 1))
    seen = page(sign_in, cast.deputy)
    assert "Nobody sits here yet" in seen and "Nobody is behind." in seen


def test_a_long_name_and_markup_in_a_name_are_text(cast, sign_in):
    User.objects.filter(pk=cast.colleague.pk).update(name="<b>冯</b>" + "璐" * 50)
    assert "&lt;b&gt;冯&lt;/b&gt;" in page(sign_in, cast.leader)


def test_what_a_leader_sees_of_no_team_any_more_is_not_summed_up_for_them(cast):
    def keys(person) -> set[str]:
        return {column.key for column in teams.columns_for(cast.again(person))}

    assert "crm.new_clients" in keys(cast.leader)
    cells = {action: {Role.LEADER: Scope.OWN} for action in access.rule_of(Client).grants}
    change_rights(actor=cast.administrator, kind="crm.client", cells=cells)
    assert "crm.new_clients" not in keys(cast.leader)
    assert keys(cast.manager) == keys(cast.leadership) == {*keys(cast.leader), "crm.new_clients"}
    _name, content = services.export_teams(actor=cast.again(cast.leader))
    heads = [cell.value for cell in load_workbook(io.BytesIO(content)).active[1]]
    assert "New clients" not in heads and "Visits" in heads
