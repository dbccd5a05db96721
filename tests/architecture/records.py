"""One record of every kind, each with a marker word of its own in every text it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from appraisal.models import ConsequenceCase, Evidence, Participant, Review, Target
from appraisal.services import appeals
from crm.services import contacts, feedback, leads
from expansion import clock
from expansion.approvals.models import Note
from expansion.approvals.remarks import comment
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.files.services import attach
from expansion.jobs.services import enqueue
from expansion.notices.desk import create_robot
from expansion.notices.desk import reword as reword_notice
from expansion.notices.models import Mail
from expansion.notices.services import muted, tell
from expansion.office.models import WorkReport
from expansion.office.services import reports as work_reports
from expansion.office.services.handovers import open_handover
from expansion.people.models import LoginSession, Membership, Post, Unit
from expansion.people.services.links import create_link
from expansion.people.services.mandates import create_mandate
from expansion.people.services.shares import share_record
from expansion.people.services.tokens import create_token
from expansion.relations.services import link
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services.drafts import change_draft
from expansion.rulebook.services.interpretations import publish_interpretation
from expansion.surveys.models import Measure
from expansion.transfer.services import exports
from expansion.worktime import Period
from expansion.worktime.lines import Line
from expansion.worktime.services import correct_day, import_year
from partnerships.services.milestones import add_check
from tests.cast import Cast
from tests.make import (
    appraisal,
    authority,
    confidence,
    contracts,
    crm,
    imports,
    partnerships,
    personnel,
    research,
    surveys,
    training,
)
from training.services import enrol

WEEK = Period.parse("2026-W47")
QUARTER_BEFORE, OPENED_BEFORE = Period.parse("2026-Q2"), datetime(2026, 7, 1, 9)
PHONE = "13812346217"
CALENDAR_YEAR = 2030


def marker(kind: str) -> str:
    """The word that only texts of this kind's record hold. ASCII at its end: no escape hides it."""
    return f"机密标记七七zq{kind}qz"


def texts(kind: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, marker(kind))


def reword(record: Any, **words: Any) -> None:
    """Writes the words past the services, which take none in the record's present state."""
    type(record).objects.filter(pk=record.pk).update(**words)


def plausible(house: House) -> dict[str, Any]:
    """What a form or a script would send: words, days, and the ids of `member`'s records."""
    ids = {name: house.records[name].pk for name in ("client", "contract", "project", "partner")}
    words = dict.fromkeys(("reason", "text", "evidence", "said", "name", "title", "what"), "宫格")
    days = dict.fromkeys(("due_on", "done_on", "day", "started_on", "ended_on"), "2026-11-18")
    keys = {"channel": "phone", "party": "us", "decision": "approve", "source": "industry_report"}
    return ids | words | days | keys | {"met": True, "valid": True, "record": ids["client"]}


@dataclass
class House:
    """The cast and one record per kind; `ids` are those in an address beside the record's own."""

    cast: Cast
    records: dict[str, models.Model] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    def keep(self, kind: str, record: Any) -> Any:
        self.records[kind] = record
        return record


def build(cast: Cast) -> House:
    """The whole house in one state; the clock stands again where it stood."""
    house = House(cast)
    with clock.clock_at(clock.now()):
        build_appraisal(house)
    for part in (
        build_desk,
        build_authority,
        build_contracts,
        build_partnerships,
        build_research,
        build_training,
    ):
        part(house)
    build_office(house)
    build_people(house)
    build_surveys(house)
    build_transfer(house)
    build_calendar(house)
    return house


