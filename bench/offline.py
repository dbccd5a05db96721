"""What is not a page: exports, an import and paper, each beside its floor; prints a table.

A floor of an export streams one query into a file, that of an import copies into a temporary table
and checks and writes in SQL. Both leave out rights, log, watermark, staging and undo.
"""

from __future__ import annotations

import csv
import io
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

django.setup()

import openpyxl  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench import floor_sql  # noqa: E402
from crm.models import Client  # noqa: E402
from crm.naming import firm_key  # noqa: E402
from crm.tables import CLIENTS  # noqa: E402
from expansion import clock  # noqa: E402
from expansion.people.models import Role, User  # noqa: E402
from expansion.rulebook.selectors import rules_on  # noqa: E402
from expansion.transfer.models import Export  # noqa: E402
from expansion.transfer.services import exports  # noqa: E402
from expansion.ui.pdf import pdf  # noqa: E402
from tests.make import imports as books  # noqa: E402

MOST, TIMES = 10_000, 3
HEAD = f"{'work':<30}{'s':>8}{'floor':>8}{'×':>7}{'rows':>9}"


def main() -> None:
    print(HEAD)
    manager = User.objects.get(memberships__post__role=Role.MANAGER)
    newest = list(Client.objects.order_by("-pk").values_list("pk", flat=True)[:MOST])
    records, rows = Client.objects.filter(pk__gte=newest[-1]), len(newest)
    for file_format, written in ((Export.Format.XLSX, floor_xlsx), (Export.Format.CSV, floor_csv)):
        mine = best(lambda kind=file_format: exported(manager, records, kind))
        line(f"export .{file_format}", mine, best(lambda write=written: write(MOST)), rows)
    firms = books.firms(MOST)
    book = books.workbook(*firms)
    mine = best(lambda: undone(lambda: books.imported(manager, book)), times=1)
    line("import", mine, best(lambda: undone(lambda: floor_import(firms, manager.pk))), MOST)
    paper(manager)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"this process reached {peak:.0f} MB")


def line(label: str, mine: float, floor: float, rows: int) -> None:
    print(f"{label:<30}{mine:>8.2f}{floor:>8.2f}{mine / floor:>7.1f}{rows:>9}")


def best(act: Callable[[], Any], times: int = TIMES) -> float:
    """Seconds of the fastest run."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return min(took)


def undone(act: Callable[[], Any]) -> None:
    """Runs the act and takes everything back, so that the next run meets the same rows."""
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def exported(actor: User, records: Any, file_format: str) -> None:
    exports.export(
        actor=actor, rules=rules_on(), listing=CLIENTS, records=records, file_format=file_format
    )


def floor_xlsx(most: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in floor_rows(most):
        sheet.append(row)
    book.save(io.BytesIO())


def floor_csv(most: int) -> None:
    with TemporaryDirectory() as folder, Path(folder, "clients.csv").open("w") as file:
        csv.writer(file).writerows(floor_rows(most))


def floor_rows(most: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(floor_sql.EXPORT, [most])
        while found := cursor.fetchmany(2_000):
            yield from found


def floor_import(firms: list[list[Any]], owner: int) -> None:
    text = io.StringIO()
    plain = csv.writer(text)
    plain.writerows([one[0], firm_key(one[0]), one[5], one[7], one[10]] for one in firms)
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(floor_sql.IMPORT_TABLE)
        cursor.cursor.copy_expert("COPY incoming FROM STDIN CSV", text)
        # The planner takes the rows that are new for a single one, and would compare all with all.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(floor_sql.IMPORT, {"owner": owner})


def paper(reader: User) -> None:
    """Two pages of Chinese as PDF; the first one loads the fonts."""
    text = "看了大厅与三个包厢，问年会场地与酒水自带的规定，要一份两场连订的报价。" * 12
    sections = [{"label": f"第 {n} 节", "text": text} for n in range(1, 9)]
    document = {
        "title": "评审表",
        "submitted_by": reader,
        "submitted_at": clock.now(),
        "snapshot": {"facts": [("姓名", "陈伟")], "sections": sections},
    }
    sheet = {"request_": document, "reader": reader, "rounds": [], "printed_at": clock.now()}
    began = time.perf_counter()
    pdf("approvals/sheet.html", sheet)
    cold = time.perf_counter() - began
    warm = best(lambda: pdf("approvals/sheet.html", sheet))
    print(f"{'PDF, warm':<30}{warm:>8.2f}   (the first one {cold:.2f})")


if __name__ == "__main__":
    main()
