"""Background work of this room: thin, idempotent, by name."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.notices.services import tell
from expansion.rulebook.selectors import rules_on
from expansion.transfer.models import Export, Import
from expansion.transfer.services import exports, imports


@registry.job("transfer.check_import", label=lazy("Check an import"))
def check_import(job: Job) -> dict[str, Any]:
    batch = imports.check_import(batch=job.about, progress=job.progress)
    _tell(job, "transfer.import_checked", _("%(file)s is checked") % {"file": batch.name})
    return _link(batch, _("Look at the check"))


@registry.job("transfer.write_import", label=lazy("Write an import"))
def write_import(job: Job) -> dict[str, Any]:
    batch = imports.write_import(actor=job.actor, record=job.about, progress=job.tell)
    _tell(job, "transfer.import_written", _("%(file)s is imported") % {"file": batch.name})
    return _link(batch, _("Look at the result"))


@registry.job("transfer.write_export", label=lazy("Write an export"))
def write_export(job: Job) -> dict[str, Any]:
    record = exports.write_export(record=job.about, rules=rules_on(), progress=job.progress)
    _tell(
        job, "transfer.export_ready", _("Your export is ready: %(list)s") % {"list": record.label}
    )
    return _link(record, _("Fetch the file"))


@registry.every(
    "transfer.forget_files", "40 3 * * *", label=lazy("Delete old files of imports and exports")
)
def forget_files(job: Job) -> dict[str, Any]:
    return {"imports": imports.forget_old_imports(), "exports": exports.forget_old_exports()}


def _tell(job: Job, kind: str, title: str) -> None:
    """Once per job, however often it runs."""
    tell(
        people=[job.actor],
        kind=kind,
        title=title,
        url=job.about.get_absolute_url(),
        about=job.about,
        key=f"{kind}:{job.pk}",
    )


def _link(record: Import | Export, label: str) -> dict[str, Any]:
    return {"url": record.get_absolute_url(), "label": label}
