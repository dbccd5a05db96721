"""HR's workbook: its formulae recompute the stored scores; held, marked, watermarked, harmless.

A little evaluator computes exactly the functions that the workbook uses, so that the formulae
themselves are tested and not a cached value beside them.
"""

import io
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import openpyxl
import pytest

from appraisal.models import Evidence, Result, WorkbookExport
from appraisal.services import appeals, results
from appraisal.transfer import cycle_workbook
from expansion.audit.models import Entry
from expansion.errors import Forbidden
from tests.make import appraisal as make

FUNCTIONS = re.compile(r"\b(SUMIFS|ROUND|IF|OR|MAX|MIN)\(")
REFERENCE = re.compile(
    r"(?:'((?:[^']|'')+)'!)?\$?([A-Z]{1,2})\$?(\d+)(?::\$?([A-Z]{1,2})\$?(\d+))?"
)


class Blank(str):
    """An empty cell. `IF` computes both branches here, so it must survive the one not taken."""

    def blank(self, other: Any) -> "Blank":
        return self

    __truediv__ = __rtruediv__ = __mul__ = __rmul__ = blank  # type: ignore[assignment]


BLANK = Blank()


class Evaluator:
    """Computes the formulae of a workbook by turning each into the same expression in Python."""

    def __init__(self, book: openpyxl.Workbook):
        self.book = book

    def value(self, sheet: str, place: str) -> Any:
        given = self.book[sheet][place].value
        if isinstance(given, str) and given.startswith("=") and self._is_formula(sheet, place):
            return self._compute(sheet, given[1:])
        return BLANK if given is None else given

    def _is_formula(self, sheet: str, place: str) -> bool:
        return self.book[sheet][place].data_type == "f"

    def _compute(self, sheet: str, formula: str) -> Any:
        quoted: list[str] = []

        def keep(match: re.Match[str]) -> str:
            quoted.append(Blank(match[1].replace('""', '"')))
            return f"QUOTED[{len(quoted) - 1}]"

        text = re.sub(r'"((?:[^"]|"")*)"', keep, formula)
        text = REFERENCE.sub(lambda match: self._reference(sheet, match), text)
        text = FUNCTIONS.sub(lambda match: f"{match[1].lower()}_(", text)
        text = re.sub(r"(?<![<>=])=(?!=)", "==", text)
        scope = {name: getattr(self, name) for name in dir(self) if name.endswith("_")}
        return eval(text, {"__builtins__": {}}, {**scope, "QUOTED": quoted, "self": self})

    def _reference(self, sheet: str, match: re.Match[str]) -> str:
        name = (match[1] or sheet).replace("''", "'")
        if match[4]:
            return f"self.column({name!r}, {match[2]!r}, {match[3]})"
        return f"self.value({name!r}, {match[2] + match[3]!r})"

    def column(self, sheet: str, letter: str, first: str) -> list[Any]:
        last = self.book[sheet].max_row
        return [self.value(sheet, f"{letter}{row}") for row in range(int(first), last + 1)]

    @staticmethod
    def sumifs_(values: list, *tests: Any) -> float:
        pairs = list(zip(tests[::2], tests[1::2], strict=True))
        return sum(
            value
            for place, value in enumerate(values)
            if value != "" and all(column[place] == wanted for column, wanted in pairs)
        )

    @staticmethod
    def round_(value: float, places: int) -> float:
        step = Decimal(1).scaleb(-places)
        return float(Decimal(repr(value)).quantize(step, ROUND_HALF_UP))

    @staticmethod
    def if_(test: bool, yes: Any, no: Any) -> Any:
        return yes if test else no

    @staticmethod
    def or_(*tests: bool) -> bool:
        return any(tests)

    max_ = staticmethod(lambda *values: max(value for value in values if value != ""))
    min_ = staticmethod(lambda *values: min(value for value in values if value != ""))


@pytest.fixture
def quarter(cast):
    values = {
        cast.member.pk: make.EXAMPLE,
        cast.leader.pk: {**make.EXAMPLE, "crm.satisfaction": None, "crm.new_clients": Decimal(30)},
        cast.colleague.pk: {**make.EXAMPLE, "crm.new_clients": Decimal(7)},
    }
    scores = {cast.member.pk: {"attitude": 88, "ability": 85}, cast.colleague.pk: 61}
    return make.whole_quarter(cast, values, scores)


def opened(cast, quarter) -> openpyxl.Workbook:
    name, content = cycle_workbook(actor=cast.hr, record=quarter)
    assert name == f"appraisal-{WorkbookExport.objects.latest('pk').watermark}.xlsx"
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(book: openpyxl.Workbook) -> dict[str, int]:
    summary = book.worksheets[0]
    return {summary.cell(row, 1).value: row for row in range(4, summary.max_row + 1)}


