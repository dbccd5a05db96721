"""Work reports by the rulebook: opened, drafted, handed in, late, missing (R-exp-10, R-exp-11)."""

from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import count

import pytest
from django.apps import apps

from expansion import access, clock, offers, worktime
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, Stale
from expansion.jobs.models import Job
from expansion.metrics import Evidence
from expansion.notices.models import Notice
from expansion.office import sections, tasks
from expansion.office.models import WorkReport
from expansion.office.selectors import figures, reports
from expansion.office.services import reports as services
from expansion.office.services.reminders import remind
from expansion.people.models import Membership, Post, Unit
from expansion.rulebook.loading import from_data, preset, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period, PeriodKind
from tests.cast import LOADED_ON, NOW

pytestmark = pytest.mark.django_db

WEEK = Period.parse("2026-W47")
FRIDAY_15 = datetime(2026, 11, 20, 15, tzinfo=clock.zone())
AHEAD = datetime(2026, 11, 19, 15, tzinfo=clock.zone())
KIND = "weekly_summary"


@pytest.fixture
def visits(monkeypatch):
    """A section that says how often it was asked, and over which moments."""
    asked = []
    numbers = count(7)

    def draw(people, start, end):
        asked.append((start, end))
        said = Evidence(None, None, "", clock.local_date(start), Decimal(next(numbers)))
        figure = offers.Figure("visits", "拜访", {people[0].pk: [said]}, "次")
        return {"figures": [figure], "lines": ["拜访南京金陵票务"]}

    section = offers.ReportSection("test.visits", "拜访", 1, draw)
    monkeypatch.setitem(offers._registry.kept, offers.ReportSection, {"test.visits": section})
    return asked


@pytest.fixture
def week(cast, visits):
    """The cast with the weekly reports of this week opened."""
    services.open_reports(rules=rules_on(), period=WEEK)
    return cast


def report_of(person, period="2026-W47", kind=KIND) -> WorkReport:
    return WorkReport.objects.get(owner=person, period=period, kind=kind)


def submit(person, **content) -> WorkReport:
    return services.submit_report(actor=person, record=report_of(person), **content)


# Who owes what, and when it is due


def test_everyone_in_the_department_owes_the_week_but_whom_it_goes_to(week):
    owing = set(WorkReport.objects.filter(kind=KIND).values_list("owner__username", flat=True))
    working = {"member", "colleague", "outsider", "partner_member", "leader", "deputy"}
    # The cast's consolidator sits in the department. Who has left or sits outside owes nothing.
    assert owing == working | {"consolidator"}


def test_the_week_is_due_on_friday_at_15_and_goes_to_the_manager(week):
    report = report_of(week.member)
    assert (report.due_at, report.remind_at) == (FRIDAY_15, AHEAD)
    assert (report.recipient, report.to_role, report.team.key) == (
        week.manager,
        "manager",
        "client",
    )
    assert report.rules_version == rules_on().version


def test_opening_twice_adds_nothing(week):
    before = WorkReport.objects.count()
    assert services.open_reports(rules=rules_on(), period=WEEK) == []
    assert WorkReport.objects.count() == before
    assert Entry.objects.filter(verb="office.report.opened").count() == before


def test_who_joins_later_in_the_week_is_added(week):
    unit, post = Unit.objects.get(key="research"), Post.objects.get(key="member")
    Membership.objects.create(
        user=week.hr, unit=unit, post=post, since=clock.today() + timedelta(days=1)
    )
    (opened,) = services.open_reports(rules=rules_on(), period=WEEK)
    assert opened.owner == week.hr


def test_friday_on_a_holiday_moves_the_deadline_to_the_working_day_before(cast):
    # 1 to 3 May 2026 are a holiday; 1 May is a Friday.
    services.open_reports(rules=rules_on(), period=Period.parse("2026-W18"))
    due = report_of(cast.member, "2026-W18").due_at
    assert due == datetime(2026, 4, 30, 15, tzinfo=clock.zone())


