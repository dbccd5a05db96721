"""What people say: the self-review and the superior's evaluation (R-apr-04, R-apr-05)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appraisal.models.cycle import Participant
from expansion.records import Check, Recorded


class Review(Recorded):
    """One party's form on one person: a draft until it is submitted, then locked."""

    class Party(models.TextChoices):
        SELF = "self", _("self-review")
        SUPERIOR = "superior", _("superior's evaluation")

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="reviews")
    party = models.CharField(max_length=10, choices=Party)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    achievements = models.TextField(_("achievements"), blank=True, max_length=4000)
    problems = models.TextField(_("problems"), blank=True, max_length=4000)
    plan = models.TextField(_("plan for the next period"), blank=True, max_length=4000)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    late = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("appraisal form")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "party"], name="one_review_per_party")
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()} · {self.participant}"

    def get_absolute_url(self) -> str:
        return self.participant.get_absolute_url()

    @property
    def submitted(self) -> bool:
        return self.submitted_at is not None


class Rating(models.Model):
    """What one form says of one indicator; only an indicator with a rated part has a score."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="ratings")
    indicator = models.CharField(max_length=60)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("rating")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "indicator"], name="rating_once"),
            Check(
                condition=models.Q(score=None) | models.Q(score__range=(0, 100)),
                name="rating_from_0_to_100",
                field="score",
                sentence=_("Give a score from 0 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.score}"