def build_appraisal(house: House) -> None:
    """An unqualified quarter with its case, then the member's delivered one with an appeal."""
    cast = house.cast
    low = {cast.partner_member.pk: 40} | dict.fromkeys(
        [one.pk for one in (cast.member, cast.colleague, cast.outsider, cast.leader)], 80
    )
    before = appraisal.whole_quarter(cast, {}, low, QUARTER_BEFORE, OPENED_BEFORE)
    appraisal.closed(before, by=cast.manager)
    case = ConsequenceCase.objects.filter(owner=cast.partner_member).latest("pk")
    reword(house.keep("case", case), reason=marker("case"))
    cycle = appraisal.whole_quarter(cast, {cast.member.pk: appraisal.EXAMPLE})
    house.keep("cycle", cycle)
    score = house.keep("score", appraisal.of(cycle, cast.member))
    house.keep("target", a_target(score))
    house.keep("result", score.result)
    own, judged = (
        Review.objects.get(participant=score, party=party) for party in ("self", "superior")
    )
    for kind, review in (("self-review", own), ("evaluation", judged)):
        reword(house.keep(kind, review), **texts(kind, "achievements", "problems", "plan"))
        reword(review.ratings.first(), comment=marker(kind))
    evidence = Evidence.objects.filter(line__participant=score, line__rated=False).first()
    reword(house.keep("evidence", evidence), **texts("evidence", "label", "note"))
    appeal = appeals.file_appeal(
        actor=cast.member, record=score, ground="rating", text=marker("appeal")
    )
    house.keep("appeal", appeal)


def a_target(score: Participant) -> Target:
    """As if set before the evidence was frozen."""
    given = {"indicator": "new_clients", "part": "number", "value": 9}
    return Target.objects.create(cycle=score.cycle, person=score.owner, team=score.team, **given)


def build_desk(house: House) -> None:
    member = house.cast.member
    client = house.keep("client", a_client(member, "client"))
    contact = client.contacts.first()
    contacts.update_contact(
        actor=member, record=contact, phones=PHONE, **texts("contact", "name", "note", "post")
    )
    house.keep("contact", contact)
    house.keep("point", client.points.filter(kind="phone").first())
    lead = crm.lead(member, client, marker("lead"))
    leads.update_lead(actor=member, record=lead, need=marker("lead"))
    house.keep("lead", lead)
    crm.opportunity(member, client, marker("opportunity"), need=marker("opportunity"))
    house.keep("opportunity", client.opportunities.get())
    visit = crm.visit(
        member, client, marker("visit"), **texts("visit", "needs", "opinions", "concerns")
    )
    house.keep("visit", visit)
    feedback.comment_visit(actor=house.cast.manager, record=visit, text=marker("visit"))
    house.keep("communication", crm.call(member, client, marker("communication")))
    plan = crm.planned(member, client, **texts("plan-of-visit", "purpose", "materials", "place"))
    house.keep("plan-of-visit", plan)
    upload = SimpleUploadedFile(f"{marker('file')}.pdf", b"%PDF-1.7\n" + marker("file").encode())
    house.keep("file", attach(actor=member, record=client, upload=upload))


def a_client(owner: Any, kind: str) -> Any:
    words = ("industry", "business_scope", "preferences", "region", "address", "note")
    return crm.client(
        owner,
        marker(kind),
        contact={"name": marker(kind), "post": marker(kind), "phones": PHONE},
        **texts(kind, *words),
    )


def build_authority(house: House) -> None:
    """A major client that waits for the manager, and the bottom line of an opportunity."""
    member = house.cast.member
    grand = house.keep("grand", a_client(member, "grand"))
    house.keep("escalation", authority.escalation(house.cast, client=grand))
    deal = house.records["opportunity"]
    line = authority.bottom_line(member, deal, price=1, note=marker("bottom-line"))
    house.keep("bottom-line", line)


def build_contracts(house: House) -> None:
    """A draft, and one that waits for legal after the manager has approved and noted something."""
    cast, client = house.cast, house.records["client"]
    words = texts("contract", "title", "scope", "duties", "payment", "special")
    draft = house.keep("contract", contracts.a_contract(cast, client=client, **words))
    reword(house.keep("obligation", draft.obligations.first()), what=marker("obligation"))
    words = texts("deal", "title", "scope", "duties", "payment", "special")
    request = house.keep("request", contracts.submitted(cast, client=client, **words))
    house.keep("deal", request.about)
    comment(actor=cast.member, request=request, text=marker("deal"))
    note = {"section": "payment", "text": marker("deal")}
    decide(
        actor=cast.manager, request=request, decision="approve",
        comment=marker("deal"), notes=[note],
    )  # fmt: skip
    house.keep("note", Note.objects.get())
    house.keep("step", request.steps.get(status="open"))


