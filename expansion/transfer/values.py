"""One cell into the value of its column, with a sentence for whatever could not be taken over.

Reading never raises on a cell's content: a cell that cannot be read leaves no value and a problem.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from expansion.transfer import cells
from expansion.transfer.columns import Column, Kind
from expansion.transfer.dates import read_date
from expansion.transfer.phones import read_phones

YES = frozenset("是 有 有效 对 已 y yes √ ✓ ✔ ☑ v true 1 t".split())
NO = frozenset("否 无 无效 不是 没有 未 n no × ✗ ✘ x false 0 f".split())
NAME_AND_POST = re.compile(
    r"(?P<name>[^/(（\[]+?)\s*(?:/\s*(?P<post>[^/]+)|[(（\[]\s*(?P<inside>[^)）\]]+)[)）\]])"
)
POST = re.compile(
    r"经理|主任|主席|主管|助理|总监|总裁|董事|店长|厂长|校长|院长|处长|科长|部长|会长|队长|组长|园长"
    r"|书记|秘书|老板|负责人|代表|专员|干事|会计|出纳|采购|行政|人事|前台|财务|职员|员工|总$|长$|员$"
)
MONEY_MARKS = re.compile(r"[,\s¥$]|人民币|rmb|cny|元整?$", re.IGNORECASE)
LARGEST = Decimal(10) ** 16
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a row that a person should look at. `blocking` refuses the row.

    `suggestion` is a text that would mend it.
    """

    field: str
    text: str
    message: str
    blocking: bool = False
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the sheet as a whole says about its cells: year and first day of its dates."""

    year: int | None = None
    from_1904: bool = False


@dataclass(slots=True)
class Intake:
    """What a row gives: values by column key, and its problems."""

    values: dict[str, Any]
    problems: list[Problem]

    def refuse(self, column: Column, text: str, message: str, *, blocking: bool = False) -> None:
        shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
        self.problems.append(Problem(column.key, shown, message, blocking))


def take_in(intake: Intake, column: Column, cell: object, where: Circumstances) -> None:
    """Read one cell into the intake. A value taken before, from a column further left, stays."""
    if cells.is_empty(cell):
        return
    text = cells.note(cell)
    if text and len(text) > _room_for(column):
        _too_long(intake, column, text)
    elif text:
        READERS[column.kind](intake, column, cell, where)


def _room_for(column: Column) -> int:
    return column.max_length if column.kind in (Kind.TEXT, Kind.NOTE, Kind.PERSON) else 500


def _too_long(intake: Intake, column: Column, text: str) -> None:
    message = _("The text has %(count)s characters; at most %(most)s fit here.")
    counts = {"count": len(text), "most": _room_for(column)}
    intake.refuse(column, text, message % counts, blocking=column.required)


def _put(intake: Intake, column: Column, value: object) -> None:
    intake.values.setdefault(column.key, value)


def _line(intake: Intake, column: Column, cell: object, where: Circumstances) -> None:
    _put(intake, column, cells.line(cell))


def _note(intake: Intake, column: Column, cell: object, where: Circumstances) -> None:
    _put(intake, column, cells.note(cell))


def _phones(intake: Intake, column: Column, cell: object, where: Circumstances) -> None:
    found = read_phones(cell)
    known = intake.values.get(column.key, [])
    new = [phone for phone in found.phones if phone not in known]
    intake.values[column.key] = [*known, *new]
    for bad in found.bad:
        intake.refuse(column, bad.text, bad.message)
    if found.words and found.phones:
        intake.refuse(column, found.words, _("The words beside the number are not taken over."))


def _date(intake: Intake, column: Column, cell: object, where: Circumstances) -> None:
    found = read_date(cell, year=where.year, from_1904=where.from_1904)
    if found.message:
        intake.refuse(column, cells.line(cell), found.message)
    elif found.day:
        _put(intake, column, found.day)


def _flag(intake: Intake, column: Column, cell: object, where: Circumstances) -> None:
    text = cells.compact(cell)
    if text in YES or text in NO:
        _put(intake, column, text in YES)
    else:
        intake.refuse(column, cells.line(cell), _("Enter yes or no here."))


def _person(intake: Intake, column: Column, cell: object, where: Circumstances) -> None:
    text = cells.line(cell)
    split = NAME_AND_POST.fullmatch(text)
    post = (split["post"] or split["inside"]).strip() if split else ""
    if split and column.post_key and POST.search(post):
        intake.values.setdefault(column.post_key, post)
        text = split["name"].strip()
    _put(intake, column, text)


def _number(intake: Intake, column: Column, cell: object, where: Circumstances) -> None:
    number = as_decimal(cell)
    if number is None:
        message = _("This is not a number. Write it like 12500 or 12500.50.")
        intake.refuse(column, cells.line(cell), message)
    else:
        _put(intake, column, number)


def as_decimal(cell: object) -> Decimal | None:
    """The number in a cell: 1,250.50, ¥1250, 1.2万. None when there is none or it is past 10^16."""
    if isinstance(cell, bool) or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    text = MONEY_MARKS.sub("", cells.compact(cell))
    times = Decimal(10_000) if text.endswith("万") else Decimal(1)
    try:
        number = Decimal(text.removesuffix("万")) * times
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


READERS: dict[Kind, Callable[[Intake, Column, object, Circumstances], None]] = {
    Kind.TEXT: _line,
    Kind.NOTE: _note,
    Kind.PHONES: _phones,
    Kind.DATE: _date,
    Kind.MOMENT: _date,
    Kind.DEADLINE: _date,
    Kind.FLAG: _flag,
    Kind.PERSON: _person,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
}
