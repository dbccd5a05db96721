"""Giving numbers to contracts, reports, documents and cases."""

from django.db import transaction

from expansion import clock
from expansion.numbering.models import Counter
from expansion.rulebook.schema import Rules


@transaction.atomic
def next_number(*, key: str, rules: Rules) -> str:
    """The next number of this kind, by the rulebook's pattern.

    Called inside the transaction that submits: the counter's row stays locked until it commits, so
    no number is given twice. One that is rolled back leaves no gap, one whose record is deleted
    later does.
    """
    pattern = rules.number(key)
    today = clock.today().year
    # A pattern without the year would repeat itself each January.
    yearly = pattern.format(year=today, number=1) != pattern.format(year=today + 1, number=1)
    counter = _locked(key, today if yearly else 0)
    counter.last += 1
    counter.save(update_fields=["last"])
    return pattern.format(year=today, number=counter.last)


def _locked(key: str, year: int) -> Counter:
    Counter.objects.get_or_create(key=key, year=year)
    return Counter.objects.select_for_update().get(key=key, year=year)
