"""100,000 rows in and out: `write` a workbook, `import` it, `export` the list; prints the peaks.

Each word is a process of its own, because a peak never falls again.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import django

django.setup()

import openpyxl  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402

from crm.models import Client  # noqa: E402
from crm.tables import CLIENTS  # noqa: E402
from expansion.people.models import Role, User  # noqa: E402
from expansion.rulebook.selectors import rules_on  # noqa: E402
from expansion.transfer.models import Export, Outcome  # noqa: E402
from expansion.transfer.services import exports  # noqa: E402
from tests.make import imports as books  # noqa: E402

ROWS = 100_000


def main(word: str, path: Path) -> None:
    began = time.perf_counter()
    count = {"write": written, "import": imported, "export": exported}[word](path)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if word != "write":
        print(f"{f'{word} of {count} rows':<30}{took:>8.1f} s, the process reached {peak:.0f} MB")


def written(path: Path) -> int:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [books.HEADER, *books.firms(ROWS)]:
        sheet.append(row)
    book.save(path)
    return ROWS


def imported(path: Path) -> int:
    batch = books.imported(manager(), SimpleUploadedFile(path.name, path.read_bytes()))
    return batch.rows.filter(outcome=Outcome.CREATED).count()


def exported(path: Path) -> int:
    newest = Client.objects.order_by("-pk").values_list("pk", flat=True)[ROWS - 1]
    records = Client.objects.filter(pk__gte=newest)
    record = exports.export(
        actor=manager(),
        rules=rules_on(),
        listing=CLIENTS,
        records=records,
        file_format=Export.Format.XLSX,
    )
    return record.count


def manager() -> User:
    return User.objects.get(memberships__post__role=Role.MANAGER)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
