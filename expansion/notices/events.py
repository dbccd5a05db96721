"""The kinds of events that are told, in words, and the groups in which people think of them.

A kind that is not listed here is told all the same; it is called by its group, and its words cannot
be changed in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Group(models.TextChoices):
    APPROVALS = "approvals", _("Approvals")
    DEADLINES = "deadlines", _("Deadlines and what is overdue")
    SHARING = "sharing", _("Shares, handover and acting for others")
    WORK = "work", _("Comments and daily work")
    PERSONNEL = "personnel", _("Staff and openings")
    APPRAISAL = "appraisal", _("Appraisal")
    SECURITY = "security", _("Account and security")


# What a group's chat may hear of: nothing that concerns one person alone.
FOR_ROBOTS = (Group.APPROVALS, Group.DEADLINES, Group.SHARING, Group.WORK)

# The first beginning that fits decides; then the ending; what is left is daily work.
BEGINNINGS = {
    "approvals.": Group.APPROVALS,
    "rulebook.": Group.APPROVALS,
    "appraisal.": Group.APPRAISAL,
    "people.": Group.SECURITY,
    "jobs.silent": Group.SECURITY,
    "notices.failed": Group.SECURITY,
    "transfer.large": Group.SECURITY,
    "transfer.many": Group.SECURITY,
    "mandate.": Group.SHARING,
    "record.shared": Group.SHARING,
    "office.handover": Group.SHARING,
    "crm.clients.handed_over": Group.SHARING,
    "office.change": Group.PERSONNEL,
    "office.opening": Group.PERSONNEL,
}
ENDINGS = ("due", "overdue", "missed", "missing", "ending", "expires", "follow_up", "reminded")


def group_of(kind: str) -> Group:
    """The group that a person finds the event in."""
    for beginning, group in BEGINNINGS.items():
        if kind.startswith(beginning):
            return group
    return Group.DEADLINES if kind.endswith(ENDINGS) else Group.WORK


@dataclass(frozen=True)
class Event:
    """A kind of event: its name in words, and the facts its telling carries beside the usual ones.

    `facts` maps a placeholder to an example of what stands in its place.
    """

    label: Any
    facts: Mapping[str, Any] = field(default_factory=dict)


GREETING = "notices.robot.greeting"  # the trial message of a robot

# What every telling carries: the words as they come, who acted, what it is about.
USUAL = {
    "title": _("the title as it comes"),
    "text": _("the text as it comes"),
    "actor": _("who has done it"),
    "record": _("what it is about"),
}
LATE = {"name": _("whose it is"), "day": _("the day it was due"), "what": _("what is due")}
EVENTS = {
    "approvals.open": Event(_("To be decided")),
    "approvals.due": Event(_("Decision falls due")),
    "approvals.overdue": Event(_("Decision overdue")),
    "approvals.escalated": Event(_("Decision passed to the superior")),
    "approvals.step.overdue": Event(_("Decision by somebody overdue"), LATE),
    "approvals.timed_out": Event(_("Returned, nobody decided")),
    "approvals.stuck": Event(_("Approvals that their record lets not end")),
    "approvals.vacant": Event(_("Approvals wait for an empty post")),
    "approvals.approve": Event(_("Approved")),
    "approvals.return": Event(_("Returned")),
    "approvals.reject": Event(_("Rejected")),
    "approvals.comment": Event(_("Commented in approval")),
    "home.reminded": Event(_("Reminder by a superior")),
    "home.provisional": Event(_("Calendar of a year still provisional")),
    "office.report_due": Event(
        _("Report falls due"), {"report": _("the report"), "due": _("when it is due")}
    ),
    "office.report_overdue": Event(
        _("Report overdue"), {"report": _("the report"), "due": _("when it was due")}
    ),
    "office.reports_missing": Event(
        _("Reports missing"), {"report": _("the report"), "count": _("how many")}
    ),
    "office.report.overdue": Event(_("Report of somebody overdue"), LATE),
    "office.report_commented": Event(_("Report commented")),
    "office.matter_follow_up": Event(_("Matter to follow up")),
    "office.nda_missing": Event(_("Confidentiality agreement missing")),
    "office.ndas_missing": Event(_("Confidentiality agreements missing")),
    "office.right_expires": Event(_("Right expires")),
    "office.handover.offered": Event(_("Handover offered")),
    "office.handover.moved": Event(_("Handover accepted")),
    "office.handover.declined": Event(_("Handover declined")),
    "office.handover_open": Event(_("Handover still open")),
    "office.handover.due": Event(_("Acceptance of a handover falls due"), LATE),
    "office.handover.overdue": Event(_("Acceptance of a handover overdue"), LATE),
    "office.opening.open": Event(_("Opening to be filled")),
    "office.change.approved": Event(_("Staff change approved")),
    "office.change.effective": Event(_("Staff change took effect")),
    "office.change.held_up": Event(_("Staff change held up")),
    "office.change.account": Event(_("Account to be opened for a staff change")),
    "record.shared": Event(_("Record shared")),
    "mandate.begun": Event(_("Somebody acts for somebody")),
    "mandate.ended": Event(_("Acting has ended")),
    "crm.clients.handed_over": Event(_("Clients handed over")),
    "crm.visit.commented": Event(_("Visit commented")),
    "crm.visit.logged": Event(_("Visit recorded")),
    "crm.visit.missed": Event(_("Planned visit not recorded")),
    "crm.visit.record.due": Event(_("Record of a visit falls due"), LATE),
    "crm.visit.record.overdue": Event(_("Record of a visit overdue"), LATE),
    "crm.visit.overdue": Event(_("Visit of somebody still missing"), LATE),
    "crm.obligation.due": Event(_("Duty of a contract falls due"), LATE),
    "crm.obligation.overdue": Event(_("Duty of a contract overdue"), LATE),
    "crm.return_visit.due": Event(_("Return visit falls due"), LATE),
    "crm.return_visit.overdue": Event(_("Return visit overdue"), LATE),
    "crm.lead.due": Event(_("Contact about a lead falls due"), LATE),
    "crm.lead.overdue": Event(_("Contact about a lead overdue"), LATE),
    "crm.need.due": Event(_("Analysis of a need falls due"), LATE),
    "crm.need.overdue": Event(_("Analysis of a need overdue"), LATE),
    "crm.file.due": Event(_("Renewal of a client file falls due"), LATE),
    "crm.file.overdue": Event(_("Renewal of a client file overdue"), LATE),
    "crm.satisfaction.due": Event(_("Questionnaire for a client falls due"), LATE),
    "crm.satisfaction.overdue": Event(_("Questionnaire for a client overdue"), LATE),
    "crm.contract.ending": Event(_("Contract ends")),
    "crm.escalation.opened": Event(_("Major matter to be decided")),
    "crm.escalation.due": Event(_("Decision over a major matter falls due"), LATE),
    "crm.escalation.overdue": Event(_("Decision over a major matter overdue"), LATE),
    "crm.escalation.decided": Event(_("Major matter decided")),
    "research.report_distributed": Event(_("Research report distributed")),
    "research.information.due": Event(_("Information for a plan falls due"), LATE),
    "research.information.overdue": Event(_("Information for a plan overdue"), LATE),
    "partnerships.milestone.given": Event(_("Milestone given")),
    "partnerships.milestone.due": Event(_("Milestone falls due"), LATE),
    "partnerships.milestone.overdue": Event(_("Milestone overdue"), LATE),
    "partnerships.check.due": Event(_("Project check falls due"), LATE),
    "partnerships.check.overdue": Event(_("Project check overdue"), LATE),
    "partnerships.update.due": Event(_("Contact with a partner falls due"), LATE),
    "partnerships.update.overdue": Event(_("Contact with a partner overdue"), LATE),
    "training.next.due": Event(_("Next training falls due"), LATE),
    "training.next.overdue": Event(_("Next training overdue"), LATE),
    "training.onboarding.due": Event(_("Training of new staff falls due"), LATE),
    "training.onboarding.overdue": Event(_("Training of new staff overdue"), LATE),
    "training.session.enrolled": Event(_("Enrolled in a training session")),
    "training.session.moved": Event(_("Training session moved")),
    "training.session.cancelled": Event(_("Training session called off")),
    "training.session.soon": Event(_("Training session is near")),
    "surveys.ending": Event(_("Questionnaire ends soon")),
    "surveys.closed": Event(_("Questionnaire closed")),
    "surveys.report.due": Event(_("Report on a questionnaire falls due"), LATE),
    "surveys.report.overdue": Event(_("Report on a questionnaire overdue"), LATE),
    "surveys.measure": Event(_("Measure to be taken after a questionnaire")),
    "surveys.measure.due": Event(_("Measure after a questionnaire falls due"), LATE),
    "surveys.measure.overdue": Event(_("Measure after a questionnaire overdue"), LATE),
    "surveys.mail_failed": Event(_("Questionnaire could not be mailed")),
    "appraisal.self_review": Event(_("Self-review to be written")),
    "appraisal.self_review.ahead": Event(_("Self-review falls due")),
    "appraisal.self_review.late": Event(_("Self-review late")),
    "appraisal.self_review.overdue": Event(_("Self-review of somebody overdue"), LATE),
    "appraisal.evaluation": Event(_("Evaluation to be written")),
    "appraisal.evaluation.ahead": Event(_("Evaluation falls due")),
    "appraisal.evaluation.late": Event(_("Evaluation late")),
    "appraisal.evaluation.overdue": Event(_("Evaluation by somebody overdue"), LATE),
    "appraisal.final.due": Event(_("Final scores fall due"), LATE),
    "appraisal.final.overdue": Event(_("Final scores overdue"), LATE),
    "appraisal.result.due": Event(_("Results fall due to be told"), LATE),
    "appraisal.result.overdue": Event(_("Results overdue to be told"), LATE),
    "appraisal.acknowledge.ahead": Event(_("Appeal window is about to end")),
    "appraisal.delivered": Event(_("Result delivered")),
    "appraisal.nudge.self_review": Event(_("Asked for the self-review")),
    "appraisal.nudge.evaluation": Event(_("Asked for evaluations")),
    "appraisal.nudge.feedback": Event(_("Asked to confirm the result")),
    "appraisal.appeal": Event(_("Appeal filed")),
    "appraisal.appeal.due": Event(_("Decision on an appeal falls due"), LATE),
    "appraisal.appeal.overdue": Event(_("Decision on an appeal overdue"), LATE),
    "appraisal.appeal_facts.due": Event(_("Facts of an appeal fall due"), LATE),
    "appraisal.appeal_facts.overdue": Event(_("Facts of an appeal overdue"), LATE),
    "appraisal.measure_decided": Event(_("Measure after a result decided")),
    "appraisal.measure_fallen": Event(_("Decision after a result no longer stands")),
    "appraisal.recomputed": Event(_("Result changed by an appeal that counts in it")),
    "appraisal.appeal_decided": Event(_("Appeal decided")),
    "transfer.import_checked": Event(_("Import checked")),
    "transfer.import_written": Event(_("Import finished")),
    "transfer.export_ready": Event(_("Export ready")),
    "transfer.large_export": Event(_("Large export")),
    "transfer.many_exports": Event(_("Many rows exported in a day")),
    "transfer.many_reveals": Event(_("Many numbers shown in a day")),
    "rulebook.handed_over": Event(_("Draft of the rules to be published")),
    "people.password": Event(_("Password changed")),
    "people.factor": Event(_("Second factor changed")),
    "people.sessions": Event(_("Sessions ended")),
    "people.rehearsal": Event(_("Rehearsal by an administrator")),
    "jobs.silent": Event(_("Scheduled job stopped running")),
    "notices.failed": Event(_("Messages could not be sent")),
}


def event_label(kind: str) -> Any:
    """The event in words; the name of its group where it is not listed."""
    if kind == GREETING:
        return _("Trial message")
    known = EVENTS.get(kind)
    return known.label if known else group_of(kind).label


def placeholders(kind: str) -> dict[str, Any]:
    """What the words of this kind may name, each with what it stands for."""
    return USUAL | dict(EVENTS[kind].facts)
