"""The imports and exports of the demo department: written, undone, checked, unreadable, given up.

The sheets come from the room whose list they fill; what becomes of each row is said by the import.
"""

import io
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from expansion.approvals.models import Decision
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.jobs.models import Job
from expansion.jobs.services import cancel_job, enqueue, run
from expansion.rulebook.parameters import changed
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import Source
from expansion.transfer.archive import ZIP_START
from expansion.transfer.models import Export, Import, ImportRow, Outcome
from expansion.transfer.registry import importer
from expansion.transfer.services.exports import export_list
from expansion.transfer.services.imports import (
    SMALL_FILE,
    decide_row,
    receive_import,
    undo_import,
    write_import,
)

LIST = "crm.clients"
LEADER, MEMBER = "leader.client", "member.client2"
DECISIONS = (ImportRow.Decision.MERGE, ImportRow.Decision.CREATE, ImportRow.Decision.SKIP)
# Who took which list, how many working days ago, and in which form.
EXPORTS = (
    ("manager", "crm.contracts", 14, Export.Format.XLSX),
    ("member.client", LIST, 9, Export.Format.CSV),
    (LEADER, LIST, 2, Export.Format.XLSX),
)


REASONS = {LIST: "客户走访前核对电话。", "crm.contracts": "与财务核对本季度合同。"}


def sow(demo: Any) -> None:
    """One import of each end, with the jobs that belong to them, and the log of exports."""
    sheets = demo.made.pop("sheets")
    for username, key, days, form in EXPORTS:
        with demo.at(_ago(demo, days, 17)):
            demo.keep(
                "exports",
                export_list(
                    actor=demo.people[username],
                    rules=rules_on(),
                    key=key,
                    file_format=form,
                    reason=REASONS[key],
                ),
            )
    with demo.at(_ago(demo, 5, 9)):
        _refuse(demo, _ask(demo, MEMBER, "crm.visits", "整理全年拜访记录，备份到个人电脑。"))
    with demo.at(_ago(demo, 1, 11)):
        _ask(demo, LEADER, "crm.visits", "年终复盘会要用全组的拜访明细。")
    with demo.at(_ago(demo, 6, 10)):
        batch = _receive(demo, LEADER, "餐饮展名片登记.xlsx", sheets["cards"])
        write_import(actor=demo.people[LEADER], record=batch)
    with demo.at(_ago(demo, 4, 15)):
        batch = _receive(demo, MEMBER, "商会通讯录.xlsx", sheets["association"])
        batch = write_import(actor=demo.people[MEMBER], record=batch)
    with demo.at(_ago(demo, 4, 16)):
        undo_import(actor=demo.people[MEMBER], record=batch)
    with demo.at(_ago(demo, 3, 11)):
        _receive_damaged(demo, LEADER, "旧系统客户备份.xlsx")
        run(Job.objects.latest("pk"))
    with demo.at(_ago(demo, 3, 14)):
        batch = _receive_damaged(demo, MEMBER, "全部门店会员名单.xlsx")
        cancel_job(actor=demo.people[MEMBER], record=batch.job)
    with demo.at(_ago(demo, 1, 16)):
        _decide_some(demo, _receive(demo, LEADER, "秋季招商会签到表.xlsx", sheets["checked"]))
    with demo.at(demo.now - timedelta(minutes=50)):
        run(enqueue("transfer.forget_files"))


def _ask(demo: Any, username: str, key: str, reason: str) -> Export:
    """An export that its department's rules call large: it waits for the manager."""
    small = changed(rules_on(), {"confidentiality.approval_from": 1}, Source.ADMIN)
    record = export_list(
        actor=demo.people[username],
        rules=Rules.model_validate(small),
        key=key,
        reason=reason,
    )
    asked: Export = demo.keep("exports", record)
    return asked


def _refuse(demo: Any, record: Export) -> None:
    decide(
        actor=demo.people["manager"],
        request=latest(record),
        decision=Decision.Kind.REJECT,
        comment="客户资料不得存到个人电脑，请在系统里查看。",
    )


def _ago(demo: Any, workdays: int, hour: int) -> datetime:
    days = demo.workdays(demo.today - timedelta(days=workdays * 2 + 14), demo.today)
    past = [day for day in days if day < demo.today]
    moment: datetime = demo.moment(past[-workdays], hour)
    return moment


def _receive(demo: Any, username: str, name: str, rows: list[dict[str, str]]) -> Import:
    upload = SimpleUploadedFile(name, _workbook(name, rows))
    batch = receive_import(actor=demo.people[username], desk=importer(LIST), upload=upload)
    imported: Import = demo.keep("imports", batch)
    return imported


def _receive_damaged(demo: Any, username: str, name: str) -> Import:
    """A file that looks like a workbook and cannot be opened; large enough for the background."""
    upload = SimpleUploadedFile(name, ZIP_START.ljust(SMALL_FILE + 4096, b"\0"))
    batch = receive_import(actor=demo.people[username], desk=importer(LIST), upload=upload)
    imported: Import = demo.keep("imports", batch)
    return imported


def _workbook(name: str, rows: list[dict[str, str]]) -> bytes:
    """A sheet as people keep it: a title, the headers, the rows."""
    book = Workbook()
    sheet = book.active
    headers = list(rows[0])
    sheet.append([name.removesuffix(".xlsx")])
    sheet.append(headers)
    for row in rows:
        sheet.append([row.get(header, "") for header in headers])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _decide_some(demo: Any, batch: Import) -> None:
    """One likely duplicate of each kind is decided, the last still waits for somebody."""
    waiting = batch.rows.filter(outcome=Outcome.SUSPECT).order_by("number")
    for row, decision in zip(list(waiting), DECISIONS, strict=False):
        decide_row(actor=demo.people[LEADER], record=batch, row=row.number, decision=decision)