def test_another_weekday_in_the_rulebook_moves_every_deadline(cast):
    path = next(one.path for one in rules_on().parameters() if "weekly_summary" in one.path
                and one.path.endswith("cadence"))  # fmt: skip
    other = rules_on().with_changes({path: {"every": "week", "weekday": "thursday", "at": "12:00"}})
    services.open_reports(rules=other, period=WEEK)
    due = report_of(cast.member).due_at
    assert due == datetime(2026, 11, 19, 12, tzinfo=clock.zone())


def test_the_managers_own_report_goes_to_the_leadership(cast):
    services.open_reports(rules=rules_on(), period=Period.parse("2026-11"))
    report = report_of(cast.manager, "2026-11", "upward_briefing")
    assert (report.recipient, report.due_at.astimezone(clock.zone()).date().isoformat()) == (
        cast.leadership,
        "2026-11-30",
    )


def test_a_teams_report_is_owed_by_the_one_who_leads_it(cast):
    services.open_reports(rules=rules_on(), period=Period.parse("2026-Q4"))
    owners = WorkReport.objects.filter(kind="market_research").values_list("owner__username")
    assert list(owners) == [("deputy",)]


def test_weeks_missed_by_a_system_that_stood_still_are_opened_afterwards(cast):
    tasks.open_all(Job())
    with clock.clock_at(NOW + timedelta(weeks=3)):
        tasks.open_all(Job())
        tasks.open_all(Job())
    periods = WorkReport.objects.filter(owner=cast.member).values_list("period", flat=True)
    assert sorted(periods) == ["2026-W47", "2026-W48", "2026-W49", "2026-W50"]


# Drafting


def test_a_draft_is_written_from_the_records(week, visits):
    report = services.draft_report(actor=week.member, record=report_of(week.member))
    assert report.status == "draft"
    assert report.texts["done"] == "拜访南京金陵票务"
    assert report.figures[0]["figures"][0]["value"] == "7"
    assert visits == [(FRIDAY_15 - timedelta(days=7), NOW)]


def test_drafting_again_keeps_what_was_written(week):
    services.save_report(
        actor=week.member, record=report_of(week.member), texts={"done": "mine"}, plan=[]
    )
    report = services.draft_report(actor=week.member, record=report_of(week.member))
    assert report.texts["done"] == "mine"


def test_a_save_keeps_texts_and_plan_and_no_foreign_keys(week):
    report = services.save_report(
        actor=week.member,
        record=report_of(week.member),
        texts={"problems": " 缺签到台 ", "suggestions": "多一台车", "smuggled": "x"},
        plan=["远航旅行社：谈团队价", "  ", "海纳年会：签框架合同"],
    )
    assert report.texts["problems"] == "缺签到台" and report.texts["suggestions"] == "多一台车"
    assert "smuggled" not in report.texts
    assert report.plan == ["远航旅行社：谈团队价", "海纳年会：签框架合同"]
    told = Entry.objects.get(verb="office.report.changed")
    assert told.about == report and "签到台" not in str(told.changes)


def test_a_save_from_a_second_window_is_refused(week):
    report = report_of(week.member)
    services.save_report(actor=week.member, record=report, texts={}, plan=[], version=1)
    with pytest.raises(Stale):
        services.save_report(actor=week.member, record=report, texts={}, plan=[], version=1)


def test_a_text_that_is_too_long_is_refused(week):
    with pytest.raises(Invalid):
        services.save_report(
            actor=week.member, record=report_of(week.member), texts={"done": "长" * 2001}, plan=[]
        )


def test_nobody_writes_for_somebody_else(week):
    for person in (week.colleague, week.leader, week.manager):
        with pytest.raises(Forbidden):
            services.save_report(
                actor=person, record=report_of(week.member), texts={"done": "x"}, plan=[]
            )


# Handing in


