"""To whom a report goes, when it leaves, and who confirms having read it (A-3.1.5b, R-res-07)."""

from collections.abc import Collection

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid
from expansion.notices.services import tell
from expansion.people.models import Unit, User
from expansion.records import lock
from research.models import Receipt, Recipient, ResearchReport
from research.selectors import readers
from research.services.drafts import require_open

Status = ResearchReport.Status


@transaction.atomic
def distribute_report(
    *,
    actor: User,
    record: ResearchReport,
    units: Collection[Unit] = (),
    people: Collection[User] = (),
) -> ResearchReport:
    """Sets to whom the report goes. A draft leaves with its approval; an approved one at once.

    Once it has been sent, readers are only added.

    Raises:
        Forbidden: the report is not this person's to distribute.
        NotNow: it is being approved (the approvers decide over its list too) or was rejected.
        Invalid: an approved report without any reader.
    """
    access.require(actor, "distribute", record)
    report = lock(ResearchReport.objects.live(), record.pk)
    passed = report.status in ResearchReport.PASSED
    if not passed:
        require_open(report)
    elif not units and not people:
        raise Invalid(_("Choose at least one department or person."))
    changes = _list(report, units, people, keep=passed)
    report.version += 1
    report.save(update_fields=["version", "updated_at"])
    write(actor=actor, verb="research.report.addressed", about=report, changes=changes)
    if passed:
        send_report(actor=actor, report=report)
    return report


def _list(
    report: ResearchReport, units: Collection[Unit], people: Collection[User], *, keep: bool
) -> dict[str, list[list[str]]]:
    before = [str(line) for line in report.recipients.select_related("unit", "person")]
    if not keep:
        report.recipients.all().delete()
    lines = [Recipient(report=report, unit=unit) for unit in units]
    lines += [Recipient(report=report, person=person) for person in people]
    Recipient.objects.bulk_create(lines, ignore_conflicts=True)
    after = [str(line) for line in report.recipients.select_related("unit", "person")]
    return {"recipients": [before, after]}


def send_report(*, actor: User, report: ResearchReport) -> list[Receipt]:
    """Gives the report to everyone on its list who has not got it yet, and tells them once.

    Called inside the transaction that approves or distributes. Without a list nothing is sent.
    """
    if not report.recipients.exists():
        return []
    had = set(report.receipts.values_list("person_id", flat=True))
    fresh = [
        Receipt(report=report, person_id=person, unit_id=unit, sent_at=clock.now())
        for person, unit in readers(report).items()
        if person not in had
    ]
    Receipt.objects.bulk_create(fresh)
    _mark_distributed(report, actor, len(fresh))
    _notify(report, actor, [receipt.person_id for receipt in fresh])
    return fresh


def _mark_distributed(report: ResearchReport, actor: User, count: int) -> None:
    changes = {"readers": [None, count]}
    if report.status != Status.DISTRIBUTED:
        changes["status"] = [report.status, Status.DISTRIBUTED]
        report.status, report.distributed_at = Status.DISTRIBUTED, clock.now()
        report.version += 1
        report.save(update_fields=["status", "distributed_at", "version", "updated_at"])
    write(actor=actor, verb="research.report.distributed", about=report, changes=changes)


def _notify(report: ResearchReport, actor: User, people: Collection[int]) -> None:
    def title() -> str:
        return _("Please read: %(title)s") % {"title": report.title}

    tell(
        people=User.objects.filter(pk__in=people),
        kind="research.report_distributed",
        title=lazy(title, str)(),  # written in each reader's language
        url=report.get_absolute_url(),
        about=report,
        actor=actor,
        key=f"research.report_distributed.{report.pk}",
    )


@transaction.atomic
def mark_read(*, actor: User, record: ResearchReport) -> ResearchReport:
    """The reader confirms having read the report; a second time changes nothing.

    Raises:
        Forbidden: the report was not sent to this person.
    """
    receipt = Receipt.objects.select_for_update().filter(report=record, person=actor).first()
    if receipt is None:
        raise Forbidden(_("This report was not sent to you, so there is nothing to confirm."))
    if receipt.read_at is None:
        receipt.read_at = clock.now()
        receipt.save(update_fields=["read_at"])
        write(actor=actor, verb="research.report.read", about=record)
    return record
