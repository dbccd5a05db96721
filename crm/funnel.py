"""Opportunities by pipeline and stage: how many, and what they come to in each currency."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from crm.models import Opportunity
from expansion.ui import formats

Sums = dict[str, tuple[int, dict[str, Decimal]]]


def sums_of(visible: QuerySet[Opportunity]) -> dict[str, Sums]:
    """{pipeline: {stage: (how many, {currency: amount})}} in one query; currencies never mix."""
    return by_pipeline(summed(visible))


def summed(visible: QuerySet[Opportunity]) -> QuerySet[Opportunity, dict[str, Any]]:
    """One row per pipeline, stage and currency."""
    grouped = visible.order_by().values("pipeline", "stage", "currency")
    return grouped.annotate(many=Count("pk"), total=Sum("amount"))


def by_pipeline(rows: Iterable[dict[str, Any]]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for row in rows:
        stages = found.setdefault(row["pipeline"], {})
        count, sums = stages.get(row["stage"], (0, {}))
        if row["total"] is not None:
            sums = {**sums, row["currency"]: row["total"]}
        stages[row["stage"]] = (count + row["many"], sums)
    return found


def counted(sums: Sums) -> int:
    """How many there are in all stages."""
    return sum(count for count, _amounts in sums.values())


def sums_label(*several: Sums) -> str:
    """All amounts together, one sum per currency."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for _count, amounts in (one for sums in several for one in sums.values()):
        for currency, amount in amounts.items():
            total[currency] += amount
    return " · ".join(formats.money(amount, currency) for currency, amount in total.items())
