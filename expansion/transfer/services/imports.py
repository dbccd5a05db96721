"""Writes over imports: receive a workbook, correct it, write it into its list, take it back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.models import Source
from expansion.audit.services import through, write
from expansion.errors import Invalid, NotNow
from expansion.jobs.progress import Progress, unheard
from expansion.jobs.services import enqueue
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.transfer import archive, keeping, staging
from expansion.transfer.models import Import, ImportRow, Outcome
from expansion.transfer.registry import Importer, importer

AT_ONCE = 500  # rows
SMALL_FILE = 200 * 1024  # bytes; a larger file is opened outside the web worker
LONGEST_TEXT = 500
READING = ("sheet", "mapping", "year")
KEPT = timedelta(days=30)
Status = Import.Status


def receive_import(
    *, actor: User, desk: Importer, upload: UploadedFile, at_once: bool = False
) -> Import:
    """Keep a workbook and check it, small ones now, others in the background.

    Raises:
        Forbidden: this person may not import into that list.
        Invalid: the file is of another kind, locked, damaged or too large, or has no such table.
    """
    access.require(actor, "import", desk.model)
    _refuse_early(upload)
    key = keeping.keep(upload)
    try:
        return _receive(actor, desk, upload, key, at_once)
    except Exception:
        keeping.forget(key)  # The row that named the file is not kept either.
        raise


def _refuse_early(upload: UploadedFile) -> None:
    if not upload.size:
        raise Invalid(_("The file is empty."))
    if upload.size > archive.LARGEST_FILE:
        limit = archive.LARGEST_FILE // archive.MB
        raise Invalid(_("The file is larger than %(limit)s MB. Divide it.") % {"limit": limit})
    upload.seek(0)
    start = upload.read(4096)
    if not start.startswith(archive.ZIP_START):
        archive.refuse_by_start(upload, start)
    upload.seek(0)


@transaction.atomic
def _receive(actor: User, desk: Importer, upload: UploadedFile, key: str, at_once: bool) -> Import:
    name = keeping.plain_name(upload.name or "") or _("workbook")
    batch = Import.objects.create(importer=desk.key, actor=actor, name=name, key=key)
    write(actor=actor, verb="transfer.import.received", about=batch, changes={"file": [None, name]})
    if at_once or upload.size <= SMALL_FILE:
        _read(batch)
    if at_once or 0 < batch.total <= AT_ONCE:
        _check(batch, unheard)
    else:
        _enqueue(batch, "transfer.check_import")
    return batch


def _read(batch: Import) -> None:
    with keeping.open_kept(batch.key) as file:
        staging.read_file(batch, file, default_year=clock.today().year)


def _check(batch: Import, progress: Progress) -> None:
    run = importer(batch.importer).begin(actor=batch.actor, batch=batch)
    staging.judge_all(batch, run, progress)
    staging.recount(batch)
    batch.status = Status.CHECKED
    batch.version += 1
    batch.save()


def _enqueue(batch: Import, name: str) -> None:
    batch.job = enqueue(name, actor=batch.actor, about=batch, key=f"import-{batch.pk}")
    batch.save(update_fields=["job", "status", "updated_at"])


def check_import(*, batch: Import, progress: Progress = unheard) -> Import:
    """The background half of receiving: it may run twice and ends the same.

    Raises:
        Invalid: the file cannot be read; the import keeps the sentence.
    """
    if batch.status != Status.CHECKING:
        return batch
    try:
        if not batch.total:
            _read(batch)
    except Invalid as refusal:
        batch.status, batch.error = Status.FAILED, refusal.message[:500]
        batch.save(update_fields=["status", "error", "updated_at"])
        raise
    _check(batch, progress)
    return batch


@transaction.atomic
def change_reading(
    *, actor: User, record: Import, mapping: Mapping[str, str], year: int | None, sheet: str
) -> Import:
    """Read the file with other columns, another year for dates without one, another sheet.

    `mapping` is {position of the sheet: key of a column}; a new sheet comes with its own.

    Raises:
        Invalid: a required column is missing, or one column comes from two places.
        NotNow: the import has been written already.
    """
    batch = _open(actor, record)
    before = snapshot(batch, READING)
    if sheet != batch.sheet and sheet in batch.sheets:
        batch.sheet, batch.total = sheet, 0
        _read(batch)
    else:
        chosen = {place: key for place, key in mapping.items() if key and place in batch.headers}
        staging.check_mapping(importer(batch.importer), chosen)
        batch.mapping = chosen
    batch.year = year or batch.year
    write(actor=actor, verb="transfer.import.changed", about=batch, changes=_reading(before, batch))
    if batch.total <= AT_ONCE:
        _check(batch, unheard)
    else:
        batch.status = Status.CHECKING
        batch.save()
        _enqueue(batch, "transfer.check_import")
    return batch


def _reading(before: Mapping[str, object], batch: Import) -> dict[str, list]:
    """What changed of the reading; the columns are told by how many are read."""
    changes = differences(before, snapshot(batch, READING))
    if "mapping" in changes:
        changes["mapping"] = [len(mapping) for mapping in changes["mapping"]]
    return changes


@transaction.atomic
def fix_cell(
    *, actor: User, record: Import, row: int, field: str, text: str, everywhere: bool = False
) -> Import:
    """Correct what stands in one cell; the row is checked again at once.

    With `everywhere` all rows in which that column says the same are corrected alike.

    Raises:
        Invalid: no such row or column, or a text that is too long.
        NotNow: the import has been written already.
    """
    batch = _open(actor, record)
    chosen = batch.rows.filter(number=row, kind="data").first()
    places = [int(place) for place, key in batch.mapping.items() if key == field]
    if chosen is None or not places:
        raise Invalid(_("There is no such cell in this sheet."))
    if len(text) > LONGEST_TEXT:
        raise Invalid(
            _("The text is too long: at most %(most)s characters.") % {"most": LONGEST_TEXT}
        )
    place = _wrong_place(chosen, field, places)
    rows = _alike(batch, chosen, place) if everywhere else [chosen]
    before = {one.identity for one in rows}
    for one in rows:
        _put(one, place, staging.storable(text))
    _judge_again(batch, rows, before)
    # The log shows counts: what stands in the cells is the importer's alone.
    changes = {"row": [None, row], "count": [None, len(rows)]}
    write(actor=actor, verb="transfer.import.corrected", about=batch, changes=changes)
    return batch


def _wrong_place(row: ImportRow, field: str, places: Sequence[int]) -> int:
    """Of two phone columns the one whose text has the problem; else the first."""
    wrong = [problem["text"] for problem in row.problems if problem["field"] == field]
    holding = [
        place
        for place in places
        if place < len(row.cells) and any(text in str(row.cells[place]) for text in wrong if text)
    ]
    return (holding or places)[0]


def _alike(batch: Import, chosen: ImportRow, place: int) -> list[ImportRow]:
    said = chosen.cells[place] if place < len(chosen.cells) else ""
    return [
        one
        for one in batch.rows.filter(kind="data", marked=True)
        if place < len(one.cells) and one.cells[place] == said
    ]


def _put(row: ImportRow, place: int, text: str) -> None:
    row.cells += [""] * (place + 1 - len(row.cells))
    row.cells[place] = text


def _judge_again(batch: Import, rows: Sequence[ImportRow], identities: set[str]) -> None:
    """Check these rows anew, and with them all that mean or meant the same record."""
    staging.drafts_of(batch, rows)
    staging.save_rows(rows)
    meant = (identities | {one.identity for one in rows}) - {""}
    related = list(batch.rows.filter(kind="data", identity__in=meant))
    fresh = {one.number: one for one in [*related, *rows]}
    again = [fresh[number] for number in sorted(fresh)]
    run = importer(batch.importer).begin(actor=batch.actor, batch=batch)
    staging.judge(batch, run, again)
    staging.save_rows(again)
    staging.recount(batch)
    batch.version += 1
    batch.save()


@transaction.atomic
def decide_row(*, actor: User, record: Import, row: int, decision: str) -> Import:
    """What to do with a likely duplicate: merge, create anyway, skip; empty takes it back.

    Raises:
        Invalid: no such row or decision.
        NotNow: the import has been written already.
    """
    batch = _open(actor, record)
    chosen = batch.rows.filter(number=row, kind="data").first()
    if chosen is None or decision not in {"", *ImportRow.Decision.values}:
        raise Invalid(_("There is no such row in this sheet."))
    changes = {"row": [None, row], "decision": [_word(chosen.decision), _word(decision)]}
    chosen.decision = decision
    _judge_again(batch, [chosen], {chosen.identity})
    write(actor=actor, verb="transfer.import.decided", about=batch, changes=changes)
    return batch


def _word(decision: str) -> str:
    return str(ImportRow.Decision(decision).label) if decision else ""


@transaction.atomic
def start_import(*, actor: User, record: Import) -> Import:
    """Write a checked import: a small one now, a large one in the background.

    Raises:
        NotNow: it is being written, or has been.
    """
    batch = _open(actor, record)
    if batch.total <= AT_ONCE:
        return write_import(actor=actor, record=batch)
    batch.status = Status.WRITING
    _enqueue(batch, "transfer.write_import")
    return batch


def write_import(
    *, actor: User, record: Import, undecided: str = "", progress: Progress = unheard
) -> Import:
    """Write every row in one transaction; each ends with its outcome and reason.

    The rows are judged anew, because the list may have changed since the check. `undecided`
    decides likely duplicates nobody has decided; where it is empty they are refused. An import
    that is written already stays as it is. `progress` is told from inside the transaction; what it
    raises undoes all of it.
    """
    try:
        return _write(actor, record, undecided, progress)
    except IntegrityError:
        # Somebody wrote one of the records between our look and our write: now it is seen.
        return _write(actor, record, undecided, progress)


@transaction.atomic
def _write(actor: User, record: Import, undecided: str, progress: Progress) -> Import:
    batch = lock(Import.objects.all(), record.pk)
    if batch.status == Status.DONE:
        return batch
    desk = _require(actor, batch)
    if batch.status not in {Status.CHECKED, Status.WRITING}:
        raise NotNow(_("The import is not in a state to be written."))
    run = desk.begin(actor=actor, batch=batch, undecided=undecided, writing=True)
    done = 0
    with through(Source.IMPORT):
        for rows in staging.row_batches(batch):
            drafts = staging.judge(batch, run, rows)
            _refuse_undecided(rows)
            run.write(drafts)
            staging.save_rows(rows)
            done += len(rows)
            progress(done, max(batch.total, done))
        return _finish(actor, batch)


def _refuse_undecided(rows: Iterable[ImportRow]) -> None:
    for row in rows:
        if row.outcome == Outcome.SUSPECT:
            row.outcome = Outcome.REFUSED
            row.reason = _("%(reason)s Nobody decided.") % {"reason": row.reason}


def _finish(actor: User, batch: Import) -> Import:
    staging.recount(batch)
    batch.status, batch.done_at = Status.DONE, clock.now()
    batch.version += 1
    entry = write(
        actor=actor,
        verb="transfer.import.written",
        about=batch,
        changes={"counts": [None, batch.counts]},
    )
    batch.last_entry = entry.pk
    batch.save()
    return batch


@transaction.atomic
def undo_import(*, actor: User, record: Import) -> Import:
    """Take back what an import wrote, within a week; records touched since stay as they are.

    Raises:
        NotNow: it was never written, is undone already, or the week is over.
    """
    batch = lock(Import.objects.all(), record.pk)
    access.require(actor, "undo", batch)
    until = batch.undoable_until()
    if batch.status != Status.DONE or until is None:
        raise NotNow(_("Only an import that was written can be undone."))
    if clock.now() > until:
        raise NotNow(_("An import can be undone for seven days; they are over."))
    _take_back(actor, batch)
    batch.status, batch.undone_at = Status.UNDONE, clock.now()
    batch.version += 1
    batch.save()
    kept = batch.rows.filter(undone=False).count()
    changes = {"kept": [None, kept]}
    write(actor=actor, verb="transfer.import.undone", about=batch, changes=changes)
    return batch


def _take_back(actor: User, batch: Import) -> None:
    desk = importer(batch.importer)
    wrote = batch.rows.filter(outcome__in=[Outcome.CREATED, Outcome.UPDATED])
    last = 0
    while rows := list(wrote.filter(number__gt=last)[: staging.BATCH]):
        last = rows[-1].number
        taken = desk.undo(actor=actor, batch=batch, rows=rows)
        batch.rows.filter(number__in=taken).update(undone=True)
        batch.rows.filter(number__in={row.number for row in rows} - taken).update(undone=False)


def forget_old_imports() -> int:
    """Delete files and cells of imports a month after; the account of each row stays."""
    old = Import.objects.filter(created_at__lt=clock.now() - KEPT).exclude(key="")
    count = 0
    for batch in old:
        _forget(batch)
        count += 1
    return count


@transaction.atomic
def _forget(batch: Import) -> None:
    batch.rows.update(cells=[], problems=[], written={})
    Import.objects.filter(pk=batch.pk).update(key="")
    write(actor=None, verb="transfer.import.forgotten", about=batch)
    keeping.forget(batch.key)


def _open(actor: User, record: Import) -> Import:
    """The import, held, while it can still be corrected."""
    batch = lock(Import.objects.select_related("job"), record.pk)
    _require(actor, batch)
    stranded = batch.status == Status.WRITING and batch.job and batch.job.is_finished
    if batch.status != Status.CHECKED and not stranded:
        raise NotNow(_("This import has gone on meanwhile. Reload the page."))
    return batch


def _require(actor: User, batch: Import) -> Importer:
    desk = importer(batch.importer)
    access.require(actor, "edit", batch)
    access.require(actor, "import", desk.model)
    return desk
