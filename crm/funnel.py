"""Opportunities by stage: how many, and what they come to in each currency."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from crm.models import Opportunity
from expansion.ui import formats

Sums = dict[str, tuple[int, dict[str, Decimal]]]


def sums_by_stage(visible: QuerySet[Opportunity]) -> Sums:
    """{stage: (how many, {currency: amount})} in one query; currencies are never mixed."""
    return by_stage(summed(visible))


def summed(visible: QuerySet[Opportunity]) -> QuerySet[Opportunity, dict[str, Any]]:
    """One row per stage and currency."""
    grouped = visible.order_by().values("stage", "currency")
    return grouped.annotate(many=Count("pk"), total=Sum("amount"))


def by_stage(rows: Iterable[dict[str, Any]]) -> Sums:
    found: Sums = {}
    for row in rows:
        count, sums = found.get(row["stage"], (0, {}))
        if row["total"] is not None:
            sums = {**sums, row["currency"]: row["total"]}
        found[row["stage"]] = (count + row["many"], sums)
    return found


def sums_label(sums: Sums) -> str:
    """All amounts together, one sum per currency."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for _count, amounts in sums.values():
        for currency, amount in amounts.items():
            total[currency] += amount
    return " · ".join(formats.money(amount, currency) for currency, amount in total.items())