def test_handing_in_freezes_figures_and_texts(week, visits):
    report = submit(week.member, texts={"done": "七家"}, plan=["回访"], results=[])
    assert (report.status, report.submitted_at, report.late) == ("submitted", NOW, False)
    frozen = report.figures
    reports.page(week.member, report_of(week.member))
    assert report_of(week.member).figures == frozen
    for write in (services.save_report, services.submit_report):
        with pytest.raises(Forbidden):
            write(actor=week.member, record=report_of(week.member), texts={"done": "x"}, plan=[])
    entry = Entry.objects.get(verb="office.report.submitted")
    assert (entry.actor, entry.about) == (week.member, report)


def test_one_click_hands_in_what_the_records_say(week):
    report = submit(week.member)
    assert report.texts["done"] == "拜访南京金陵票务"


def test_a_report_without_a_word_or_a_record_is_refused(week, monkeypatch):
    monkeypatch.setitem(offers._registry.kept, offers.ReportSection, {})
    with pytest.raises(Invalid) as refusal:
        submit(week.member)
    assert "text_done" in refusal.value.fields
    assert report_of(week.member).status == "due"


@pytest.mark.parametrize("minutes, late", [(0, False), (1, True)])
def test_friday_15_00_is_in_time_and_15_01_is_late(week, minutes, late):
    with clock.clock_at(FRIDAY_15 + timedelta(minutes=minutes)):
        assert submit(week.member).late is late


def test_what_happens_after_handing_in_counts_for_the_next_week(week, visits):
    with clock.clock_at(FRIDAY_15 - timedelta(hours=1)):
        submit(week.member)
    services.open_reports(rules=rules_on(), period=WEEK.next())
    visits.clear()
    with clock.clock_at(FRIDAY_15 + timedelta(days=7)):
        figures.fill(report_of(week.member, "2026-W48"))
    assert visits == [(FRIDAY_15 - timedelta(hours=1), FRIDAY_15 + timedelta(days=7))]


def test_a_late_week_ends_where_the_next_one_begins(week, visits):
    services.open_reports(rules=rules_on(), period=WEEK.next())
    with clock.clock_at(FRIDAY_15 + timedelta(days=5)):
        submit(week.member)
        figures.fill(report_of(week.member, "2026-W48"))
    assert visits[-2:] == [
        (FRIDAY_15 - timedelta(days=7), FRIDAY_15),
        (FRIDAY_15, FRIDAY_15 + timedelta(days=5)),
    ]


def drawn(person, period, moment, **cadence) -> WorkReport:
    """The report of a week opened and drafted at a moment, under this cadence if one is said."""
    rules = rules_on()
    if cadence:
        rules = rules.with_changes({f"reports.{KIND}.cadence": {"every": "week"} | cadence})
    services.open_reports(rules=rules, period=Period.parse(period))
    with clock.clock_at(moment):
        return services.draft_report(actor=None, record=report_of(person, period))


def local(*parts) -> datetime:
    return datetime(*parts, tzinfo=clock.zone())


def span(report) -> tuple[datetime, datetime]:
    return report.covers_from, report.covers_until


def test_a_week_counts_from_friday_at_15_to_friday_at_15(cast, visits):
    late = drawn(cast.member, "2026-W47", FRIDAY_15 + timedelta(hours=20))
    assert span(late) == visits[-1] == (local(2026, 11, 13, 15), FRIDAY_15)
    running = drawn(cast.colleague, "2026-W47", FRIDAY_15 - timedelta(minutes=1))
    assert span(running) == (local(2026, 11, 13, 15), FRIDAY_15 - timedelta(minutes=1))


def test_a_cadence_that_names_no_day_counts_its_own_week(cast, visits):
    report = drawn(cast.member, "2026-W47", FRIDAY_15 + timedelta(days=9), weekday=None)
    assert span(report) == (WEEK.begins_at, WEEK.ends_at)


