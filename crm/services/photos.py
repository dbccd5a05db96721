"""Pictures of a visit that are sent before its record, and wait for it under a key."""

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from crm.models import Visit
from crm.services.visits import MOST_PHOTOS
from expansion import access
from expansion.errors import Invalid
from expansion.files.kinds import PICTURES, media_type
from expansion.files.models import Attachment
from expansion.files.services import keep_drafts
from expansion.people.models import User


def keep_photo(*, actor: User, key: str, photo: UploadedFile) -> Attachment:
    """Keeps one picture under `key`; the record of a visit that names the key takes it over.

    The same picture sent twice is kept once; what no record takes over is gone after a week.

    Raises:
        Forbidden: this person records no visits.
        Invalid: it is no picture, or the key holds as many as a visit may have.
    """
    access.require(actor, "create", Visit)
    if photo.size and media_type(photo.file, photo.name or "") not in PICTURES.values():
        raise Invalid(fields={"photo": [_("This is no picture. Send a JPEG, PNG, WebP or GIF.")]})
    kept = keep_drafts(actor=actor, draft=key, uploads=[photo], kind="photo", most=MOST_PHOTOS)
    return kept[-1]
