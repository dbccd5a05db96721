"""The two workbooks that staff sent, by both doors, row by row against the truth."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from crm.models import Client, ContactPoint
from expansion.audit.models import Entry
from expansion.transfer.models import Import
from tests.make.imports import SAMPLES, WORKBOOKS, truth_of, upload_of

LAST_ROWS = {"client-library-a": 184, "client-library-b": 122}


@pytest.fixture
def account(cast, tmp_path):
    """`account(sample, "--dry-run")` runs the command as the leader and reads its report."""

    def run(sample: str, *options: str, actor: str = "leader") -> list[dict]:
        report = tmp_path / "report.json"
        file = WORKBOOKS / f"{sample}.xlsx"
        call_command(
            "import_clients", str(file), "--actor", actor, "--report", str(report), *options
        )
        return json.loads(report.read_text())

    return run


def agrees(truth: dict, line: dict) -> bool:
    """Whether a row ended as a careful person would decide."""
    expected = truth["expect"]
    if "bad phone" in expected:
        return line["outcome"] == "created" and bool(line["reason"])
    if expected == "create":
        return line["outcome"] == "created"
    if expected.startswith("refused"):
        return line["outcome"] == "refused" and bool(line["reason"])
    if expected == "duplicate":
        return line["outcome"] == "duplicate" and bool(line["reason"])
    return line["outcome"] == "ignored" and bool(line["reason"])


@pytest.mark.both
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_command_ends_every_row_as_the_truth_says(account, sample):
    lines = {line["row"]: line for line in account(sample)}
    assert list(lines) == list(range(1, LAST_ROWS[sample] + 1))
    for truth in truth_of(sample):
        line = lines[truth["row"]]
        assert agrees(truth, line), (truth, line)
        if "phones" in truth:
            assert (line["phones"], line["date"]) == (truth["phones"], truth["date"])
        if line["outcome"] == "created":
            stored = Client.objects.get(pk=line["client"])
            assert stored.name == truth["name"]
            assert str(stored.next_contact_on or "") == (truth["date"] or "")
            assert stored.points.count() == len(truth["phones"])


@pytest.mark.both
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_ends_every_row_as_the_truth_says(cast, sign_in, sample):
    browser = sign_in(cast.member)
    sent = {"upload": upload_of(sample), "request_id": "one"}
    there = browser.post("/transfer/import/crm.clients", sent)
    batch = Import.objects.get()
    assert there.status_code == 302 and there.url == f"/transfer/imports/{batch.pk}"
    assert browser.get(there.url).status_code == 200 and not Client.objects.exists()
    browser.post(f"{there.url}/start", {"request_id": "two"})
    rows = {row.number: row for row in batch.rows.all()}
    for truth in truth_of(sample):
        row = rows[truth["row"]]
        line = {"outcome": row.outcome, "reason": row.reason}
        assert agrees(truth, line), (truth, line)
    page = browser.get(there.url)
    assert page.status_code == 200 and page.context["record"].status == "done"


@pytest.mark.both
def test_a_second_run_changes_nothing(account):
    account("client-library-a")
    clients, points, entries = (
        list(Client.objects.values_list("pk", "version")),
        ContactPoint.objects.count(),
        Entry.objects.filter(verb__startswith="crm.").count(),
    )
    again = account("client-library-a")
    assert {line["outcome"] for line in again} == {"duplicate", "refused", "ignored"}
    assert list(Client.objects.values_list("pk", "version")) == clients
    assert ContactPoint.objects.count() == points
    assert Entry.objects.filter(verb__startswith="crm.").count() == entries


def test_a_dry_run_gives_the_same_report_and_writes_nothing(account):
    dry = account("client-library-b", "--dry-run")
    assert not Client.objects.exists() and not Import.objects.exists()
    real = account("client-library-b")
    assert {line["client"] for line in dry} == {None}
    assert [{**line, "client": None} for line in real] == dry


@pytest.mark.parametrize(
    ("actor", "file"),
    [("nobody", "client-library-a.xlsx"), ("deactivated", "client-library-a.xlsx"),
     ("hr", "client-library-a.xlsx"), ("leader", "client-library-a.truth.json"),
     ("leader", "not-there.xlsx")],
)  # fmt: skip
def test_the_command_refuses_with_a_sentence_and_exit_2(cast, tmp_path, actor, file):
    report = str(tmp_path / "report.json")
    with pytest.raises(CommandError) as refusal:
        call_command("import_clients", str(WORKBOOKS / file), "--actor", actor, "--report", report)
    assert refusal.value.returncode == 2 and str(refusal.value)
    assert not Client.objects.exists()


def test_a_report_that_cannot_be_written_stops_the_import_before_it_begins(cast, tmp_path):
    file = str(WORKBOOKS / "client-library-a.xlsx")
    nowhere = str(Path(tmp_path) / "missing" / "report.json")
    with pytest.raises(CommandError) as refusal:
        call_command("import_clients", file, "--actor", "leader", "--report", nowhere)
    assert refusal.value.returncode == 2
    assert not Client.objects.exists()


def test_formulas_in_cells_stay_text(account):
    account("client-library-a")
    notes = " ".join(Client.objects.values_list("note", flat=True))
    assert '=HYPERLINK("x")' in notes and "=1+1 客户自己填的" in notes
