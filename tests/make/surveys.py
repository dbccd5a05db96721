"""Questionnaires for tests, made by the services: a draft, an open one, one that is over."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from crm.models import Client
from expansion.guests.services import submit_pass
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on, version_on
from expansion.surveys.models import Invitation, Question, Questionnaire
from expansion.surveys.services import closing, inviting, questionnaires
from tests.cast import Cast
from tests.make import crm

BASE = "http://testserver/"
SCALE = {"text": "您对我们的服务满意吗？", "kind": "scale", "counts": True}
YES_NO = {"text": "问题是否及时解决？", "kind": "yes_no", "counts": True, "required": False}
WORDS = {"text": "还想对我们说什么？", "kind": "text", "required": False}


def draft(cast: Cast, *, actor: User | None = None, **values: Any) -> Questionnaire:
    """The member's, without questions, open until the end of November."""
    given = {
        "title": "第四季度客户满意度",
        "audience": "clients",
        "purpose": "改进服务。",
        "intro": "只需一分钟。",
        "valid_until": date(2026, 11, 30),
    }
    return questionnaires.create_questionnaire(
        actor=actor or cast.member, rules=rules_on(), **given | values
    )


def question(record: Questionnaire, **values: Any) -> Question:
    given = {"options": "", "required": True, "counts": False, "order": None}
    return questionnaires.add_question(actor=record.owner, record=record, **given | values)


def drafted(cast: Cast, *, clients: Sequence[Client] | None = None, **values: Any) -> Questionnaire:
    """With a scale, a yes or no and a text, and the member's clients to be asked: three."""
    record = draft(cast, **values)
    for one in (SCALE, YES_NO, WORDS):
        question(record, **one)
    if clients is None:
        clients = [crm.client(record.owner) for _number in range(3)]
    return invited(record, clients)


def invited(record: Questionnaire, clients: Iterable[Client]) -> Questionnaire:
    keys = [f"{one.pk}-{_contact(one)}" for one in clients]
    return inviting.invite(
        actor=record.owner, record=record, source="crm.clients", keys=keys, base=BASE
    )


def _contact(client: Client) -> int:
    found = client.contacts.filter(deleted_at=None).first()
    return found.pk if found else 0


def opened(cast: Cast, **values: Any) -> Questionnaire:
    return sent(drafted(cast, **values))


def sent(record: Questionnaire) -> Questionnaire:
    return inviting.send_questionnaire(
        actor=record.owner, record=record, rules=rules_on(), rules_version=version_on(), base=BASE
    )


def link(cast: Cast, invitation: Invitation) -> str:
    """The secret of a link handed over by whoever runs the questionnaire."""
    _invitation, secret = inviting.make_link(
        actor=invitation.questionnaire.owner, record=invitation
    )
    return secret


def answer(cast: Cast, invitation: Invitation, mark: int = 5, text: str = "") -> None:
    """Somebody outside gives this mark, and these words if there are any."""
    scale, _yes_no, words = invitation.questionnaire.questions.all()
    values: dict[int, Any] = {scale.pk: mark}
    submit_pass(secret=link(cast, invitation), values=values | ({words.pk: text} if text else {}))


def answered(cast: Cast, marks: Sequence[int], **values: Any) -> Questionnaire:
    """An open one with three clients, or as many as there are marks, and these marks given."""
    number = max(3, len(marks))
    owner = values.get("actor") or cast.member
    clients = [crm.client(owner) for _number in range(number)]
    record = opened(cast, clients=clients, **values)
    for invitation, mark in zip(record.invitations.all(), marks, strict=False):
        answer(cast, invitation, mark)
    return record


def closed(cast: Cast, marks: Sequence[int], **values: Any) -> Questionnaire:
    record = answered(cast, marks, **values)
    return closing.close_questionnaire(actor=record.owner, record=record)


def reported(cast: Cast, *, title: str = "客户满意度", **values: Any) -> Questionnaire:
    """The member's, reported on with one measure: the own one until the first of December, unless
    `values` say otherwise."""
    record = closed(cast, [5, 4, 3], title=title)
    given = {"text": "缩短开票时间。", "responsible": record.owner, "due_on": date(2026, 12, 1)}
    closing.add_measure(actor=record.owner, record=record, **given | values)
    return closing.report_questionnaire(actor=record.owner, record=record, summary="开票慢。")