def test_a_holiday_moves_the_deadline_and_not_the_cut(cast, visits):
    """Friday 1 May 2026 is free: due on Thursday, what comes after is in the next report."""
    report = drawn(cast.member, "2026-W18", local(2026, 4, 30, 14))
    assert report.due_at == local(2026, 4, 30, 15)
    with clock.clock_at(local(2026, 4, 30, 14)):
        services.submit_report(actor=cast.member, record=report)
    after = drawn(cast.member, "2026-W19", local(2026, 5, 9, 9))
    assert span(after) == (local(2026, 4, 30, 14), local(2026, 5, 8, 15))
    late = drawn(cast.colleague, "2026-W18", local(2026, 5, 6, 9))
    assert span(late) == (local(2026, 4, 24, 15), local(2026, 5, 1, 15))


def test_what_lies_in_a_week_in_which_nobody_works_counts_for_the_next(cast, visits, own_calendar):
    worktime.use_notices(lambda year: {WEEK.start + timedelta(days=n): False for n in range(7)})
    first = drawn(cast.member, "2026-W46", local(2026, 11, 13, 12))
    with clock.clock_at(local(2026, 11, 13, 12)):
        services.submit_report(actor=cast.member, record=first, texts={}, plan=["签约"], results=[])
    report = drawn(cast.member, "2026-W48", local(2026, 11, 28, 9))
    assert span(report) == (local(2026, 11, 13, 12), local(2026, 11, 27, 15))
    assert report.results[0]["text"] == "签约"
    other = drawn(cast.colleague, "2026-W48", local(2026, 11, 28, 9))
    assert span(other) == (local(2026, 11, 13, 15), local(2026, 11, 27, 15))


def test_a_report_keeps_the_cut_it_was_opened_with(week, visits):
    """Another weekday from now on: the running week ends as it was to, the next begins there."""
    thursday = {"weekday": "thursday", "at": "12:00"}
    drawn(week.member, "2026-W47", FRIDAY_15 + timedelta(days=1), **thursday)
    assert span(report_of(week.member)) == (local(2026, 11, 13, 15), FRIDAY_15)
    after = drawn(week.member, "2026-W48", FRIDAY_15 + timedelta(days=8), **thursday)
    assert span(after) == (FRIDAY_15, local(2026, 11, 26, 12))


@pytest.mark.parametrize(
    ("cadence", "end"),
    [({}, local(2026, 11, 27, 15)), ({"weekday": None}, local(2026, 11, 30))],
)
def test_a_later_cut_or_none_leaves_no_gap(cast, visits, cadence, end):
    first = {"weekday": "thursday", "at": "12:00"}
    drawn(cast.member, "2026-W47", FRIDAY_15, **first)
    after = drawn(cast.member, "2026-W48", local(2026, 12, 1, 9), **cadence)
    assert span(after) == (local(2026, 11, 19, 12), end)


def test_whoever_was_away_for_weeks_has_no_report_before(cast, visits):
    drawn(cast.member, "2026-W44", local(2026, 10, 30, 15))
    report = drawn(cast.member, "2026-W47", FRIDAY_15)
    assert span(report) == (local(2026, 11, 13, 15), FRIDAY_15)
    assert figures.previous(report) is None


def test_a_report_opened_before_cuts_were_kept_counts_its_week(week, visits):
    report = report_of(week.member)
    report.outline.pop("cut")
    report.save()
    services.open_reports(rules=rules_on(), period=WEEK.next())
    after = drawn(week.member, "2026-W48", FRIDAY_15 + timedelta(days=8))
    assert figures.coverage(report)[0] == WEEK.begins_at
    assert span(after) == (WEEK.ends_at, FRIDAY_15 + timedelta(days=7))


def test_what_was_handed_in_keeps_its_span(week, visits):
    with clock.clock_at(FRIDAY_15 - timedelta(hours=3)):
        kept = span(submit(week.member))
    with clock.clock_at(FRIDAY_15 + timedelta(days=3)):
        reports.page(week.member, report := report_of(week.member))
    assert span(report) == kept == (local(2026, 11, 13, 15), FRIDAY_15 - timedelta(hours=3))


