"""Attachments on anything."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion.records import About, Check, Deletable


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def live(self) -> "AttachmentQuerySet":
        return self.filter(deleted_at=None)


class Attachment(About, Deletable):
    """One stored file of a record. Whoever sees the record sees it.

    The stored name is random and says nothing. A `draft` was sent with a form that was refused: it
    belongs to nobody but its sender until the form goes through, and `about` is empty so long.
    """

    kind = models.CharField(max_length=20, default="document")
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    media_type = models.CharField(max_length=100)  # found in the content, not what was claimed
    digest = models.CharField(max_length=64)  # SHA-256 of what is stored
    key = models.CharField(max_length=64, unique=True)
    draft = models.CharField(max_length=64, blank=True, db_index=True)  # the form's request_id
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("added"))
    objects = AttachmentQuerySet.as_manager()

    class Meta(About.Meta):
        ordering = ["pk"]
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            Check(
                condition=Q(draft="") | Q(about_id=None),
                name="attachment_draft_or_about",
                sentence=_("A file belongs to a record, or to a form that is not sent yet."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:file", args=[self.pk])

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
