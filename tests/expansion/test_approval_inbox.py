"""What waits for somebody is read in one query, however much it is (R-exp-05)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expansion.approvals.cards import todos
from expansion.approvals.models import Request, Step
from expansion.approvals.selectors import open_step, waiting_for
from tests.make import contracts as make

pytestmark = pytest.mark.django_db
NOWHERE = 900_000  # ids of records that are not read: the inbox lists requests


def waiting(cast, number: int) -> None:
    """As many requests as that wait for the manager, the first one of a contract."""
    first = Request.objects.first() or make.submitted(cast)
    step = open_step(first)
    values = {field.attname: getattr(first, field.attname) for field in Request._meta.fields}
    for at in range(Request.objects.count(), number):
        request = Request.objects.create(**values | {"id": None, "about_id": NOWHERE + at})
        Step.objects.create(
            request=request, order=1, role=step.role, status="open", due_at=step.due_at,
            opened_at=step.opened_at, limit=step.limit, remind_before=step.remind_before,
        )  # fmt: skip


@pytest.mark.parametrize("number", [10, 50])
def test_the_inbox_is_one_query_however_much_waits(cast, number, django_assert_num_queries):
    waiting(cast, number)
    manager = cast.again(cast.manager)
    list(waiting_for(manager, seats=manager.seats))  # seats and mandates, read once for a page
    with django_assert_num_queries(1):
        steps = list(waiting_for(manager, seats=manager.seats))
        names = {step.request.submitted_by.name for step in steps}
    assert len(steps) == number and names == {cast.member.name}


@pytest.mark.parametrize(
    "address", ["/approvals/", "/approvals/several/", "/api/v1/approvals/inbox/"]
)
def test_its_pages_cost_the_same_for_ten_and_for_fifty(cast, sign_in, address):
    browser, costs = sign_in(cast.manager), []
    for number in (10, 50):
        waiting(cast, number)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_to_dos_cost_the_same_for_ten_and_for_fifty(cast):
    costs = []
    for number in (10, 50):
        waiting(cast, number)
        manager = cast.again(cast.manager)
        with CaptureQueriesContext(connection) as queries:
            assert len(list(todos(manager))) == number
        costs.append(len(queries))
    assert costs[0] == costs[1]
