"""The two workbooks that staff sent, row by row against what a careful person makes of them."""

import datetime
import json
from pathlib import Path

import pytest

from crm.naming import firm_key
from crm.transfer import CLIENT_COLUMNS
from expansion.transfer.reading import Row, read_workbook
from expansion.transfer.rowkinds import RowKind

WORKBOOKS = Path(__file__).parent / "workbooks"
SAMPLES = ["client-library-a", "client-library-b"]


def rows_of(sample: str) -> dict[int, Row]:
    with read_workbook(WORKBOOKS / f"{sample}.xlsx", CLIENT_COLUMNS) as book:
        return {row.number: row for row in book.main.rows()}


def truth_of(sample: str) -> list[dict]:
    return json.loads((WORKBOOKS / f"{sample}.truth.json").read_text())


def expected_class(truth: dict) -> str:
    text = truth["expect"]
    if "bad phone" in text:
        return "created with a warning"
    return {"blank": "blank", "create": "created", "duplicate": "duplicate"}.get(
        text, "refused" if text.startswith("refused") else "totals"
    )


def class_of(row: Row, known: set[str]) -> str:
    if row.kind is not RowKind.DATA:
        return str(row.kind)
    if row.refusal:
        return "refused"
    key = firm_key(row.values["name"])
    if key in known:
        return "duplicate"
    known.add(key)
    bad = any(problem.field == "phones" for problem in row.problems)
    return "created with a warning" if bad else "created"


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_row_ends_as_a_careful_person_would_decide(sample):
    rows, known = rows_of(sample), set()
    found = {number: class_of(row, known) for number, row in rows.items()}
    for truth in truth_of(sample):
        assert found[truth["row"]] == expected_class(truth), truth


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_phone_and_date_is_read_as_it_was_meant(sample):
    rows = rows_of(sample)
    for truth in (truth for truth in truth_of(sample) if "phones" in truth):
        values = rows[truth["row"]].values
        phones = [phone.text for phone in values.get("phones", [])]
        day = values.get("next_contact_on")
        assert phones == truth["phones"], truth
        assert (day and day.isoformat()) == truth["date"], truth


@pytest.mark.parametrize("sample", SAMPLES)
def test_names_are_those_of_the_firm(sample):
    """A repeated firm may be spelled otherwise than the first time; it is the same firm."""
    rows = rows_of(sample)
    for truth in (truth for truth in truth_of(sample) if truth.get("name")):
        name = rows[truth["row"]].values["name"]
        assert firm_key(name) == firm_key(truth["name"]), truth
        if truth["expect"] != "duplicate":
            assert name == truth["name"], truth


@pytest.mark.parametrize(("sample", "last"), [("client-library-a", 184), ("client-library-b", 122)])
def test_no_row_of_the_sheet_is_missing(sample, last):
    rows = rows_of(sample)
    assert list(rows) == list(range(1, last + 1))
    assert all(row.reason for row in rows.values() if not row.is_data)


@pytest.mark.parametrize("sample", SAMPLES)
def test_text_that_begins_like_a_formula_stays_text(sample):
    notes = {row.values.get("progress") for row in rows_of(sample).values()}
    assert '=HYPERLINK("x")' in notes
    assert "=1+1 客户自己填的" in notes


def test_the_notes_sheet_is_named_as_skipped():
    with read_workbook(WORKBOOKS / "client-library-a.xlsx", CLIENT_COLUMNS) as book:
        assert [name for name, _reason in book.skipped] == ["填写说明"]
        assert book.main.header.row == 3
        assert book.main.header.unknown == {0: "序号"}


def test_the_year_comes_from_the_dates_when_no_title_names_one():
    with read_workbook(WORKBOOKS / "client-library-b.xlsx", CLIENT_COLUMNS) as book:
        assert (book.main.year, book.main.year_from) == (2026, "dates")


def test_contact_and_post_in_one_cell_are_divided():
    values = rows_of("client-library-b")[8].values
    assert (values["contact"], values["contact_post"]) == ("何杰", "工会主席")
    assert rows_of("client-library-b")[7].values["next_contact_on"] == datetime.date(2026, 10, 31)