def test_a_month_is_cut_on_the_day_its_cadence_names(cast, visits):
    rules = rules_on().with_changes(
        {f"reports.{KIND}.cadence": {"every": "month", "day": 25, "at": "18:00"}}
    )
    services.open_reports(rules=rules, period=Period.parse("2026-11"))
    assert report_of(cast.member, "2026-11").counts == (
        local(2026, 10, 25, 18), local(2026, 11, 25, 18),
    )  # fmt: skip


def test_last_weeks_plan_stands_beside_this_weeks_result(week):
    submit(week.member, texts={"done": "x"}, plan=["送年会报价", "签西溪协议"], results=[])
    services.open_reports(rules=rules_on(), period=WEEK.next())
    with clock.clock_at(NOW + timedelta(weeks=1)):
        report = services.save_report(
            actor=week.member,
            record=report_of(week.member, "2026-W48"),
            texts={"done": "y"},
            plan=[],
            results=[{"outcome": "moved", "note": "改到 11-24"}, {"outcome": "forged", "note": ""}],
        )
    assert report.results == [
        {"text": "送年会报价", "outcome": "moved", "note": "改到 11-24"},
        {"text": "签西溪协议", "outcome": "", "note": ""},
    ]


def test_taken_back_before_the_deadline_and_not_after(week):
    submit(week.member)
    report = services.withdraw_report(actor=week.member, record=report_of(week.member))
    assert (report.status, report.submitted_at) == ("draft", None)
    submit(week.member)
    with clock.clock_at(FRIDAY_15 + timedelta(seconds=1)), pytest.raises(Forbidden):
        services.withdraw_report(actor=week.member, record=report_of(week.member))


def test_a_report_that_was_read_is_not_taken_back(week):
    submit(week.member)
    services.read_report(actor=week.manager, record=report_of(week.member))
    with pytest.raises(Forbidden):
        services.withdraw_report(actor=week.member, record=report_of(week.member))


# Reading and commenting


def test_the_first_reader_stands(week):
    submit(week.member)
    services.read_report(actor=week.leader, record=report_of(week.member))
    services.read_report(actor=week.manager, record=report_of(week.member))
    assert report_of(week.member).read_by == week.leader
    assert Entry.objects.filter(verb="office.report.read").count() == 1


def test_only_superiors_read_and_comment_and_nobody_before_it_is_handed_in(week):
    for person in (week.leader, week.manager):
        with pytest.raises(Forbidden):
            services.read_report(actor=person, record=report_of(week.member))
    submit(week.member)
    for person in (week.member, week.colleague, week.outsider, week.consolidator):
        with pytest.raises(Forbidden):
            services.comment_report(actor=person, record=report_of(week.member), text="!")


def test_a_comment_tells_the_writer(week):
    submit(week.member)
    services.comment_report(actor=week.leader, record=report_of(week.member), text="写明场次")
    notice = Notice.objects.get(person=week.member)
    assert (notice.kind, notice.text) == ("office.report_commented", "写明场次")
    assert Entry.objects.filter(verb="office.report.commented", actor=week.leader).exists()


# Reminders


def told(kind: str) -> dict[str, int]:
    found = Notice.objects.filter(kind=kind).values_list("person__username", flat=True)
    return {name: list(found).count(name) for name in found}


def everyone_owing() -> set[str]:
    return set(WorkReport.objects.filter(kind=KIND).values_list("owner__username", flat=True))


def test_one_notice_before_the_deadline_each_with_a_draft(week):
    with clock.clock_at(AHEAD - timedelta(minutes=1)):
        assert remind(clock.now())["before"] == 0
    for minutes in (0, 10, 20):
        with clock.clock_at(AHEAD + timedelta(minutes=minutes)):
            remind(clock.now())
    assert told("office.report_due") == dict.fromkeys(everyone_owing(), 1)
    assert report_of(week.member).status == "draft"


