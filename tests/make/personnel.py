"""Openings, candidates and changes of staff for tests, made through the services."""

from datetime import timedelta
from typing import Any

from expansion import clock
from expansion.approvals.selectors import deciders, latest, open_step
from expansion.approvals.services import decide
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.office.services import candidates, changes, openings
from expansion.people.models import Membership, Post, Unit, User
from expansion.rulebook.selectors import rules_on
from tests.cast import Cast

PHONE, EMAIL = "+8613951870426", "gujia@example.com"


def days(number: int) -> Any:
    return clock.today() + timedelta(days=number)


def place(unit: str = "client", post: str = "member") -> dict[str, Any]:
    return {"team": Unit.objects.get(key=unit), "post": Post.objects.get(key=post)}


def target(unit: str = "research", post: str = "member") -> dict[str, Any]:
    found = place(unit, post)
    return {"to_unit": found["team"], "to_post": found["post"]}


def limited(key: str, headcount: int) -> Post:
    Post.objects.filter(key=key).update(headcount=headcount)
    return Post.objects.get(key=key)


def a_draft(cast: Cast, **values: Any) -> Opening:
    given = {
        **place(),
        "skills": "两年以上企业客户销售经验。",
        "traits": "说话有分寸。",
        "reason": "江北新开两家门店。",
        "wanted_on": days(30),
    }
    return openings.create_opening(actor=cast.manager, **given | values)


def an_opening(cast: Cast, **values: Any) -> Opening:
    return openings.open_opening(actor=cast.manager, record=a_draft(cast, **values))


def a_candidate(cast: Cast, *, opening: Opening | None = None, **values: Any) -> Candidate:
    given = {"name": "顾佳", "phone": PHONE, "email": EMAIL, "source": "林嘉推荐"}
    opening = opening or an_opening(cast)
    return candidates.add_candidate(actor=cast.hr, opening=opening, **given | values)


def a_chosen(cast: Cast, **values: Any) -> Candidate:
    return candidates.decide_candidate(
        actor=cast.manager,
        record=a_candidate(cast, **values),
        decision="chosen",
        reason="陪访时最稳。",
    )


def a_hire(cast: Cast, *, candidate: Candidate | None = None, **values: Any) -> PersonnelChange:
    given = {"username": "gu.jia", "effective_on": clock.today(), "reason": "补江北的人手。"}
    return changes.propose_hire(
        actor=cast.manager,
        rules=rules_on(),
        candidate=candidate or a_chosen(cast),
        **given | values,
    )


def seats(person: User) -> list[Membership]:
    return list(Membership.objects.on(clock.today()).filter(user=person))


def a_change(cast: Cast, kind: str = "transfer", **values: Any) -> PersonnelChange:
    """The member goes to research, or goes."""
    person = values.get("person", cast.member)
    moved = {} if kind == "dismissal" else {**target(), "seats": seats(person)}
    given = {
        "kind": kind,
        "person": person,
        "effective_on": clock.today(),
        "reason": "调研小组缺人。",
        **moved,
    }
    return changes.propose_change(actor=cast.manager, rules=rules_on(), **given | values)


def decided(change: PersonnelChange, decision: str = "approve", comment: str = "") -> Any:
    """The open step, by the first who may."""
    request = latest(change)
    actor = User.objects.get(pk=deciders(open_step(request))[0].pk)
    decide(actor=actor, request=request, decision=decision, comment=comment)
    change.refresh_from_db()
    return change


def approved(change: PersonnelChange) -> PersonnelChange:
    """Every step of the chain, as it is."""
    while change.status == PersonnelChange.Status.PROPOSED:
        decided(change)
    return change
