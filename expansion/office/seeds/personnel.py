"""Openings, candidates and changes of staff of the demo department, in every state."""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from expansion import worktime
from expansion.approvals.selectors import deciders, latest, open_step
from expansion.approvals.services import decide, withdraw
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.office.seeds import personnel_words as words
from expansion.office.selectors.personnel import seats_on
from expansion.office.services import candidates, changes, effects, forgetting, openings
from expansion.people.models import Post, Unit
from expansion.rulebook.selectors import rules_on

# Who moves: effective, approved for later, in question, returned, called off, turned down.
ROTATED, MOVES_ON, FAILING = "zhao.yiming", "ma.rui", "qian.wen"
STAYS, NEEDED, KEEPS_THE_LEAD = "shen.jiayi", "dan.yu", "leader.partnership"


def sow(demo: Any) -> None:
    """Each act in its time, the oldest first."""
    hired = _fill_a_place(demo)
    _give_up_an_opening(demo)
    _turn_down(demo)
    _call_off(demo)
    _rotate(demo)
    _return(demo)
    _approve_for_later(demo)
    _look_for_researchers(demo)
    _propose_dismissal(demo)
    _draft(demo)
    with _at(demo, 9, 16):
        forgetting.forget_candidate(
            actor=demo.people["hr"],
            record=hired.opening.candidates.get(name=words.GOES),
            reason=words.ASKED,
        )


def _ago(demo: Any, days: int) -> date:
    return worktime.last_workday_on_or_before(demo.today - timedelta(days=days))


def _at(demo: Any, days: int, hour: int) -> AbstractContextManager[None]:
    """Inside the block it is that hour, so many days ago."""
    moved: AbstractContextManager[None] = demo.at(demo.moment(_ago(demo, days), hour, 10))
    return moved


def _manager(demo: Any, days: int, hour: int) -> Any:
    return demo.manager_on(demo.moment(_ago(demo, days), hour, 10))


def _place(unit: str, post: str) -> dict[str, Any]:
    return {"team": Unit.objects.get(key=unit), "post": Post.objects.get(key=post)}


def _opened(demo: Any, days: int, unit: str, post: str, **given: Any) -> Opening:
    with _at(demo, days, 10):
        actor = _manager(demo, days, 10)
        opening = openings.create_opening(actor=actor, **_place(unit, post), **given)
        return openings.open_opening(actor=actor, record=opening)


def _applies(demo: Any, opening: Opening, line: words.Applicant) -> Candidate:
    """Noted by HR, rated after the talk, and decided as far as it has come."""
    hr, manager = demo.people["hr"], _manager(demo, line.days, 11)
    with _at(demo, line.days, 11):
        candidate = candidates.add_candidate(
            actor=hr,
            opening=opening,
            name=line.name,
            phone=line.phone,
            email=line.email,
            source=line.source,
            note=line.note,
        )
        if line.ratings:
            keys = [one.key for one in rules_on().recruitment.criteria]
            given = dict(zip(keys, line.ratings, strict=False))
            candidates.rate_candidate(
                actor=manager, record=candidate, ratings=given, rules=rules_on()
            )
        for decision, reason in line.decisions:
            candidate = candidates.decide_candidate(
                actor=manager, record=candidate, decision=decision, reason=reason
            )
    return candidate


def _decided(demo: Any, change: PersonnelChange, *decisions: tuple[str, str]) -> PersonnelChange:
    """One decision for each step, by whoever may decide it."""
    for decision, comment in decisions:
        request = latest(change)
        actor = deciders(open_step(request))[0]
        decide(
            actor=demo.acting(actor.username), request=request, decision=decision, comment=comment
        )
    change.refresh_from_db()
    return change


def _proposed(demo: Any, days: int, kind: str, who: str, **given: Any) -> PersonnelChange:
    person = demo.people[who]
    seats = list(seats_on(_ago(demo, days)).filter(user=person))
    with _at(demo, days, 14):
        return changes.propose_change(
            actor=_manager(demo, days, 14),
            rules=rules_on(),
            kind=kind,
            person=person,
            seats=seats,
            **given,
        )


def _to(unit: str, post: str) -> dict[str, Any]:
    place = _place(unit, post)
    return {"to_unit": place["team"], "to_post": place["post"]}


APPROVED = ("approve", "")