def test_one_overdue_notice_per_person_and_a_list_of_names_for_the_manager(week):
    submit(week.leader)
    for minutes in (0, 1, 11, 5000):
        with clock.clock_at(FRIDAY_15 + timedelta(minutes=minutes)):
            remind(clock.now())
    assert told("office.report_overdue") == dict.fromkeys(everyone_owing() - {"leader"}, 1)
    assert told("office.reports_missing") == {"manager": 1}
    text = Notice.objects.get(kind="office.reports_missing").text
    assert week.member.name in text and week.leader.name not in text


def test_nothing_is_told_at_the_very_moment_of_the_deadline(week):
    with clock.clock_at(FRIDAY_15):
        assert remind(clock.now())["overdue"] == 0


def test_who_has_handed_in_is_not_reminded(week):
    submit(week.member)
    with clock.clock_at(AHEAD):
        remind(clock.now())
    assert "member" not in told("office.report_due")


def test_a_reminder_that_comes_after_the_deadline_says_that_it_has_passed(week):
    with clock.clock_at(FRIDAY_15 + timedelta(days=9)):
        remind(clock.now())
    assert told("office.report_due") == {}
    assert set(told("office.report_overdue")) == everyone_owing()


def test_who_has_left_is_no_longer_missing(week):
    week.member.status = "left"
    week.member.save()
    with clock.clock_at(FRIDAY_15 + timedelta(minutes=1)):
        remind(clock.now())
    assert "member" not in told("office.report_overdue")


def test_the_timetable_opens_and_reminds(cast, visits):
    tasks.open_all(Job())
    with clock.clock_at(AHEAD):
        tasks.remind(Job())
    assert told("office.report_due")["member"] == 1


# What is seen


def test_the_missing_stand_first_and_the_rates_are_right(week):
    with clock.clock_at(FRIDAY_15 + timedelta(minutes=1)):
        submit(week.leader)
        found = reports.team(week.leader, KIND, "2026-W47")
        assert found["rows"][0]["rank"] == 0
    people = reports.team(week.manager, KIND, "2026-W47")
    assert (people["owed"], people["handed_in"], people["late"]) == (7, 1, 1)
    assert (people["rate"], people["in_time_rate"]) == (14, 0)


def test_each_oversees_what_is_theirs(week):
    def owners(person):
        return {line["report"].owner.username
                for line in reports.team(person, KIND, "2026-W47")["rows"]}  # fmt: skip

    assert owners(week.leader) == {"member", "colleague"}
    assert owners(week.deputy) == {"outsider"}  # leads research besides
    assert owners(week.manager) == everyone_owing()
    for person in (
        week.consolidator,
        week.hr,
        week.member,
        week.leadership,
        week.administrator,
        week.liaison,
    ):
        assert owners(person) == set()


def gathering(kind, post="consolidator", role="consolidator"):
    """The rules in force, and this post that gathers the reports of a kind."""
    data = to_data(rules_on())
    data["posts"].append({"key": post, "zh": "汇总人", "en": "Gatherer", "role": role,
                          "limit": {"value": 1, "source": "admin"}})  # fmt: skip
    report = next(one for one in data["reports"] if one["key"] == kind)
    report["consolidated_by"] = {"value": post, "source": "admin"}
    return from_data(data)


def test_who_gathers_a_report_sees_just_those_and_reads_none_in_the_managers_place(cast, visits):
    rules = gathering(KIND)
    for period in (WEEK, Period.parse("2026-11")):
        services.open_reports(rules=rules, period=period)
    assert set(reports.overseen(cast.consolidator).values_list("kind", flat=True)) == {KIND}
    lines = reports.team(cast.consolidator, KIND, WEEK.key)["rows"]
    assert {line["report"].owner.username for line in lines} == (
        everyone_owing() - {"consolidator"}
    )
    assert access.can(cast.consolidator, "oversee", report_of(cast.member))
    submit(cast.member)
    with pytest.raises(Forbidden):
        services.read_report(actor=cast.consolidator, record=report_of(cast.member))
    assert not reports.overseen(cast.deputy).exclude(owner=cast.outsider).exists()


