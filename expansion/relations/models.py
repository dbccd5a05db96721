"""Links between records of neighbours: the only way in which they know of each other."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Relation(models.Model):
    """`source` cites, led to, or concerns `target`; each end keeps its label of the moment."""

    class Kind(models.TextChoices):
        CITES = "cites", _("cites")
        LED_TO = "led_to", _("led to")
        CONCERNS = "concerns", _("has to do with")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    source_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    source_id = models.BigIntegerField()
    source_label = models.CharField(max_length=200)
    source = GenericForeignKey("source_type", "source_id")
    target_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    target_id = models.BigIntegerField()
    target_label = models.CharField(max_length=200)
    target = GenericForeignKey("target_type", "target_id")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["target_type", "target_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_id", "target_type", "target_id", "kind"],
                name="relation_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_label} {self.get_kind_display()} {self.target_label}"