def build_partnerships(house: House) -> None:
    owner = house.cast.partner_member
    firm = house.keep("ally", a_client(owner, "ally"))
    partner = partnerships.partner(owner, client=firm, capacity=marker("partner"))
    house.keep("partner", partner)
    words = texts("project", "title", "scheme", "resources")
    project = house.keep("project", partnerships.running(owner, of=partner, **words))
    check = add_check(
        actor=house.cast.manager, record=project, progress=10, rating=4, findings=marker("check")
    )
    house.keep("check", check)
    house.keep("milestone", partnerships.phase(owner, project, title=marker("milestone")))


def build_research(house: House) -> None:
    cast = house.cast
    words = texts("finding", "title", "text", "origin")
    finding = house.keep("finding", research.a_finding(cast, **words))
    tied = link(actor=cast.manager, source=house.records["project"], target=finding, kind="cites")
    house.keep("relation", tied)
    body = texts("plan", *research.PLAN)
    house.keep("plan", research.a_plan(cast, title=marker("plan"), texts=body))
    body = texts("study", *research.SECTIONS)
    house.keep("study", research.a_report(cast, title=marker("study"), texts=body))


def build_training(house: House) -> None:
    leader = house.cast.leader
    words = texts("course", "title", "content")
    course = house.keep("course", training.course(leader, hours=Decimal("2.0"), **words))
    words = texts("session", "place", "note")
    session = house.keep("session", training.enrolling(leader, of=course, **words))
    house.keep("enrolment", enrol(actor=house.cast.member, record=session))


def build_office(house: House) -> None:
    work_reports.open_reports(rules=rules_on(), period=WEEK)
    report = WorkReport.objects.filter(owner=house.cast.member).earliest("pk")
    words = {key: marker("work-report") for key in report.outline}
    # The regulation of the cast names nobody who gathers reports; this one is gathered.
    gathered = {"gathered_by": "consolidator"}
    reword(house.keep("work-report", report), texts=words, plan=[marker("work-report")], **gathered)
    handover = open_handover(
        actor=house.cast.manager, person=house.cast.colleague, last_day=clock.today(),
        reason=marker("handover"), things=[marker("handover")],
    )  # fmt: skip
    house.keep("handover", handover)
    house.ids["thing"] = handover.things.get().pk
    build_confidence(house)
    build_personnel(house)


def build_personnel(house: House) -> None:
    """An opening with an applicant, and a dismissal that is being decided."""
    cast = house.cast
    words = texts("opening", "skills", "traits", "duties", "reason")
    opening = house.keep("opening", personnel.an_opening(cast, **words))
    words = texts("candidate", "name", "source", "note")
    house.keep("candidate", personnel.a_candidate(cast, opening=opening, **words))
    words = texts("change", "reason", "source_case")
    change = personnel.a_change(cast, "dismissal", person=cast.partner_member, **words)
    house.keep("change", change)


def build_confidence(house: House) -> None:
    cast = house.cast
    house.keep("nda", confidence.nda(cast, edition=marker("nda")))
    words = texts("statement", "title", "audience", "text")
    house.keep("statement", confidence.statement(cast, **words))
    words = texts("right", "title", "number", "holder", "note")
    house.keep("right", confidence.right(cast.manager, **words))
    words = texts("matter", "counterpart", "matter", "done")
    house.keep("matter", confidence.matter(cast.member, **words))


def build_surveys(house: House) -> None:
    """A draft with everything in it, and one that is open: its link tells no word of the first."""
    cast, client = house.cast, house.records["client"]
    words = texts("questionnaire", "title", "purpose", "intro")
    draft = house.keep("questionnaire", surveys.drafted(cast, clients=[client], **words))
    reword(house.keep("question", draft.questions.first()), text=marker("question"))
    house.keep("invitation", draft.invitations.get())
    measure = Measure.objects.create(
        questionnaire=draft, text=marker("measure"), responsible=cast.member,
        due_on=clock.today(),
    )  # fmt: skip
    house.keep("measure", measure)
    with muted():
        opened = surveys.opened(cast)
    house.ids["guest-secret"] = surveys.link(cast, opened.invitations.first())


