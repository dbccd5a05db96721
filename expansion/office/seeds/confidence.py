"""Agreements, statements, rights and public matters of the demo department, in every state."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from expansion import clock, worktime
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.office.models import Statement
from expansion.office.seeds import confidence_words as words
from expansion.office.services import matters, ndas, rights, statements
from expansion.people.seeds import NEW
from expansion.rulebook.selectors import rules_on

FIRST_EDITION, SECOND_EDITION = "2025 版", "2026 版"
COMPANY_PEOPLE = ("hr", "legal", "leadership", "admin", "finance", "liaison", "deng.bo")
NEVER_SIGNED, RUN_OUT, OLD_TEXT = "dan.yu", "ma.rui", "zeng.li"
RENEWED = ("manager", "deputy", "leader.client", "leader.partnership", "member.client")


def sow(demo: Any) -> None:
    """What was there when the story began, then each act in its time; the daily reminder last."""
    diary = demo.diary()
    first = demo.moment(demo.workday(demo.begins), 10, 30)
    diary.enter(first, partial(_agreements, demo))
    diary.enter(first + timedelta(hours=1), partial(_rights, demo))
    diary.enter(demo.moment(_ago(demo, 75), 15, 0), partial(_renewals, demo))
    for line in words.STATEMENTS:
        diary.enter(demo.moment(_ago(demo, line[0]), 10, 0), partial(_write, demo, diary, *line))
    for line in words.MATTERS:
        diary.enter(demo.moment(_ago(demo, line[0]), 16, 30), partial(_log, demo, *line))
    yesterday = worktime.last_workday_on_or_before(demo.today - timedelta(days=1))
    diary.enter(demo.moment(yesterday, 8, 50), _remind)
    diary.play()


def _ago(demo: Any, days: int) -> date:
    """So many days ago in a story of 236 days; a shorter one is told faster, but for its end."""
    scale = (demo.today - demo.begins).days / 236 if days > 10 else 1
    return worktime.last_workday_on_or_before(demo.today - timedelta(days=round(days * scale)))


def _agreements(demo: Any) -> None:
    signed = date(demo.begins.year - 1, 1, 6)
    for name, person in demo.people.items():
        if name in (*COMPANY_PEOPLE, NEW, NEVER_SIGNED):
            continue
        ndas.record_nda(
            actor=demo.people["hr"],
            rules=rules_on(),
            person=person,
            edition=FIRST_EDITION,
            signed_on=signed,
            survives_leaving=name != OLD_TEXT,
            until=demo.today - timedelta(days=12) if name == RUN_OUT else None,
        )


def _renewals(demo: Any) -> None:
    for name in RENEWED:
        ndas.record_nda(
            actor=demo.people["hr"],
            rules=rules_on(),
            person=demo.people[name],
            edition=SECOND_EDITION,
            signed_on=clock.today(),
        )


def _rights(demo: Any) -> None:
    for recorder, kind, title, number, registered, expires, note in words.RIGHTS:
        rights.register_right(
            actor=demo.people[recorder],
            rules=rules_on(),
            kind=kind,
            title=title,
            number=number,
            holder=words.COMPANY,
            registered_on=registered and demo.today - timedelta(days=registered),
            expires_on=expires and demo.today + timedelta(days=expires),
            note=note,
        )


def _log(
    demo: Any,
    days: int,
    owner: str,
    counterpart: str,
    matter: str,
    done: str,
    follow_up: int | None,
) -> None:
    matters.log_matter(
        actor=demo.people[owner],
        happened_on=clock.today(),
        counterpart=counterpart,
        matter=matter,
        done=done,
        follow_up_on=None if follow_up is None else demo.today + timedelta(days=follow_up),
    )


def _write(
    demo: Any,
    diary: Any,
    days: int,
    author: str,
    kind: str,
    state: str,
    planned: int,
    title: str,
    audience: str,
    text: str,
    last: str,
) -> None:
    """Drafts it, and takes it as far as it is to come; `last` is where, or why not."""
    statement = statements.create_statement(
        actor=demo.people[author],
        title=title,
        kind=kind,
        audience=audience,
        planned_on=_ago(demo, -planned) if planned < -10 else demo.today + timedelta(days=planned),
        text=text,
    )
    if state == "draft":
        return
    if state == "withdrawn":
        act = partial(
            statements.withdraw_statement, actor=statement.owner, record=statement, reason=last
        )
        diary.enter(clock.now() + timedelta(hours=30), act)
        return
    statements.submit_statement(actor=statement.owner, record=statement, rules=rules_on())
    if state != "submitted":
        act = partial(_decide, demo, diary, statement, state, last)
        diary.enter(clock.now() + timedelta(hours=5), act)


def _decide(demo: Any, diary: Any, statement: Statement, state: str, last: str) -> None:
    manager, request = demo.manager_on(clock.now()), latest(statement)
    if state in ("returned", "rejected"):
        kind = "return" if state == "returned" else "reject"
        decide(actor=manager, request=request, decision=kind, comment=last)
        return
    decide(actor=manager, request=request, decision="approve")
    if state != "half":
        following = demo.workday(clock.today() + timedelta(days=1))
        act = partial(_approve, demo, diary, statement, state, last)
        diary.enter(demo.moment(following, 10, 20), act)


def _approve(demo: Any, diary: Any, statement: Statement, state: str, last: str) -> None:
    leadership = demo.acting("leadership")
    decide(actor=leadership, request=latest(statement), decision="approve", comment=words.APPROVED)
    if state == "released":
        diary.enter(clock.moment_on(statement.planned_on, words.SAID_AT), _release(statement, last))


def _release(statement: Statement, where: str) -> Any:
    def act() -> None:
        statements.release_statement(
            actor=statement.owner,
            record=statement,
            released_on=clock.today(),
            released_where=where,
        )

    return act


def _remind() -> None:
    """As the timetable does every morning."""
    ndas.remind_of_ndas(rules=rules_on())
    rights.remind_of_rights(rules=rules_on())
    matters.remind_of_follow_ups()
