"""What a row of a sheet is, beside data: blank, a total, a repeated header, a heading, a remark."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion.transfer import cells
from expansion.transfer.headers import Header, normal


class RowKind(StrEnum):
    """Only DATA is read; every other kind is ignored with its reason."""

    DATA = "data"
    BLANK = "blank"
    TITLE = "title"
    HEADER = "header"
    TOTALS = "totals"
    HEADING = "heading"
    REMARK = "remark"


REASONS = {
    RowKind.DATA: "",
    RowKind.BLANK: gettext_lazy("The row is blank."),
    RowKind.TITLE: gettext_lazy("The row stands above the header."),
    RowKind.HEADER: gettext_lazy("The row is the header."),
    RowKind.TOTALS: gettext_lazy("The row is a total."),
    RowKind.HEADING: gettext_lazy("The row is a heading between the records."),
    RowKind.REMARK: gettext_lazy("The row is a remark below the records."),
}

TOTALS = re.compile(
    r"(?:[本全各上]?[年季月周日页组区县市]?(?:度|部门|地区)?)?"
    r"(?:合计|总计|小计|共计|累计|汇总|总数|grandtotal|subtotal|total|sum)"
    r"(?:[(\[].{0,10}[)\]])?[:：]?(?:共?[\d,.]+.{0,6})?"
    r"|共计?[\d,]+(?:家|户|个|条|位|人)"
)
REMARK = re.compile(
    r"(?:注|备注|说明|填表说明|填报人|填表人|制表人?|审核人?|审批人?|复核人?|填报时间|制表日期|打印日期"
    r"|导出|導出|匯出|exported):.*"
)
# A row with only its running number is a line somebody prepared and did not fill.
RUNNING_NUMBER = re.compile(r"\d{1,6}\.?")


def kind_of(header: Header, row: Sequence[object], own: Sequence[int], is_banner: bool) -> RowKind:
    """The kind of a row below the header.

    `own` are the positions with content of their own, not filled from a merged cell above;
    `is_banner` says that the row's only text spreads over several columns.
    """
    if not own or _is_only_numbered(header, row, own):
        return RowKind.BLANK
    first = cells.compact(row[own[0]])
    if TOTALS.fullmatch(first):
        return RowKind.TOTALS
    if REMARK.fullmatch(unicodedata.normalize("NFKC", first)):
        return RowKind.REMARK
    if is_banner and len(own) == 1:
        return RowKind.HEADING
    return RowKind.HEADER if _repeats(header, row, own) else RowKind.DATA


def reason_of(kind: RowKind) -> str:
    return str(REASONS[kind])


def hidden_sheet() -> str:
    return _("The sheet is hidden.")


def _is_only_numbered(header: Header, row: Sequence[object], own: Sequence[int]) -> bool:
    alone = len(own) == 1 and own[0] not in header.fields
    return alone and bool(RUNNING_NUMBER.fullmatch(cells.plain(row[own[0]]).strip()))


def _repeats(header: Header, row: Sequence[object], own: Sequence[int]) -> bool:
    """Most texts stand under the very same text; the first one decides for ordinary rows."""
    if not _is_same(header, row, own[0]):
        return False
    same = sum(_is_same(header, row, position) for position in own)
    return same >= 2 and same * 2 >= len(own)


def _is_same(header: Header, row: Sequence[object], position: int) -> bool:
    return normal(row[position]) == header.texts.get(position)