def build_notices(house: House) -> None:
    """A robot, a mail that was given up, and words of an administrator's."""
    admin = house.cast.administrator
    robot = create_robot(
        actor=admin, name=marker("robot"), kind="wecom", variable="ROBOT_GRID",
        groups=["approvals"], language="zh-hans", is_active=False,
    )  # fmt: skip
    house.keep("robot", robot)
    mail = Mail.objects.create(
        robot=robot, kind="approvals.open", message_id="<grid@x>", batch="<grid@x>",
        state=Mail.State.FAILED, ready_at=clock.now(), error=marker("mail"), url="/notices/",
    )  # fmt: skip
    house.keep("mail", mail)
    words = {"kind": "crm.visit.missed", "language": "zh-hans", "title": marker("wording")}
    house.keep("wording", reword_notice(actor=admin, **words))


def build_people(house: House) -> None:
    cast = house.cast
    house.keep("person", cast.colleague)
    house.keep("unit", Unit.objects.get(key="client"))
    house.keep("post", Post.objects.get(key="leader"))
    house.keep("seat", Membership.objects.get(user=cast.colleague))
    mandate = create_mandate(
        actor=cast.administrator,
        principal=cast.leader,
        delegate=cast.colleague,
        starts_at=clock.now() + timedelta(days=30),
        ends_at=clock.now() + timedelta(days=33),
        reason="leave",
    )
    house.keep("mandate", mandate)
    expires = clock.today() + timedelta(days=30)
    token, _secret = create_token(actor=cast.member, name=marker("token"), expires_on=expires)
    house.keep("token", token)
    _link, house.ids["account-link"] = create_link(actor=cast.administrator, record=cast.colleague)
    house.ids["factor"] = a_factor(cast.member).pk
    house.ids["login-session"] = a_session(cast.member).mark
    build_share(house)
    told = tell(
        people=[cast.member], kind="crm.visit.due", title=marker("notice"), url="/",
        text=marker("notice"),
    )  # fmt: skip
    house.keep("notice", told[0])
    build_notices(house)
    house.keep("job", enqueue("jobs.forget_old_runs", actor=cast.member))
    draft = change_draft(actor=cast.administrator, reason=marker("draft"))
    house.keep("draft", draft)
    note = publish_interpretation(
        actor=cast.manager, clause="A-3.2.4c", text="电话回访不算拜访。", rules=rules_on()
    )
    house.keep("interpretation", note)


def a_factor(person: Any) -> Authenticator:
    return Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)}
    )


def a_session(person: Any) -> LoginSession:
    return LoginSession.objects.create(
        session_key=f"grid-{person.username}",
        person=person,
        stamp=person.get_session_auth_hash(),
        expire_date=clock.now() + timedelta(days=365),
        since=clock.now(),
        seen_at=clock.now(),
    )


def build_share(house: House) -> None:
    """One that has ended: it opens nothing, and can still be taken away."""
    client, last_week = house.records["client"], timedelta(days=7)
    with clock.clock_at(clock.now() - last_week), muted():
        share = share_record(
            actor=house.cast.member, record=client, person=house.cast.liaison,
            until=clock.today(), reason=marker("client"),
        )  # fmt: skip
    house.ids["ended-share"] = share.pk


def build_calendar(house: House) -> None:
    """The notice of a year in which nothing else happens, and a day of it that was corrected."""
    keeper, name = house.cast.administrator, marker("calendar")
    days = [Line(date(CALENDAR_YEAR, 5, 1), False, name), Line(date(CALENDAR_YEAR, 5, 4), True)]
    notice = import_year(actor=keeper, year=CALENDAR_YEAR, days=days, source=name)
    house.keep("calendar", notice)
    corrected = correct_day(
        actor=keeper, day=date(CALENDAR_YEAR, 6, 3), works=False, name=marker("corrected-day")
    )
    house.keep("corrected-day", corrected)


def build_transfer(house: House) -> None:
    member = house.cast.member
    row = imports.row(marker("import"), 备注=marker("import"))
    batch = house.keep("import", imports.checked(member, imports.workbook(row)))
    house.keep("import-row", batch.rows.get(kind="data"))
    query = f"q={marker('export')}"
    house.keep(
        "export",
        exports.export_list(rules=rules_on(), actor=member, key="crm.clients", query=query),
    )
    house.keep("entry", Entry.objects.filter(verb="crm.client.created").earliest("pk"))
