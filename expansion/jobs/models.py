"""Background work as rows: the broker only wakes the worker, what is to be done stands here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.records import About

LEASE = timedelta(seconds=90)


class Cancelled(Exception):
    """The person has cancelled the job; raised inside it at its next `progress`."""


class LeaseLost(Exception):
    """This run was taken for dead and the job runs elsewhere; it stops at its next `progress`."""


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def ready(self, moment: datetime) -> JobQuerySet:
        """Those that a worker may take now, oldest first."""
        return self.filter(state=Job.State.WAITING, ready_at__lte=moment).order_by("ready_at", "pk")

    def lost(self, moment: datetime) -> JobQuerySet:
        """Those whose worker has not been heard of for longer than its lease."""
        return self.filter(state=Job.State.RUNNING, leased_until__lt=moment)


class Job(About):
    """One piece of background work and its state; it may run twice and ends in the same state.

    `key` is unique among the unfinished jobs of one name. `fence` grows with every claim: a run
    that was taken for dead can write nothing any more, because its number has passed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("in the queue")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=120, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    arguments = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    error = models.CharField(max_length=500, blank=True)
    fault = models.CharField(max_length=500, blank=True)  # for administrators: the exception
    attempts = models.PositiveIntegerField(default=0)  # since it was last put in the queue
    fence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    objects = JobQuerySet.as_manager()
    # Of a run inside one transaction, see `tell`.
    told: tuple[int, int] | None = None
    asked_to_stop = lost = False

    class Meta(About.Meta):
        ordering = ["-pk"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            *About.Meta.indexes,
            models.Index(fields=["state", "ready_at"]),
            models.Index(fields=["actor", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"],
                condition=Q(state__in=["waiting", "running"]) & ~Q(key=""),
                name="job_once_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.about_label}" if self.about_label else str(self.label)

    def get_absolute_url(self) -> str:
        return reverse("jobs:job", args=[self.pk])

    @property
    def label(self) -> Any:
        from expansion.jobs import registry

        return registry.label(self.name)

    @property
    def is_finished(self) -> bool:
        return self.state not in {self.State.WAITING, self.State.RUNNING}

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100; 0 while nothing is known."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    def held(self) -> JobQuerySet:
        """This job's row, as long as this run still has it."""
        return Job.objects.filter(pk=self.pk, state=self.State.RUNNING, fence=self.fence)

    def progress(self, done: int, total: int) -> None:
        """Tells how far the work is, and proves that it is alive.

        Raises:
            Cancelled: the person has asked to stop.
            LeaseLost: another worker has the job.
        """
        self.done, self.total = done, total
        if not self.held().update(done=done, total=total, leased_until=clock.now() + LEASE):
            raise LeaseLost(self.name)
        if self.is_to_stop():
            raise Cancelled(self.name)

    def is_to_stop(self) -> bool:
        """Whether somebody has asked this run to stop."""
        return self.held().exclude(cancel_asked_at=None).exists()

    def tell(self, done: int, total: int) -> None:
        """`progress` from inside a transaction, which nobody outside could read: the worker's
        keeper writes it on a connection of its own, and hears whether the job is to stop.

        Raises:
            Cancelled: the person has asked to stop; the transaction is undone.
            LeaseLost: another worker has the job; likewise.
        """
        self.told = (done, total)
        if self.lost:
            raise LeaseLost(self.name)
        if self.asked_to_stop:
            raise Cancelled(self.name)


class Heartbeat(models.Model):
    """One scheduled job: when it is next due, and when it last ended well.

    It is silent when two runs were due since then and none has ended well.
    """

    name = models.CharField(max_length=80, unique=True)
    since = models.DateTimeField()
    next_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")

    def __str__(self) -> str:
        return str(self.label)

    def get_absolute_url(self) -> str:
        return reverse("jobs:heartbeats")

    @property
    def label(self) -> Any:
        from expansion.jobs import registry

        return registry.label(self.name)
