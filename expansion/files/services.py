"""Writes over attachments. Bytes are stored before the row: a row never points at nothing."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.files.kinds import EXTENSIONS, PICTURES, media_type, repainted
from expansion.files.models import Attachment
from expansion.records import about as pointing_at
from expansion.records import lock

DRAFT_DAYS = 7


@dataclass(frozen=True)
class Checked:
    """An upload that may be kept: its content as it is stored, and what it is."""

    content: File
    name: str
    media_type: str
    digest: str


@transaction.atomic
def attach(
    *, actor: Any, record: models.Model, upload: UploadedFile, kind: str = "document"
) -> Attachment:
    """Adds a file to a record; whoever may edit the record may do so.

    Raises:
        Forbidden: the record is not this person's to change.
        NotNow: somebody decides over it by a copy that would not name the file (R-exp-05).
        Invalid: empty, too large, or of no allowed kind.
    """
    record = _held(record)
    access.require(actor, "edit", record)
    if access.rule_of(type(record)).decided_now(record):
        raise NotNow(
            _("This is being decided. Add the file to the approval, or withdraw it first.")
        )
    attachment = _keep(actor, checked(upload), kind, **pointing_at(record))
    write(
        actor=actor,
        verb="files.attachment.added",
        about=record,
        changes={"file": [None, attachment.name]},
    )
    return attachment


@transaction.atomic
def attach_all(
    *, actor: Any, record: models.Model, uploads: Iterable[UploadedFile]
) -> list[Attachment]:
    """Adds several files to a record, all of them or none.

    Raises:
        Forbidden, NotNow: as `attach`.
        Invalid: none was chosen, or one is empty, too large, or of no allowed kind.
    """
    access.require(actor, "edit", record)
    added = [attach(actor=actor, record=record, upload=upload) for upload in uploads]
    if not added:
        raise Invalid(_("Choose a file first."))
    return added


@transaction.atomic
def remove(*, actor: Any, attachment: Attachment) -> Attachment:
    """Takes a file off its record; the bytes stay, so that it can be brought back."""
    attachment = lock(Attachment.objects.live(), attachment.pk)
    if attachment.about is not None:
        attachment.about = _held(attachment.about)
    access.require(actor, "remove", attachment)
    attachment.deleted_at, attachment.deleted_by = clock.now(), actor
    attachment.save(update_fields=["deleted_at", "deleted_by"])
    write(
        actor=actor,
        verb="files.attachment.removed",
        about=attachment.about,
        changes={"file": [attachment.name, None]},
    )
    return attachment


def _held(record: models.Model) -> models.Model:
    """The record as it is now, held, so that nobody submits it between the look and the write."""
    return lock(type(record)._default_manager.all(), record.pk)


@transaction.atomic
def keep_drafts(
    *, actor: Any, draft: str, uploads: Iterable[UploadedFile], kind: str, most: int
) -> list[Attachment]:
    """Keeps the files of a form under its key, so that a refused form does not lose them.

    Returns all that the key holds, those of earlier attempts included; the same file sent twice is
    kept once.

    Raises:
        Invalid: one of them is of no allowed kind, or there are more than `most`.
    """
    kept = drafts(actor, draft)
    for upload in uploads:
        one = checked(upload)
        if any(other.digest == one.digest for other in kept):
            continue
        if len(kept) == most:
            raise Invalid(_("At most %(most)d files. Leave some out.") % {"most": most})
        kept.append(_keep(actor, one, kind, draft=draft))
    return kept


def drafts(actor: Any, draft: str) -> list[Attachment]:
    """What this person's form with that key has sent so far."""
    return list(Attachment.objects.live().filter(added_by=actor, draft=draft)) if draft else []


@transaction.atomic
def claim_drafts(*, actor: Any, draft: str, record: models.Model) -> list[Attachment]:
    """Gives the files kept under a form's key to the record that the form made."""
    claimed = drafts(actor, draft)
    Attachment.objects.filter(pk__in=[one.pk for one in claimed]).update(
        draft="", **pointing_at(record)
    )
    return claimed


def forget_drafts(*, now: datetime) -> int:
    """Deletes the files of forms that never went through, a week after; returns how many."""
    old = Attachment.objects.exclude(draft="").filter(at__lt=now - timedelta(days=DRAFT_DAYS))
    return sum(_forget(one) for one in old)


@transaction.atomic
def _forget(draft: Attachment) -> int:
    """The entry names who had sent it and not the file: it belonged to no record yet."""
    changes = {"added_by": [str(draft.added_by), None]}
    write(actor=None, verb="files.attachment.forgotten", about=None, changes=changes)
    draft.delete()
    default_storage.delete(draft.key)
    return 1


def checked(upload: UploadedFile) -> Checked:
    """The upload as it will be stored; a picture is drawn anew, without EXIF.

    Raises:
        Invalid: empty, too large, or of no allowed kind.
    """
    name = _plain_name(upload.name or "")
    _check_size(upload, name)
    found = media_type(upload.file, name)
    if found not in PICTURES.values():
        return Checked(upload, name, found, _digest(upload))
    data, found = repainted(upload.file, name)
    content = ContentFile(data)
    stem = name.rpartition(".")[0] or name
    return Checked(content, f"{stem}.{EXTENSIONS[found]}", found, _digest(content))


def _keep(actor: Any, one: Checked, kind: str, **columns: Any) -> Attachment:
    return Attachment.objects.create(
        kind=kind,
        name=one.name,
        size=one.content.size,
        media_type=one.media_type,
        digest=one.digest,
        key=default_storage.save(_key(), one.content),
        added_by=actor,
        at=clock.now(),
        **columns,
    )


def _check_size(upload: UploadedFile, name: str) -> None:
    if not upload.size:
        raise Invalid(_("“%(name)s” is empty.") % {"name": name[:60]})
    if upload.size > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES // 1024**2
        raise Invalid(
            _("“%(name)s” is larger than %(most)d MB.") % {"name": name[:60], "most": most}
        )


def _plain_name(name: str) -> str:
    """The name without a path and without signs that are not for reading."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    stem, dot, extension = shown.rpartition(".")
    return f"{stem[:180]}{dot}{extension[:15]}" or _("file")


def _key() -> str:
    token = secrets.token_hex(20)
    return f"{token[:2]}/{token[2:]}"


def _digest(content: File) -> str:
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def fetch(*, actor: Any, attachment: Attachment) -> Attachment:
    """The original leaves the house; of a record that is kept it is written down, refused or not.

    Raises:
        Forbidden: the record is kept, and its files are not this person's to fetch (R-exp-18).
    """
    record = attachment.about
    if record is None or not access.rule_of(type(record)).kept(record):
        return attachment
    try:
        access.require_take(actor, record)
    except Forbidden:
        note_refused(actor=actor, attachment=attachment)
        raise
    _note(actor, attachment, "files.attachment.fetched")
    return attachment


def note_refused(*, actor: Any, attachment: Attachment) -> None:
    """Somebody asked for a file of a kept record and did not get it (R-exp-18)."""
    record = attachment.about
    if record is not None and access.rule_of(type(record)).kept(record):
        _note(actor, attachment, "files.attachment.kept_back")


def _note(actor: Any, attachment: Attachment, verb: str) -> None:
    write(
        actor=actor,
        verb=verb,
        about=attachment.about,
        changes={"file": [None, attachment.name]},
    )
