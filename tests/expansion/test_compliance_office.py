"""What the office answers for: reports, agreements, handovers, statements, changes of staff."""

from datetime import date, datetime, time, timedelta

import pytest

from expansion import clock, compliance
from expansion.compliance import BROKEN, KEPT, OPEN, Span
from expansion.office import compliance as checks
from expansion.office import sections
from expansion.office.models import PersonnelChange, Statement, WorkReport
from expansion.office.services import handovers
from expansion.office.services import reports as services
from expansion.people.models import Membership, Status, User
from expansion.rulebook.board import Board, running
from expansion.rulebook.loading import preset
from expansion.rulebook.parameters import changed
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import Source
from expansion.worktime import Period
from tests.make import confidence, personnel

PLANTED = {
    "office.reports",
    "office.agreements",
    "office.handovers",
    "office.statements",
    "office.changes",
}
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
STATES = (KEPT, BROKEN, OPEN)


def on(day: int, hour: int = 10):
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=clock.zone())


def counted(cast, key, clause="", rules=None, span=NOVEMBER) -> tuple[int, ...]:
    """How many cases the manager counts as kept, broken and running; the three ways of reading
    them agree, and each case can be named."""
    check = compliance.checks()[key]
    cases = check.cases(rules or rules_on(), clause or check.clauses[0])
    reach = Board(cast.manager, rules_on(), running()).reach
    numbers = cases.count(reach, span)
    found = tuple(sum(n for (_, one), n in numbers.items() if one == state) for state in STATES)
    people = cases.by_person(reach, span)
    assert found == tuple(
        sum(n for (_, one), n in people.items() if one == state) for state in STATES
    )
    for state, number in zip(STATES, found, strict=True):
        listed = cases.listed(reach, span, state, 50)
        assert len(listed) == number
        assert all(str(one.record) and one.record.get_absolute_url() for one in listed)
    return found


def given(**values):
    """The rules with other values at these paths, `__` for a dot."""
    paths = {path.replace("__", "."): value for path, value in values.items()}
    return Rules.model_validate(changed(rules_on(), paths, Source.ADMIN))


def fact(key, rules=None) -> list[str]:
    """The lines of a fact of any room."""
    found = {one for clause in _clauses() for one in compliance.answer_for(clause).facts}
    return list(next(one for one in found if one.key == key).lines(rules or rules_on()))


def _clauses():
    return list(compliance._register.answers)


# Reports


def hand_in(person, kind: str, period: str, moment) -> WorkReport:
    with clock.clock_at(moment):
        services.open_reports(rules=rules_on(), period=Period.parse(period))
        report = WorkReport.objects.get(owner=person, kind=kind, period=period)
        texts = {sections.written(report)[0].key: "已汇总。"}
        return services.submit_report(actor=person, record=report, texts=texts, plan=[], results=[])


def test_the_monthly_return_was_due_on_the_fifth(cast):
    hand_in(cast.manager, "attendance_return", "2026-10", on(4))
    assert counted(cast, "office.reports", "A-4.1.3") == (1, 0, 0)


def test_a_return_after_its_day_is_broken(cast):
    hand_in(cast.manager, "attendance_return", "2026-10", on(6))
    assert counted(cast, "office.reports", "A-4.1.3") == (0, 1, 0)


def test_a_return_that_never_came_is_broken_and_each_clause_means_its_own_report(cast):
    for month in ("2026-10", "2026-11"):
        services.open_reports(rules=rules_on(), period=Period.parse(month))
    assert counted(cast, "office.reports", "A-4.1.3") == (0, 1, 0)
    assert counted(cast, "office.reports", "A-2.2.1b") == (0, 0, 1)


def test_who_left_owes_no_report_any_more(cast):
    services.open_reports(rules=rules_on(), period=Period.parse("2026-10"))
    User.objects.filter(pk=cast.manager.pk).update(status=Status.LEFT)
    assert counted(cast, "office.reports", "A-4.1.3") == (0, 0, 0)


def test_a_clause_that_shares_a_report_with_another_finds_it(cast):
    due = clock.moment_on(date(2026, 11, 13), time(15))
    WorkReport.objects.create(
        owner=cast.member, team=cast.member.memberships.get().unit, kind="progress",
        period="2026-W46", begins_on=date(2026, 11, 9), ends_on=date(2026, 11, 15),
        due_at=due, remind_at=due, to_role="manager", rules_version="market-1",
        status="submitted", submitted_at=due - timedelta(hours=1),
    )  # fmt: skip
    market = preset("market")
    assert counted(cast, "office.reports", "E1-12", market) == (1, 0, 0)
    assert counted(cast, "office.reports", "E4-8", market) == (1, 0, 0)
    assert counted(cast, "office.reports", "E6-3.4", market) == (0, 0, 0)


# Agreements


