"""The office of a small department: whatever reports the rules ask for, opened and handed in; what
was said outside in each period, and a new colleague who is about to come."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from expansion import clock
from expansion.office import preset_words as words
from expansion.office import sections
from expansion.office.models import Statement, WorkReport
from expansion.office.services import candidates, changes, openings, statements
from expansion.office.services.reports import open_reports, read_report, submit_report
from expansion.people.models import Post, Role
from expansion.people.selectors import home_unit
from expansion.worktime import Period, PeriodKind

WEEKS = 4  # of weekly reports, so many weeks back; longer ones since the story begins
SOUGHT, COMES = 50, 30  # days ago a new colleague was sought, days until the first day


def sow(demo: Any) -> None:
    """Every report in its time, but for one that came late and one that never came."""
    diary = demo.diary()
    for period in _periods(demo):
        opens = max(period.start, demo.begins)
        diary.enter(demo.moment(demo.workday(opens), 8, 30), partial(_open, demo, diary, period))
    for period in demo.closed_quarters:
        diary.tell(demo.moment(demo.workday(period.start, 12), 11), _say_outside(demo))
    sought = demo.workday(demo.today - timedelta(days=SOUGHT))
    diary.tell(demo.moment(sought, 11), _find_a_colleague(demo))
    diary.play()
    demo.made["reports_handed_in"] = list(WorkReport.objects.exclude(submitted_at=None))


def _periods(demo: Any) -> list[Period]:
    """Those of every cadence that the rules know, up to the running ones."""
    found = []
    for kind in {one.cadence.value.every for one in demo.rules.reports} & set(PeriodKind):
        weeks_ago = demo.today - timedelta(weeks=WEEKS)
        period = Period.containing(kind, weeks_ago if kind == PeriodKind.WEEK else demo.begins)
        while period.start <= demo.today:
            found.append(period)
            period = period.next()
    return sorted(found)


def _open(demo: Any, diary: Any, period: Period) -> None:
    for row in open_reports(rules=demo.rules, period=period):
        demo.keep("work_reports", row)
        moment = _handed_in(row, len(demo.made["work_reports"]))
        if moment is not None:
            diary.enter(moment, partial(_submit, demo, row))


def _handed_in(row: WorkReport, place: int) -> datetime | None:
    """The second one that is owed comes late, the third never."""
    if place == 3:
        return None
    late = timedelta(hours=20) if place == 2 else timedelta(hours=-2)
    return row.due_at + late


def _submit(demo: Any, row: WorkReport) -> None:
    row.refresh_from_db()
    texts = {one.key: words.WRITTEN.format(label=one.label) for one in sections.written(row)}
    actor = demo.fresh(row.owner)
    report = submit_report(actor=actor, record=row, texts=texts, plan=words.PLANS, results=())
    if report.recipient is not None and clock.today() < demo.today - timedelta(days=3):
        read_report(actor=demo.fresh(report.recipient), record=report)


def _say_outside(demo: Any) -> Iterator[int]:
    """Written by who works clients, decided by the chain of the rules, and said (E8-5.3)."""
    author = demo.sellers[0]
    title, audience, text, where = words.STATEMENT
    statement = statements.create_statement(
        actor=demo.fresh(author),
        title=title.format(month=clock.today().month),
        kind=Statement.Kind.ARTICLE,
        audience=audience,
        planned_on=demo.workday(clock.today(), 8),
        text=text,
    )
    statements.submit_statement(actor=demo.fresh(author), record=statement, rules=demo.rules)
    yield from demo.approve(demo.keep("statements", statement))
    yield 1
    statements.release_statement(
        actor=demo.fresh(author),
        record=statement,
        released_on=clock.today(),
        released_where=where,
    )


def _find_a_colleague(demo: Any) -> Iterator[int]:
    """Sought, rated, chosen and decided by the chain of the rules; the first day is to come."""
    peer = next(one for one in reversed(demo.staff) if one.holds(Role.MEMBER))
    manager, unit = demo.manager_of(peer), home_unit(peer)
    opening = openings.create_opening(
        actor=manager,
        team=unit,
        post=Post.objects.get(memberships__user=peer, memberships__unit=unit),
        skills=words.SKILLS,
        reason=words.NEEDED,
        wanted_on=demo.today + timedelta(days=COMES),
    )
    opening = openings.open_opening(actor=manager, record=opening)
    yield 5
    name, username, phone, source = words.APPLICANT
    candidate = candidates.add_candidate(
        actor=demo.people["hr"], opening=opening, name=name, phone=phone, source=source
    )
    yield 3
    ratings = {one.key: 4 for one in demo.rules.recruitment.criteria}
    if ratings:
        candidates.rate_candidate(
            actor=demo.fresh(manager), record=candidate, ratings=ratings, rules=demo.rules
        )
    candidate = candidates.decide_candidate(
        actor=demo.fresh(manager), record=candidate, decision="chosen", reason=words.CHOSEN
    )
    change = changes.propose_hire(
        actor=demo.fresh(manager),
        rules=demo.rules,
        candidate=candidate,
        username=username,
        effective_on=demo.today + timedelta(days=COMES),
        reason=words.CHOSEN,
    )
    yield from demo.approve(demo.keep("personnel_changes", change))
