"""The board on major matters and bottom lines: a case kept and one broken, and what is shown."""

from datetime import date
from decimal import Decimal

import pytest

from crm.compliance import authority
from crm.models import Escalation
from crm.services.major import leave_with
from crm.services.opportunities import update_opportunity, win_opportunity
from expansion import compliance
from expansion.compliance import BROKEN, KEPT, Reach, Span
from expansion.rulebook.selectors import rules_on
from tests.make import authority as make

pytestmark = pytest.mark.django_db
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
PLANTED = {"crm.bottom_lines"}


def counted(cast) -> tuple[int, int]:
    check = compliance.checks()["crm.bottom_lines"]
    reach = Reach(frozenset(), frozenset({cast.member.pk}), cast.member.pk)
    cases = check.cases(rules_on(), "E9-3.1e")
    found = cases.by_person(reach, NOVEMBER)
    for state in (KEPT, BROKEN):
        assert len(cases.listed(reach, NOVEMBER, state, 50)) == found[cast.member.pk, state]
    return found[cast.member.pk, KEPT], found[cast.member.pk, BROKEN]


def won_at(cast, amount: str | None, **values) -> None:
    """An opportunity of the member's with a line of 90,000, won as it stands: nobody decided it."""
    deal = make.to_win(cast.member, amount, **values)
    make.bottom_line(cast.member, deal)
    Escalation.objects.all().delete()
    win_opportunity(actor=cast.member, record=deal)


@pytest.mark.parametrize(
    ("amount", "numbers"), [("90000.00", (1, 0)), ("89999.99", (0, 1)), (None, (0, 1))]
)
def test_a_deal_won_at_its_line_is_kept_and_one_below_it_is_not(cast, amount, numbers):
    won_at(cast, amount)
    assert counted(cast) == numbers


def test_another_currency_does_not_keep_a_line(cast):
    won_at(cast, "95000", currency="TWD")
    assert counted(cast) == (0, 1)


def test_a_deal_below_its_line_is_kept_where_that_was_decided_before(cast):
    deal = make.to_win(cast.member, "95000")
    make.bottom_line(cast.member, deal)
    update_opportunity(actor=cast.member, record=deal, amount=Decimal("80000"))
    leave_with(actor=cast.manager, record=deal.escalations.get(), reason="可以让到八万")
    win_opportunity(actor=cast.member, record=deal)
    assert counted(cast) == (1, 0)


def test_a_deal_without_a_line_is_no_case(cast):
    win_opportunity(actor=cast.member, record=make.to_win(cast.member, "95000"))
    assert counted(cast) == (0, 0)


def test_the_board_shows_what_waits_and_what_was_decided(cast):
    lines = list(authority.matters(rules_on()))
    assert lines == [
        "0 major matters wait for a decision", "taken over: 0", "left with its owner: 0",
        "record deleted: 0",
    ]  # fmt: skip
    leave_with(actor=cast.manager, record=make.escalation(cast), reason="继续跟")
    make.escalation(cast)
    assert list(authority.matters(rules_on())) == [
        "1 major matter waits for a decision", "taken over: 0", "left with its owner: 1",
        "record deleted: 0",
    ]  # fmt: skip


def test_the_board_shows_the_limits_that_are_set(cast):
    assert list(authority.limits(rules_on())) == [
        "A member decides up to: any amount",
        "A team leader decides up to: any amount",
        "The manager decides up to: any amount",
    ]
    assert "¥100,000.00" in next(iter(authority.limits(make.limited())))
