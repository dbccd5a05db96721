"""The demo department is sown on whatever day somebody tries the system."""

from datetime import datetime

import pytest
from django.db import transaction

from crm.models import Client, Contract, Visit
from expansion import clock
from expansion.approvals.models import Step
from expansion.home.seeding import sow

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DAYS = [
    pytest.param(datetime(2026, 12, 31, 15, 30), id="new-years-eve"),
    pytest.param(datetime(2028, 2, 29, 9, 15), id="leap-day"),
    pytest.param(datetime(2024, 5, 6, 8, 40), id="monday-after-a-long-holiday"),
    pytest.param(datetime(2026, 10, 5, 20, 0), id="within-a-long-holiday"),
]


@pytest.mark.parametrize("moment", DAYS)
def test_it_is_sown_on_any_day_and_today_is_not_empty(moment: datetime):
    with clock.clock_at(moment):
        demo = sow()
        assert Client.objects.count() == 300
        assert Visit.objects.count() == 900
        assert Client.objects.filter(next_contact_on=demo.today).count() >= 10
        assert Visit.objects.planned().filter(planned_at__gte=clock.now()).count() >= 10
        assert Step.objects.filter(status=Step.Status.OPEN).exists()
        assert Contract.objects.signed().exists()


def test_the_same_day_gives_the_same_department():
    assert _told_on(datetime(2026, 11, 18, 10, 0)) == _told_on(datetime(2026, 11, 18, 10, 0))


def _told_on(moment: datetime) -> list[str]:
    """What was said on every visit, in order; the department itself is taken back."""
    with transaction.atomic(), clock.clock_at(moment):
        sow()
        said = list(Visit.objects.order_by("pk").values_list("said", flat=True))
        transaction.set_rollback(True)
    return said