def totals(book: openpyxl.Workbook) -> dict[str, tuple[Any, Any]]:
    """Score and level as the formulae give them, by user name."""
    evaluate, summary = Evaluator(book), book.worksheets[0]
    heads = {summary.cell(3, column).value: column for column in range(1, summary.max_column + 1)}
    letters = [openpyxl.utils.get_column_letter(heads[head]) for head in ("Total score", "Level")]
    return {
        name: tuple(evaluate.value(summary.title, f"{letter}{row}") for letter in letters)
        for name, row in rows_of(book).items()
    }


def test_the_formulae_recompute_every_stored_score_and_level(cast, quarter):
    results_by_name = {
        one.participant.owner.username: one
        for one in Result.objects.select_related("participant__owner")
    }
    computed = totals(opened(cast, quarter))
    rules = quarter.rules
    assert len(computed) == 7
    for name, (score, level) in computed.items():
        stored = results_by_name[name]
        assert Decimal(str(score)) == stored.score, name
        assert level == rules.level(stored.score).label("en"), name
    assert computed["member"] == (86.33, "Good")


def test_changing_a_figure_in_the_sheet_changes_the_total(cast, quarter):
    book = opened(cast, quarter)
    sheet = next(one for one in book.worksheets if one.title.startswith(("客户", "Client")))
    row = next(
        row
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, 1).value == "member" and sheet.cell(row, 6).value == 12
    )
    sheet.cell(row, 6).value = 6
    # number 50 instead of 100: 0.6 × 0.5 × 25 = 7.5 points less.
    assert totals(book)["member"][0] == 78.83


def test_an_adjustment_is_a_cell_of_its_own(cast):
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    make.reviewed(cycle, {cast.member.pk: {"attitude": 88, "ability": 85}})
    results.adjust_result(
        actor=cast.manager, record=make.of(cycle, cast.member), adjustment=Decimal("1.5"),
        reason="代管外区客户",
    )  # fmt: skip
    make.delivered(cycle, manager=cast.manager, leadership=cast.leadership)
    assert totals(opened(cast, cycle))["member"][0] == 87.83


def test_a_row_under_appeal_is_held_with_the_reason_and_no_trace_of_the_score(cast, quarter):
    appeal = appeals.file_appeal(
        actor=cast.member, record=make.of(quarter, cast.member), ground="other", text="不同意。"
    )
    book = opened(cast, quarter)
    row = rows_of(book)["member"]
    *scores, remark = [book.worksheets[0].cell(row, column).value for column in range(5, 13)]
    assert scores == [None] * len(scores)
    assert appeal.number in remark
    for sheet in book.worksheets[1:]:
        names = {sheet.cell(number, 1).value for number in range(2, sheet.max_row + 1)}
        assert "member" not in names, sheet.title
    assert WorkbookExport.objects.get().held == 1


def test_who_has_not_confirmed_is_marked(cast, quarter):
    results.acknowledge_result(actor=cast.member, record=make.of(quarter, cast.member))
    book = opened(cast, quarter)
    marks = {name: book.worksheets[0].cell(row, 4).value for name, row in rows_of(book).items()}
    assert marks["colleague"] == "not confirmed"
    assert marks["member"] == "2026-10-08"


def test_no_text_of_a_person_becomes_a_formula(cast):
    cast.member.name = '=HYPERLINK("http://evil","x")'
    cast.member.save()
    quarter = make.whole_quarter(cast, {cast.member.pk: make.EXAMPLE})
    Evidence.objects.filter(line__participant__owner=cast.member).update(label="=1+1", note="@SUM")
    book = opened(cast, quarter)
    texts = [
        cell
        for sheet in book.worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None and str(cell.value)[0] in "=@" and "ROUND(" not in str(cell.value)
    ]
    persons = [cell for cell in texts if re.match("=HYPER|=1|@", str(cell.value))]
    assert persons and all(cell.data_type == "s" for cell in persons)


def test_each_export_is_logged_and_every_sheet_carries_its_number(cast, quarter):
    book = opened(cast, quarter)
    mark = WorkbookExport.objects.get().watermark
    assert all(mark in sheet.oddFooter.left.text for sheet in book.worksheets)
    assert book.properties.identifier == mark
    entry = Entry.objects.get(verb="appraisal.workbook.exported")
    assert (entry.actor, entry.changes["watermark"]) == (cast.hr, [None, mark])


def test_only_hr_takes_the_workbook(cast, quarter):
    for person in (cast.manager, cast.member, cast.leadership, cast.administrator, cast.finance):
        with pytest.raises(Forbidden):
            cycle_workbook(actor=person, record=quarter)
    assert not WorkbookExport.objects.exists()


def test_the_evidence_sheet_lists_what_was_counted_and_what_was_not(cast, quarter):
    book = opened(cast, quarter)
    sheet = book.worksheets[-2]
    mine = [
        [cell.value for cell in row]
        for row in sheet.iter_rows(min_row=2)
        if row[0].value == "member"
    ]
    assert len(mine) == 12
    assert {row[6] for row in mine} == {"yes", "no"}
