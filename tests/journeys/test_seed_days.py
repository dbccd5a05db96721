"""The demo department is sown on whatever day somebody tries the system."""

import hashlib
import re
from datetime import datetime

import pytest
from django.apps import apps
from django.db import models, transaction

from crm.models import Client, Contract, Visit
from expansion import clock
from expansion.approvals.models import Step
from expansion.home.seeding import sow

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
TOLD = (
    models.CharField,
    models.TextField,
    models.DateField,
    models.DecimalField,
    models.BooleanField,
)
NUMBERED = ("key", "url", "digest", "password", "message_id", "word")
DAYS = [
    pytest.param(datetime(2026, 12, 31, 15, 30), id="new-years-eve"),
    pytest.param(datetime(2028, 2, 29, 9, 15), id="leap-day"),
    pytest.param(datetime(2024, 5, 6, 8, 40), id="monday-after-a-long-holiday"),
    pytest.param(datetime(2026, 10, 5, 20, 0), id="within-a-long-holiday"),
    pytest.param(datetime(2026, 11, 29, 10, 0), id="sunday"),
]


@pytest.mark.parametrize("moment", DAYS)
def test_it_is_sown_on_any_day_and_today_is_not_empty(moment: datetime):
    with clock.clock_at(moment):
        demo = sow()
        assert Client.objects.live().count() == 300
        assert Visit.objects.exclude(status__in=("cancelled", "missed")).count() == 900
        assert Client.objects.filter(next_contact_on=demo.today).count() >= 10
        assert Visit.objects.planned().filter(planned_at__gte=clock.now()).count() >= 10
        assert Step.objects.filter(status=Step.Status.OPEN).exists()
        assert Contract.objects.signed().exists()


def test_the_same_day_gives_the_same_department():
    day = datetime(2026, 11, 18, 10, 0)
    first, second = _told_on(day), _told_on(day)
    assert {name for name in first if first[name] != second[name]} == set()


def _told_on(moment: datetime) -> dict[str, str]:
    """A digest of every model's rows in order; the department itself is taken back.

    Left out is what a database or chance has to number: ids, whatever holds them, and secrets.
    """
    with transaction.atomic(), clock.clock_at(moment):
        sow()
        digests = {model._meta.label: _digest(model) for model in apps.get_models()}
        transaction.set_rollback(True)
    return digests


def _digest(model: type[models.Model]) -> str:
    told = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, TOLD) and field.name not in NUMBERED
    ]
    rows = repr(list(model.objects.order_by("pk").values_list(*told))) if told else ""
    rows = re.sub(r"\bE\d{6}\b", "E", rows)  # an export bears its id
    rows = re.sub(r"\bsigner:\d+", "signer", rows)  # and a step of an added signer that person's
    rows = re.sub(r"(已清除的候选人) \d+", r"\1", rows)  # so does an erased candidate
    return hashlib.sha256(rows.encode()).hexdigest()
