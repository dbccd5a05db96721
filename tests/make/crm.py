"""Builders of the client desk: each makes one record through its service."""

from datetime import datetime, timedelta
from itertools import count

from crm.models import Client, Communication, Contact, Lead, Opportunity, Visit
from crm.services import check_in, clients, communications, contacts, leads, opportunities, visits
from expansion import clock
from expansion.rulebook.selectors import rules_on, version_on

_number = count(1)


def client(owner, name: str = "", **values) -> Client:
    name = name or f"杭州第{next(_number)}商贸有限公司"
    return clients.create_client(actor=owner, name=name, **values)


def contact(actor, of: Client, name: str = "") -> Contact:
    return contacts.add_contact(actor=actor, record=of, name=name or f"联系人{next(_number)}")


def visit(actor, at: Client, said: str = "谈了年会场地。", **values) -> Visit:
    """A recorded visit."""
    return visits.log_visit(actor=actor, rules=rules_on(), client=at, said=said, **values)


def planned(actor, at: Client, when: datetime | None = None, **values) -> Visit:
    """A planned visit, in two hours where no time is given."""
    when = when or clock.now() + timedelta(hours=2)
    return visits.plan_visit(actor=actor, client=at, planned_at=when, **values)


def checked_in(actor, visit: Visit) -> Visit:
    return check_in.check_in(actor=actor, rules=rules_on(), record=visit, reason="没有信号")


def call(actor, to: Client, said: str = "确认下午两点面谈。", **values) -> Communication:
    return communications.log_communication(
        actor=actor, rules=rules_on(), client=to, said=said, **{"channel": "phone", **values}
    )


def lead(actor, of: Client, title: str = "年会场地") -> Lead:
    return leads.create_lead(actor=actor, client=of, title=title)


def marked(actor, one: Lead, *keys: str, met: bool = True, **values) -> Lead:
    for key in keys:
        leads.mark_condition(
            actor=actor, rules=rules_on(), record=one, key=key, met=met,
            evidence="电话里确认。", **values,
        )  # fmt: skip
    one.refresh_from_db()
    return one


def opportunity(actor, of: Client, title: str = "年会场地", **values) -> Opportunity:
    return opportunities.create_opportunity(
        actor=actor, client=of, title=title, rules_version=version_on(), **values
    )