def test_each_person_has_an_agreement_in_each_month(cast):
    people = len(checks.staff(clock.today()))
    confidence.nda(cast)
    Membership.objects.filter(user=cast.colleague).update(until=date(2026, 11, 10))
    assert counted(cast, "office.agreements") == (1, 1, people - 2)
    october = Span(date(2026, 10, 1), date(2026, 10, 31))
    assert counted(cast, "office.agreements", span=october) == (1, people - 1, 0)


def test_an_agreement_that_has_run_out_is_none(cast):
    confidence.nda(cast, until=date(2026, 10, 20))
    assert counted(cast, "office.agreements")[0] == 0


def test_nobody_signs_where_the_rulebook_asks_for_nothing(cast):
    off = given(documents__nda_required=False)
    assert counted(cast, "office.agreements", rules=off) == (0, 0, 0)


# Handovers


def leave(cast, person, last_day: int):
    return handovers.open_handover(
        actor=cast.manager, person=person, last_day=date(2026, 11, last_day), reason="离职。"
    )


def checked(cast, person, last_day: int, moment, signed: int | None):
    with clock.clock_at(moment):
        record = handovers.offer(actor=cast.manager, record=leave(cast, person, last_day))
        signed_on = date(2026, 11, signed) if signed else None
        return handovers.check(actor=cast.manager, record=record, secrecy_signed_on=signed_on)


def test_a_handover_is_checked_by_the_last_day(cast):
    checked(cast, cast.member, 10, on(9), signed=9)
    checked(cast, cast.colleague, 10, on(11), signed=10)  # a day late
    leave(cast, cast.partner_member, 12)  # its day is over
    leave(cast, cast.outsider, 27)
    assert counted(cast, "office.handovers") == (1, 2, 1)


def test_the_statement_of_secrecy_belongs_to_it_where_the_duty_goes_on(cast):
    checked(cast, cast.member, 10, on(9), signed=None)
    assert counted(cast, "office.handovers") == (0, 1, 0)
    ends = given(confidentiality__duty_after_leaving=False)
    assert counted(cast, "office.handovers", rules=ends) == (1, 0, 0)


def test_who_has_left_still_counts_in_the_unit_worked_in_last(cast):
    record = checked(cast, cast.member, 10, on(9), signed=9)
    handovers.close(actor=cast.hr, record=record)
    assert counted(cast, "office.handovers") == (1, 0, 0)


# Statements and changes of staff


def test_a_statement_is_approved_before_it_is_said(cast):
    confidence.released(cast)
    early = confidence.released(cast)
    Statement.objects.filter(pk=early.pk).update(released_on=date(2026, 11, 10))
    assert counted(cast, "office.statements") == (1, 1, 0)


def test_a_change_of_staff_takes_effect_on_its_day(cast):
    personnel.approved(personnel.a_change(cast))
    personnel.approved(
        personnel.a_change(cast, person=cast.colleague, effective_on=date(2026, 11, 25))
    )
    late = personnel.approved(
        personnel.a_change(cast, kind="dismissal", person=cast.partner_member)
    )
    PersonnelChange.objects.filter(pk=late.pk).update(effective_on=date(2026, 11, 10))
    assert counted(cast, "office.changes") == (1, 1, 1)


def test_a_change_that_is_still_being_decided_is_not_counted(cast):
    personnel.a_change(cast)
    assert counted(cast, "office.changes") == (0, 0, 0)


# Facts


def test_the_facts_follow_what_was_signed_and_set(cast):
    people = len(checks.staff(clock.today()))
    before = fact("office.signed")
    confidence.nda(cast, survives_leaving=False)
    assert f"0 of {people} people have a valid agreement" in before
    assert f"1 of {people} people have a valid agreement" in fact("office.signed")
    assert len(fact("office.signed", given(documents__nda_required=False))) == 1
    assert "0 of 1 valid agreements go on after leaving" in fact("office.secrecy_after_leaving")
    confidence.nda(cast, cast.colleague)
    assert "1 of 2 valid agreements go on after leaving" in fact("office.secrecy_after_leaving")


def test_the_register_of_rights_is_told_by_kind(cast):
    confidence.right(cast.manager)
    confidence.right(cast.manager, title="旧商标", expires_on=date(2026, 1, 1))
    confidence.right(cast.manager, title="新商标", expires_on=date(2026, 12, 1))
    lines = fact("office.ip_register")
    assert "Trademark: 3" in lines and "Patent: 0" in lines
    assert lines[-1] == "1 have expired, 1 expire soon"


@pytest.mark.parametrize("part", ["leader", "member"])
def test_a_leader_counts_the_own_team_and_a_member_the_own_agreement(cast, part):
    confidence.nda(cast)
    confidence.nda(cast, cast.outsider)
    reach = Board(getattr(cast, part), rules_on(), running()).reach
    found = checks.agreements(rules_on(), "E8-5.1").count(reach, NOVEMBER)
    assert sum(n for (_month, state), n in found.items() if state == KEPT) == 1