def _fill_a_place(demo: Any) -> Candidate:
    """An opening, three applicants, one of them hired: the place is filled by it."""
    opening = _opened(demo, 92, "client", "member", wanted_on=_ago(demo, 30), **words.DEVELOPER)
    hired, *_others = [_applies(demo, opening, line) for line in words.DEVELOPERS]
    first_day = demo.workday(demo.today - timedelta(days=24))
    with _at(demo, 48, 15):
        change = changes.propose_hire(
            actor=_manager(demo, 48, 15),
            rules=rules_on(),
            candidate=hired,
            username=words.NEWCOMER,
            effective_on=first_day,
            reason=hired.decision_reason,
        )
    with _at(demo, 46, 10):
        _decided(demo, change, ("approve", "同意录用，试用三个月。"), APPROVED)
    _let_take_effect(demo, first_day)
    return hired


def _let_take_effect(demo: Any, day: date) -> None:
    with demo.at(demo.moment(day, 0, 5)):
        effects.make_due_effective()


def _give_up_an_opening(demo: Any) -> None:
    opening = _opened(demo, 70, "partnership", "member", wanted_on=_ago(demo, 20), **words.PLANNER)
    with _at(demo, 41, 17):
        openings.withdraw_opening(
            actor=_manager(demo, 41, 17), record=opening, reason=words.NO_BUDGET
        )


def _turn_down(demo: Any) -> None:
    """A demotion that leadership does not follow."""
    change = _proposed(
        demo,
        38,
        "demotion",
        KEEPS_THE_LEAD,
        effective_on=_ago(demo, 20),
        **_to("partnership", "member"),
        **words.DEMOTION,
    )
    with _at(demo, 36, 16):
        _decided(demo, change, APPROVED, ("reject", words.KEEP_THE_LEAD))


def _call_off(demo: Any) -> None:
    change = _proposed(
        demo,
        33,
        "transfer",
        NEEDED,
        effective_on=_ago(demo, 15),
        **_to("research", "member"),
        **words.TRANSFER,
    )
    with _at(demo, 33, 17):
        request = latest(change)
        withdraw(actor=demo.acting(request.submitted_by.username), request=request)


def _rotate(demo: Any) -> None:
    """One rotation that has taken effect this week."""
    day = worktime.last_workday_on_or_before(demo.today - timedelta(days=1))
    change = _proposed(
        demo,
        19,
        "rotation",
        ROTATED,
        effective_on=day,
        **_to("partnership", "member"),
        **words.ROTATION,
    )
    with _at(demo, 17, 11):
        _decided(demo, change, APPROVED, ("approve", "轮岗期间薪资不变，已通知薪酬。"))
    _let_take_effect(demo, day)


def _return(demo: Any) -> None:
    change = _proposed(
        demo,
        12,
        "transfer",
        STAYS,
        effective_on=demo.next_workday(9),
        **_to("research", "member"),
        **words.UNCLEAR,
    )
    with _at(demo, 10, 15):
        _decided(demo, change, ("return", words.SAY_WHO_TAKES_OVER))


def _approve_for_later(demo: Any) -> None:
    change = _proposed(
        demo,
        11,
        "transfer",
        MOVES_ON,
        effective_on=demo.next_workday(10),
        **_to("client", "member"),
        **words.MOVE,
    )
    with _at(demo, 8, 10):
        _decided(demo, change, APPROVED, APPROVED)


def _look_for_researchers(demo: Any) -> None:
    """An opening that is open: candidates at every point, one of them proposed to be hired."""
    opening = _opened(
        demo, 26, "research", "member", wanted_on=demo.next_workday(12), **words.RESEARCHER
    )
    found = [_applies(demo, opening, line) for line in words.RESEARCHERS]
    chosen = next(one for one in found if one.decision == Candidate.Decision.CHOSEN)
    with _at(demo, 5, 15):
        changes.propose_hire(
            actor=_manager(demo, 5, 15),
            rules=rules_on(),
            candidate=chosen,
            username=words.COMES_NEXT,
            effective_on=demo.next_workday(12),
            reason=chosen.decision_reason,
        )


def _propose_dismissal(demo: Any) -> None:
    """Two unqualified quarters in a row; HR has agreed, leadership has still to decide."""
    change = _proposed(
        demo, 6, "dismissal", FAILING, effective_on=demo.next_workday(15), **words.DISMISSAL
    )
    with _at(demo, 5, 11):
        _decided(demo, change, ("approve", words.TALKED_TWICE))


def _draft(demo: Any) -> None:
    with _at(demo, 4, 16):
        openings.create_opening(
            actor=_manager(demo, 4, 16),
            **_place("partnership", "member"),
            wanted_on=demo.next_workday(40),
            **words.PARTNER_MEMBER,
        )
