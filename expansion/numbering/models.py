"""How far the numbers of each kind have been given."""

from django.db import models


class Counter(models.Model):
    """The last number given of a kind in a year; year 0 where the pattern names no year."""

    key = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "year"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.year}: {self.last}"
