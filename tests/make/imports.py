"""Workbooks of clients for tests, and one call per step of an import."""

import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.transfer import ClientImporter
from expansion.transfer.models import Import
from expansion.transfer.services import imports

WORKBOOKS = Path(__file__).parents[1] / "expansion" / "workbooks"
SAMPLES = ("client-library-a", "client-library-b")
HEADER = (
    "单位名称 信用代码 业态 区域 地址 联系人 职务 联系电话 是否有效信息 对接情况 下次跟进时间"
    " 负责人 备注"
).split()


def truth_of(sample: str) -> list[dict[str, Any]]:
    return json.loads((WORKBOOKS / f"{sample}.truth.json").read_text())


def upload_of(sample: str) -> SimpleUploadedFile:
    path = WORKBOOKS / f"{sample}.xlsx"
    return SimpleUploadedFile(path.name, path.read_bytes())


def row(name: str, **values: Any) -> list[Any]:
    """One row under HEADER; `values` by the header's words."""
    return [name, *(values.get(header, "") for header in HEADER[1:])]


def workbook(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> SimpleUploadedFile:
    """An .xlsx with this header in row 1."""
    book = openpyxl.Workbook()
    for line in [header, *rows]:
        book.active.append(list(line))
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("客户.xlsx", file.getvalue())


def firms(count: int) -> list[list[Any]]:
    """So many different firms, each with contact, number and date."""
    return [
        row(
            f"苏州第{number}印刷有限公司",
            业态="写字楼",
            联系人="王伟",
            联系电话=f"139{number:08}",
            对接情况="要求先发资料",
            下次跟进时间=date(2026, 12, 1 + number % 28),
        )
        for number in range(1, count + 1)
    ]


def checked(actor: Any, upload: SimpleUploadedFile) -> Import:
    """Received and checked, whatever its size."""
    return imports.receive_import(actor=actor, desk=ClientImporter(), upload=upload, at_once=True)


def imported(actor: Any, upload: SimpleUploadedFile, **given: Any) -> Import:
    """Received, checked and written."""
    return imports.write_import(actor=actor, record=checked(actor, upload), **given)


def outcomes(batch: Import) -> dict[int, str]:
    return dict(batch.rows.values_list("number", "outcome"))