def test_another_kind_is_gathered_by_another_post(cast, visits):
    """Each report follows its own line of the rulebook: the deputy gathers the weeks here."""
    services.open_reports(rules=gathering(KIND, "secretary", "deputy"), period=WEEK)
    assert report_of(cast.member).gathered_by == "deputy"
    assert report_of(cast.member) in reports.overseen(cast.deputy)
    assert not reports.overseen(cast.consolidator).exists()
    assert not access.can(cast.consolidator, "oversee", WorkReport)


def test_who_gathers_stays_as_it_was_when_the_report_was_opened(week):
    """A later version of the rulebook opens no report that was written before it."""
    services.open_reports(rules=gathering(KIND), period=WEEK)
    assert report_of(week.member).gathered_by == ""
    services.open_reports(rules=gathering(KIND), period=WEEK.next())
    assert {row.period for row in reports.overseen(week.consolidator)} == {WEEK.next().key}


def test_a_post_that_sees_its_own_work_alone_gathers_nothing(cast):
    with pytest.raises(Invalid) as refusal:
        gathering(KIND, "clerk", "member")
    assert list(refusal.value.fields) == [f"reports.{KIND}.consolidated_by"]


def test_the_union_of_the_market_regulations_names_who_gathers():
    rules = preset("market")
    named = {one.key: rules.gathers(one) for one in rules.reports}
    assert named["client_sheet"] == named["progress"] == "consolidator"
    assert named["market_research"] == ""


def test_reports_that_are_open_get_who_gathers_them_from_the_rules_in_force(week):
    """The step of the migration that fills the new column."""
    version, data = Version.objects.get(), to_data(gathering(KIND))
    Version.objects.filter(pk=version.pk).update(content=data)
    submit(week.leader)
    filling = import_module("expansion.office.migrations.0005_gathered_by")
    filling.name_who_gathers(apps, None)
    assert report_of(week.member).gathered_by == "consolidator"
    assert report_of(week.leader).gathered_by == ""


def test_a_draft_is_its_writers_alone(week):
    services.save_report(
        actor=week.member, record=report_of(week.member), texts={"done": "未定稿"}, plan=[]
    )
    page = reports.page(week.leader, report_of(week.member))
    assert (page["seen"], page["sections"], page["figures"]) == (False, [], [])


@pytest.mark.parametrize(
    "span, words",
    [
        (timedelta(days=2, hours=5, minutes=19), "2 days 5 hours"),
        (timedelta(hours=5, minutes=19), "5 hours 19 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(), "0 minutes"),
        (timedelta(days=1, minutes=3), "1 day"),
        (-timedelta(hours=18), "18 hours"),
    ],
)
def test_a_time_span_is_told_in_its_two_largest_units(span, words):
    from django.utils.translation import override

    with override("en"):
        assert reports.span_words(span) == words


def test_a_rulebook_without_sections_asks_for_the_usual_ones(cast):
    services.open_reports(rules=rules_on(), period=Period.parse("2026-11"))
    keys = [one.key for one in sections.written(
        report_of(cast.manager, "2026-11", "upward_briefing"))]  # fmt: skip
    assert keys == ["done", "problems", "requests", "suggestions"]


def test_a_week_in_which_nobody_works_owes_nothing(cast, own_calendar):
    worktime.use_notices(lambda year: {WEEK.start + timedelta(days=n): False for n in range(7)})
    assert services.open_reports(rules=rules_on(), period=WEEK) == []


def test_every_period_kind_can_be_asked_for(cast):
    for kind in PeriodKind:
        services.open_reports(rules=rules_on(LOADED_ON), period=Period.containing(kind))
