"""Agreements, external statements, rights and public matters for tests, made by the services."""

from datetime import date
from typing import Any

from expansion.approvals.models import Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.office.models import IpRight, Nda, PublicMatter, Statement
from expansion.office.services import matters, ndas, rights, statements
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on
from tests.cast import Cast


def nda(cast: Cast, person: User | None = None, *, actor: User | None = None, **values: Any) -> Nda:
    """The member's, signed at the beginning of the year, where nothing else is said."""
    given = {"edition": "2026 版", "signed_on": date(2026, 1, 5)}
    return ndas.record_nda(
        actor=actor or cast.hr, rules=rules_on(), person=person or cast.member, **given | values
    )


def statement(cast: Cast, *, actor: User | None = None, **values: Any) -> Statement:
    """A draft of the member's with a text."""
    given = {
        "title": "企业团建怎么选场地",
        "kind": "talk",
        "audience": "人力资源协会沙龙",
        "planned_on": date(2026, 11, 25),
        "text": "人数怎么估，大小房怎么配。",
    }
    return statements.create_statement(actor=actor or cast.member, **given | values)


def submitted(cast: Cast, **values: Any) -> Request:
    made = statement(cast, **values)
    statements.submit_statement(actor=made.owner, record=made, rules=rules_on())
    return latest(made)


def approved(cast: Cast, **values: Any) -> Statement:
    request = submitted(cast, **values)
    for person in (cast.manager, cast.leadership):
        decide(actor=person, request=request, decision="approve")
    return Statement.objects.get(pk=request.about_id)


def released(cast: Cast, **values: Any) -> Statement:
    made = approved(cast, **values)
    return statements.release_statement(
        actor=made.owner, record=made, released_on=date(2026, 11, 18), released_where="沙龙现场"
    )


def right(actor: User, **values: Any) -> IpRight:
    given = {
        "kind": "trademark",
        "title": "“欢唱荟”文字商标",
        "number": "第 21836457 号",
        "holder": "南京欢唱文化娱乐有限公司",
        "registered_on": date(2017, 12, 28),
        "expires_on": date(2027, 12, 27),
    }
    return rights.register_right(actor=actor, rules=rules_on(), **given | values)


def matter(actor: User, **values: Any) -> PublicMatter:
    given = {
        "happened_on": date(2026, 11, 16),
        "counterpart": "凤凰街道办事处",
        "matter": "社区合唱节借场地",
        "done": "原则同意，等来函。",
    }
    return matters.log_matter(actor=actor, **given | values)
